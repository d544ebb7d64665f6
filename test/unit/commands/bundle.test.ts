// `cordon bundle` as one calls it, with the real ssh-keygen: made here, looked at, installed; signed here or elsewhere.
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { bundleCommand, type BundleOptions } from '../../../src/commands/bundle.ts';
import type { CommandContext } from '../../../src/commands/context.ts';
import { installationIn } from '../../fixtures/registry/workbench.ts';
import { type Key, makeKey, policyFiles, refusalOf } from '../../fixtures/bundles.ts';

let folder = '';
let key: Key;
const at = (name: string): string => path.join(folder, name);

beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'cordon-bundle-'));
  key = makeKey(folder, 'ecdsa', 256);
  for (const { path: name, content } of policyFiles()) {
    fs.mkdirSync(path.dirname(at(`policy/${name}`)), { recursive: true });
    fs.writeFileSync(at(`policy/${name}`), content);
  }
  fs.writeFileSync(at('signers'), `ops@corp.example namespaces="cordon-bundle" ${key.words}\n`);
});
afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

async function call(words: readonly string[], options: BundleOptions & { readonly json?: boolean } = {}) {
  let [out, err] = ['', ''];
  const context: CommandContext = {
    installation: installationIn(folder),
    json: options.json === true,
    out: (text) => void (out += text),
    err: (text) => void (err += text),
    isTerminal: false,
    columns: undefined,
    color: false,
    searchPath: '',
  };
  expect(await bundleCommand(context, words, options)).toBe(0);
  return { out, err };
}

async function refused(words: readonly string[], options: BundleOptions = {}) {
  const thrown: unknown = await call(words, options).then(
    () => undefined,
    (error: unknown) => error,
  );
  return refusalOf(() => {
    if (thrown !== undefined) throw thrown as Error;
  });
}

const create = (named = 'corp-policy@7') =>
  call(['create', named, at('policy')], { out: at('policy.bundle'), key: key.file });

describe('cordon bundle', () => {
  it('creates, verifies and installs', async () => {
    expect((await create()).out).toBe(`created: corp-policy 7, 5 files, "${at('policy.bundle')}"\n`);
    const verified = await call(['verify', at('policy.bundle')], { signers: at('signers') });
    expect(verified.out).toMatch(
      /^corp-policy 7: 5 files, signed\nsigned by ops@corp\.example, ecdsa-sha2-nistp256 SHA256:\S{43}\nmade at \S+Z, expires at \S+Z\n$/,
    );
    const options = { signers: at('signers'), root: at('machine') };
    expect((await call(['install', at('policy.bundle')], { ...options, dryRun: true })).out).toContain(
      'would create: "/etc/cordon/config.json"\n',
    );
    expect(fs.existsSync(at('machine'))).toBe(false);
    expect((await call(['install', at('policy.bundle')], options)).out).toMatch(
      /\ninstalled: corp-policy 7; /,
    );
    expect((await call(['install', at('policy.bundle')], options)).out).toBe(
      'nothing to do: this machine has this bundle already\n',
    );
  });

  it('gives documents', async () => {
    await create();
    const document = (out: string) => JSON.parse(out) as Record<string, unknown>;
    const verified = await call(['verify', at('policy.bundle')], { signers: at('signers'), json: true });
    expect(document(verified.out)).toMatchObject({
      name: 'corp-policy',
      version: 7,
      signer: { principals: 'ops@corp.example' },
      unapproved: [],
    });
    const installed = await call(['install', at('policy.bundle')], {
      signers: at('signers'),
      root: at('machine'),
      json: true,
    });
    expect(document(installed.out)).toMatchObject({
      dryRun: false,
      version: 7,
      changes: expect.any(Array) as unknown,
    });
  });

  it('takes the signers of the machine, when no others are named', async () => {
    await create();
    expect((await refused(['install', at('policy.bundle')], { root: at('machine') })).message).toBe(
      `nobody is known who may sign: "${at('machine/etc/cordon/allowed_signers')}" does not exist`,
    );
    fs.mkdirSync(at('machine/etc/cordon'), { recursive: true });
    fs.copyFileSync(at('signers'), at('machine/etc/cordon/allowed_signers'));
    await call(['install', at('policy.bundle')], { root: at('machine') });
    expect(fs.readdirSync(at('machine/etc/cordon'))).toEqual([
      'allowed_signers',
      'bundle.json',
      'config.json',
      'profiles',
    ]);
  });

  it('is signed elsewhere: what is to be signed goes out, the signature comes back', async () => {
    const [index, out] = [at('index.json'), at('policy.bundle')];
    const { err } = await call(['create', 'corp-policy@7', at('policy')], { index, expires: '2099-01-31' });
    expect(err).toBe(`hint: ssh-keygen -Y sign -n cordon-bundle -f <key> ${index}\n`);
    execFileSync('ssh-keygen', ['-Y', 'sign', '-q', '-n', 'cordon-bundle', '-f', key.file, index], {
      stdio: 'ignore',
    });
    const options = { index, signature: `${index}.sig`, out };
    await call(['create', 'corp-policy@7', at('policy')], options);
    const { out: text } = await call(['verify', out], { signers: at('signers'), json: true });
    expect(JSON.parse(text)).toMatchObject({ expires: '2099-01-31T00:00:00Z' });
    for (const [named, change] of [
      ['corp-policy@8', () => {}],
      ['corp-policy@7', () => fs.writeFileSync(at('policy/config.json'), '{}')],
    ] as const) {
      change();
      expect((await refused(['create', named, at('policy')], options)).message).toContain(
        'is not the index of this folder',
      );
    }
  });

  it('a signature for something else is refused before a bundle is written', async () => {
    const [index, out] = [at('index.json'), at('policy.bundle')];
    await call(['create', 'corp-policy@7', at('policy')], { index });
    execFileSync('ssh-keygen', ['-Y', 'sign', '-q', '-n', 'git', '-f', key.file, index], { stdio: 'ignore' });
    const options = { index, signature: `${index}.sig`, out };
    expect((await refused(['create', 'corp-policy@7', at('policy')], options)).code).toBe('BUNDLE_UNTRUSTED');
    expect(fs.existsSync(out)).toBe(false);
  });

  it('leaves out what lies beside a policy, and says so; below profiles/ it refuses', async () => {
    fs.writeFileSync(at('policy/README.md'), 'ours');
    fs.writeFileSync(at('policy/profiles/profile.schema.json'), '{}');
    expect((await create()).err).toBe('warning: left out, because no bundle holds such files: "README.md"\n');
    fs.writeFileSync(at('policy/profiles/memory/run.sh'), '#!/bin/sh\n', { mode: 0o755 });
    fs.mkdirSync(at('policy/profiles/.git'));
    fs.rmSync(at('policy/config.json'));
    fs.symlinkSync('/etc/passwd', at('policy/config.json'));
    const error = await refused(['create', 'corp-policy@7', at('policy')], { out: at('x'), key: key.file });
    expect(error.code).toBe('BUNDLE_INVALID');
    expect(error.details).toEqual([
      'config.json: is a symbolic link',
      expect.stringMatching(/^profiles\/\.git: is not a file/),
      expect.stringMatching(/^profiles\/memory\/run\.sh: is not a file/),
    ]);
  });

  it.each<[string, readonly string[], BundleOptions]>([
    ['no verb', [], {}],
    ['another verb', ['sign', 'x'], {}],
    ['no folder', ['create', 'corp-policy@7'], { out: 'x', key: 'k' }],
    ['no version', ['create', 'corp-policy', '/tmp'], { out: 'x', key: 'k' }],
    ['a version that is none', ['create', 'corp-policy@v1', '/tmp'], { out: 'x', key: 'k' }],
    ['a name that is none', ['create', 'Corp@1', '/tmp'], { out: 'x', key: 'k' }],
    ['no key', ['create', 'corp-policy@7', '/tmp'], { out: 'x' }],
    [
      'two ways to sign',
      ['create', 'corp-policy@7', '/tmp'],
      { out: 'x', key: 'k', index: 'i', signature: 's' },
    ],
    [
      'a day that is none',
      ['create', 'corp-policy@7', '/tmp'],
      { out: 'x', key: 'k', expires: '2027-02-30' },
    ],
    ['two files', ['verify', 'a', 'b'], { signers: '/dev/null' }],
    ['no file', ['install'], { root: '/nonexistent' }],
  ])('usage: %s', async (_what, words, options) => {
    expect((await refused(words, options)).code).toBe('USAGE_INVALID');
  });

  it('a key that ssh-keygen cannot use', async () => {
    const error = await refused(['create', 'corp-policy@7', at('policy')], { out: at('x'), key: at('none') });
    expect(error).toMatchObject({ code: 'BUNDLE_UNTRUSTED' });
    expect(error.message).toMatch(/^ssh-keygen did not sign: /);
  });
});
