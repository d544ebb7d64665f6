import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { loadConfig } from '../../../src/config/config.ts';
import { parseConfig } from '../../../src/config/parse.ts';
import { ownFolders } from '../../../src/installation.ts';
import { installationIn } from '../../fixtures/registry/workbench.ts';

const DEFAULTS = {
  egress: { mode: 'auto', hosts: {} },
  secrets: {},
  userProfiles: 'refused',
  ceilings: {},
  runAsRoot: 'allowed',
  macos: 'refused',
};
const CERTIFICATE = '-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n';

function faultsOf(egress: unknown): readonly string[] {
  const parsed = parseConfig(JSON.stringify({ schema: 1, egress }));
  return parsed.ok ? [] : parsed.faults;
}

describe('parseConfig', () => {
  test.each([
    '{}',
    '{"schema":1}',
    '{"egress":{}}',
    '{"$schema":"./config.schema.json","egress":{"hosts":{}}}',
  ])('takes %s for the defaults', (text) =>
    expect(parseConfig(text)).toEqual({ ok: true, config: DEFAULTS }),
  );

  test('takes all of it', () => {
    const egress = {
      mode: 'proxy',
      proxy: { url: 'http://proxy.corp.example:3128', credentialsFile: '/etc/cordon/proxy' },
      hosts: { 'db.corp.example': ['10.0.0.1', 'fd00::1'] },
      caFile: '/etc/ssl/corp.pem',
    };
    expect(parseConfig(JSON.stringify({ schema: 1, egress }))).toEqual({
      ok: true,
      config: {
        ...DEFAULTS,
        egress: {
          ...egress,
          proxy: { host: 'proxy.corp.example', port: 3128, credentialsFile: '/etc/cordon/proxy' },
        },
      },
    });
  });

  test('starts nothing on macOS until somebody says that it may', () => {
    expect(parseConfig('{"macos":"untried"}')).toMatchObject({ config: { macos: 'untried' } });
    for (const word of ['"on"', 'true', '""', 'null'])
      expect(parseConfig(`{"macos":${word}}`), word).toMatchObject({ ok: false });
  });

  test.each([
    ['http://proxy:8080', 'proxy', 8080],
    ['http://proxy.corp.example:80/', 'proxy.corp.example', 80],
    ['http://localhost:3128', 'localhost', 3128],
    ['http://10.0.0.1:3128', '10.0.0.1', 3128],
    ['http://127.0.0.1:3128', '127.0.0.1', 3128],
    ['http://[fd00::1]:3128', 'fd00::1', 3128],
  ])('takes the proxy %s', (url, host, port) => {
    expect(parseConfig(JSON.stringify({ egress: { proxy: { url } } }))).toMatchObject({
      config: { egress: { proxy: { host, port } } },
    });
  });

  const form = 'must be "http://host:port", lower case';
  test.each<[string, string]>([
    ['https://proxy.corp.example:443', 'must begin with "http://": the proxy is spoken to in the clear'],
    [
      'http://ann:secret@proxy.corp.example:3128',
      'must not hold credentials: put them into "credentialsFile"',
    ],
    ['socks5://proxy.corp.example:1080', form],
    ['proxy.corp.example:3128', form],
    ['http://proxy.corp.example', form],
    ['http://proxy.corp.example:0', form],
    ['http://proxy.corp.example:65536', form],
    ['http://proxy.corp.example:3128/path', form],
    ['http://Proxy.corp.example:3128', form],
    ['http://proxy..example:3128', 'must be labels of a-z, 0-9 and "-", joined by dots'],
    ['http://10.1:3128', 'must be an address such as "10.1.2.3" or "fd00::1"'],
    ['http://[fd00:0::1]:3128', 'must be written "fd00::1"'],
    ['http://a\r\nb:3128', 'must not contain control characters'],
  ])('refuses the proxy %j', (url, fault) => {
    expect(faultsOf({ proxy: { url } })).toContain(`egress.proxy.url: ${fault}`);
  });

  test('says all faults at once', () => {
    expect(
      faultsOf({
        proxy: { url: 'https://a.example:1' },
        hosts: {
          '*.corp.example': ['10.0.0.1'],
          localhost: ['10.0.0.1'],
          '10.0.0.1': ['10.0.0.1'],
          intranet: ['10.0.0.1'],
          'a.corp.example': ['10.0.0.0/8', '10.0.0.1', '10.0.0.1', '::ffff:10.0.0.1'],
        },
      }),
    ).toEqual([
      'egress.proxy.url: must begin with "http://": the proxy is spoken to in the clear',
      'egress.hosts["*.corp.example"]: must be an exact name',
      'egress.hosts.localhost: must be an exact name',
      'egress.hosts["10.0.0.1"]: must be an exact name',
      'egress.hosts.intranet: must be a full name with a dot in it',
      'egress.hosts["a.corp.example"][0]: must be an address such as "10.1.2.3" or "fd00::1"',
      'egress.hosts["a.corp.example"][2]: is there twice',
      'egress.hosts["a.corp.example"][3]: must be written "10.0.0.1"',
    ]);
  });

  test.each<[unknown, string]>([
    [{ mode: 'off' }, 'egress.mode: must be "auto" or "transparent" or "proxy"'],
    [{ moed: 'auto' }, 'egress.moed: unknown key, did you mean "mode"?'],
    [{ caFile: 'corp.pem' }, 'egress.caFile: must be an absolute path'],
    [{ proxy: {} }, 'egress.proxy.url: is missing'],
    [{ proxy: { url: 'http://a.example:1', password: 'x' } }, 'egress.proxy.password: unknown key'],
    [{ hosts: { 'a.example': [] } }, 'egress.hosts["a.example"]: must have at least 1 entry'],
    [{ hosts: { 'a.example': '10.0.0.1' } }, 'egress.hosts["a.example"]: must be a list'],
    [
      { hosts: Object.fromEntries(Array.from({ length: 1025 }, (_, n) => [`a${n}.example`, ['10.0.0.1']])) },
      'egress.hosts: must have at most 1024 names',
    ],
  ])('refuses %j', (egress, fault) => expect(faultsOf(egress)).toEqual([fault]));

  test.each([
    ['', 'line 1, column 1: is empty'],
    ['{"schema":1,"schema":1}', 'schema: this key is there twice'],
    ['{"schema":2}', 'schema: must be 1'],
    ['{"egres":{}}', 'egres: unknown key, did you mean "egress"?'],
    ['{"egress":{"hosts":{"__proto__":["10.0.0.1"]}}}', 'egress.hosts.__proto__: this key is not allowed'],
  ])('refuses the text %j', (text, fault) =>
    expect(parseConfig(text)).toEqual({ ok: false, faults: [fault] }),
  );
});

describe('loadConfig', () => {
  let scratch: string;
  let file: string;
  const unmanaged = () => installationIn(scratch);
  const managed = () => ({ ...unmanaged(), mode: 'managed' as const });
  const refusal = (...details: string[]) =>
    expect.objectContaining({ code: 'CONFIG_INVALID', details, hints: [`correct ${file}`] }) as Error;

  beforeEach(() => {
    scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'cordon-config-'));
    file = unmanaged().configFile;
    fs.mkdirSync(path.dirname(file), { recursive: true });
  });
  afterEach(() => fs.rmSync(scratch, { recursive: true, force: true }));

  const writeConfig = (egress: unknown) => fs.writeFileSync(file, JSON.stringify({ schema: 1, egress }));
  function write(name: string, content: string): string {
    fs.writeFileSync(path.join(scratch, name), content);
    return path.join(scratch, name);
  }

  test('gives the defaults where nobody wrote one', () => {
    expect(loadConfig(unmanaged())).toEqual(DEFAULTS);
  });

  test('refuses a managed one that is gone', () => {
    expect(() => loadConfig(managed())).toThrow(refusal('(file): does not exist'));
  });

  test('takes one, with the files that it names', () => {
    const caFile = write('ca.pem', CERTIFICATE);
    const link = path.join(scratch, 'link.pem');
    fs.symlinkSync(caFile, link);
    const credentialsFile = write('proxy', 'ann:pa:ss word\n');
    writeConfig({ caFile: link, proxy: { url: 'http://proxy:3128', credentialsFile } });
    expect(loadConfig(unmanaged())).toEqual({
      ...DEFAULTS,
      egress: {
        mode: 'auto',
        hosts: {},
        caFile: link,
        proxy: { host: 'proxy', port: 3128, credentialsFile },
      },
    });
  });

  test('names every file that cannot be used, and no word of one', () => {
    const proxy = (credentialsFile: string) => ({ url: 'http://proxy:3128', credentialsFile });
    writeConfig({ caFile: path.join(scratch, 'gone.pem'), proxy: proxy(scratch) });
    expect(() => loadConfig(unmanaged())).toThrow(
      refusal('egress.caFile: does not exist', 'egress.proxy.credentialsFile: is not a regular file'),
    );
    const caFile = write('none.pem', 'no certificate');
    for (const content of ['', 'secret', 'ann:', ':secret', 'a:b\nc:d\n', 'ann:secret\r\nX: y']) {
      writeConfig({ caFile, proxy: proxy(write('bad', content)) });
      expect(() => loadConfig(unmanaged()), JSON.stringify(content)).toThrow(
        refusal(
          'egress.caFile: holds no certificate in PEM',
          'egress.proxy.credentialsFile: must hold one line, "user:password"',
        ),
      );
    }
    execFileSync('mkfifo', [path.join(scratch, 'fifo')]);
    writeConfig({ caFile: path.join(scratch, 'fifo') });
    expect(() => loadConfig(unmanaged())).toThrow(refusal('egress.caFile: is not a regular file'));
  });

  test.each<[string, string | Uint8Array, string]>([
    ['no JSON', '{', 'line 1, column 2: expected a key in double quotes or "}", found the end'],
    ['no UTF-8', Uint8Array.of(0x22, 0xff, 0x22), '(top level): is not UTF-8'],
    ['endless', ' '.repeat(1024 * 1024 + 1), '(file): is larger than 1024 KiB'],
  ])('refuses a file that is %s', (_, content, fault) => {
    fs.writeFileSync(file, content);
    expect(() => loadConfig(unmanaged())).toThrow(refusal(fault));
  });

  test('refuses a link in its place', () => {
    fs.symlinkSync(write('elsewhere', '{}'), file);
    expect(() => loadConfig(unmanaged())).toThrow(refusal('(file): is a symbolic link'));
  });

  test('whose profiles count is said where policy is managed, and nowhere else', () => {
    fs.writeFileSync(file, '{ "profiles": { "folders": ["/srv/profiles"] } }');
    expect(() => loadConfig(unmanaged())).toThrow(
      refusal('profiles: counts only where policy is managed, in /etc/cordon/config.json'),
    );
  });

  test('refuses a managed one that others can write', () => {
    writeConfig({});
    fs.chmodSync(file, 0o666);
    expect(() => loadConfig(managed())).toThrow(
      expect.objectContaining({ code: 'INSTALLATION_UNSAFE' }) as Error,
    );
  });

  test('no server may write where it stands', () => {
    expect(ownFolders(unmanaged(), '/opt/cordon')).toContain(path.dirname(file));
  });
});
