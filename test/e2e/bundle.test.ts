// Bundles by the executable, whose cryptography is not that of Node.js, on which the other tests of signatures run.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { packArchive, readArchive } from '../../src/bundle/archive.ts';
import { CORDON } from '../fixtures/launcher.ts';
import { makeKey, policyFiles } from '../fixtures/bundles.ts';

const scratch = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'cordon-bundle-e2e-')));
const at = (name: string): string => path.join(scratch, name);

function cordon(...args: readonly string[]) {
  const env = { HOME: scratch, PATH: process.env['PATH'] ?? '' };
  const { status, stdout, stderr } = spawnSync(CORDON, ['bundle', ...args], { env, encoding: 'utf8' });
  return { status, out: stdout, err: stderr };
}

beforeAll(() => {
  for (const { path: name, content } of policyFiles()) {
    fs.mkdirSync(path.dirname(at(`policy/${name}`)), { recursive: true });
    fs.writeFileSync(at(`policy/${name}`), content);
  }
});
afterAll(() => fs.rmSync(scratch, { recursive: true, force: true }));

/** The same bundle with one bit of the signature's own value changed, which stands at the end. */
function forge(bundle: string): string {
  const archive = readArchive(fs.readFileSync(bundle));
  if (!archive.ok) throw new Error(archive.fault);
  const files = archive.files.map((file) => {
    if (!file.path.endsWith('.sig')) return file;
    const [begin = '', ...lines] = file.content.toString().trimEnd().split('\n');
    const blob = Buffer.from(lines.slice(0, -1).join(''), 'base64');
    blob[blob.length - 1] = (blob.at(-1) ?? 0) ^ 1;
    const body = blob.toString('base64').match(/.{1,70}/g) ?? [];
    return { ...file, content: Buffer.from(`${[begin, ...body, lines.at(-1)].join('\n')}\n`) };
  });
  fs.writeFileSync(`${bundle}.forged`, packArchive(files));
  return `${bundle}.forged`;
}

describe.each<[type: string, bits: number | undefined, name: string]>([
  ['ed25519', undefined, 'ssh-ed25519'],
  ['ecdsa', 256, 'ecdsa-sha2-nistp256'],
  ['ecdsa', 384, 'ecdsa-sha2-nistp384'],
  ['rsa', 3072, 'ssh-rsa'],
])('a bundle signed with %s %s', (type, bits, name) => {
  it('is created, verified, and refused when one bit of the signature is another', () => {
    const key = makeKey(scratch, type, bits);
    const [bundle, signers] = [`${key.file}.bundle`, `${key.file}.signers`];
    fs.writeFileSync(signers, `ops@corp.example namespaces="cordon-bundle" ${key.words}\n`);
    expect(cordon('create', 'corp@1', at('policy'), '--out', bundle, '--key', key.file)).toMatchObject({
      status: 0,
      err: '',
    });
    const verified = cordon('verify', bundle, '--signers', signers, '--json');
    expect(JSON.parse(verified.out)).toMatchObject({ name: 'corp', version: 1, signer: { type: name } });
    expect(cordon('verify', forge(bundle), '--signers', signers)).toMatchObject({
      status: 125,
      err: 'error: the signature is not one of this index [BUNDLE_UNTRUSTED]\n',
    });
  });
});

it('a whole policy is put below a folder, and an older one is not', () => {
  const key = makeKey(scratch, 'ed25519');
  fs.writeFileSync(at('signers'), `ops namespaces="cordon-bundle" ${key.words}\n`);
  for (const version of [1, 2])
    cordon('create', `corp@${version}`, at('policy'), '--out', at(`${version}.bundle`), '--key', key.file);
  const install = (version: number) =>
    cordon('install', at(`${version}.bundle`), '--signers', at('signers'), '--root', at('machine'));
  expect(install(2)).toMatchObject({ status: 0, err: '' });
  expect(fs.readdirSync(at('machine/etc/cordon'))).toEqual(['bundle.json', 'config.json', 'profiles']);
  expect(install(1)).toMatchObject({
    status: 125,
    err: expect.stringContaining('[BUNDLE_OUTDATED]') as string,
  });
});
