import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { EgressConfig } from '../../../src/config/config.ts';
import { secretFiles } from '../../../src/config/secret-files.ts';
import type { SecretSource } from '../../../src/config/secrets.ts';

let home = '';
beforeEach(() => {
  home = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'cordon-files-')));
});
afterEach(() => fs.rmSync(home, { recursive: true, force: true }));

const at = (name: string) => path.join(home, name);
const trusted = (source?: SecretSource, egress: Partial<EgressConfig> = {}) =>
  secretFiles(
    {
      secrets: source === undefined ? {} : { another: { TOKEN: [source] } },
      egress: { mode: 'auto', hosts: {}, ...egress },
    },
    home,
  );
const command = (...argv: readonly [string, ...string[]]): SecretSource => ({
  from: 'command',
  argv,
  env: {},
  timeoutSeconds: 1,
});

test('a program is guarded with what it leads to, what runs it, and the scripts that it is given', () => {
  fs.writeFileSync(at('runs'), '');
  fs.writeFileSync(at('real'), `#!${at('runs')}\n`);
  fs.symlinkSync('real', at('second'));
  fs.symlinkSync('second', at('first'));
  const { deciding, files } = trusted(command(at('first'), '-x', at('runs'), 'op://Team/token'));
  expect(new Set(deciding)).toEqual(new Set(['first', 'second', 'real', 'runs'].map(at)));
  expect(files).toEqual([]);
});

test('a file is kept from readers, and the links to it from writers', () => {
  fs.writeFileSync(at('real'), 'token');
  fs.symlinkSync('real', at('second'));
  fs.symlinkSync('second', at('first'));
  const { deciding, files } = trusted({ from: 'file', path: '${home}/first' });
  expect([new Set(deciding), new Set(files)]).toEqual([
    new Set(['first', 'second'].map(at)),
    new Set(['first', 'real'].map(at)),
  ]);
});

test("the password of the company's proxy is a secret, and certificates are not to be written", () => {
  const proxy = { host: 'proxy', port: 3128, credentialsFile: at('password') };
  const { deciding, files } = trusted(undefined, { proxy, caFile: at('ca.pem') });
  expect({ deciding, files }).toEqual({ deciding: [at('ca.pem')], files: [at('password')] });
});
