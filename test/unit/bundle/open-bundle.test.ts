// Bundles as somebody on the way, or somebody with a key, may make them: each is refused before anything is written.
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { packArchive, readArchive } from '../../../src/bundle/archive.ts';
import { indexText } from '../../../src/bundle/index-file.ts';
import {
  bundleOf,
  indexOf,
  type Key,
  makeKey,
  NOW,
  open,
  policyFiles,
  refusalOf,
  sign,
  sshKeygenTakes,
  trustIn,
} from '../../fixtures/bundles.ts';

let folder = '';
let key: Key;
let stranger: Key;
beforeAll(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'cordon-bundles-'));
  [key, stranger] = [makeKey(folder, 'ed25519'), makeKey(folder, 'ed25519')];
});
afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));

const refused = (bytes: Buffer, code: string, words: string): void => {
  const error = refusalOf(() => open(bytes, key));
  expect({ code: error.code, text: [error.message, ...error.details].join('\n') }).toEqual({
    code,
    text: expect.stringContaining(words) as string,
  });
};

describe('a bundle', () => {
  it('is taken with all that it holds, by whom it says', () => {
    const bundle = open(bundleOf(key), key);
    expect(bundle.files).toEqual(policyFiles());
    expect(bundle.signer).toMatchObject({ principals: 'ops@corp.example', type: 'ssh-ed25519' });
    expect(bundle.unapproved).toEqual([]);
  });

  it('is an archive that tar reads, with a signature that ssh-keygen takes', () => {
    const [file, there] = [path.join(folder, 'bundle.tar'), path.join(folder, 'unpacked')];
    fs.writeFileSync(file, bundleOf(key));
    fs.mkdirSync(there);
    execFileSync('tar', ['-xf', file, '-C', there]);
    for (const { path: name, content } of policyFiles())
      expect(fs.readFileSync(path.join(there, name)).equals(content), name).toBe(true);
    const asked = {
      signers: `ops ${key.words}\n`,
      signer: 'ops',
      signature: fs.readFileSync(path.join(there, 'index.json.sig'), 'utf8'),
      message: fs.readFileSync(path.join(there, 'index.json')),
    };
    expect(sshKeygenTakes(folder, asked)).toBe(true);
  });

  it('says which profiles nobody approved', () => {
    const files = policyFiles().map((file) =>
      file.path.endsWith('/profile.json')
        ? {
            ...file,
            content: Buffer.from(file.content.toString().replace('"tools": true', '"tools": false')),
          }
        : file,
    );
    expect(open(bundleOf(key, { files }), key).unapproved).toEqual(['memory']);
  });
});

describe('who signed', () => {
  it('a stranger', () => refused(bundleOf(stranger), 'BUNDLE_UNTRUSTED', 'no line has that key'));

  it('somebody, for something else', () =>
    refused(bundleOf(key, { namespace: 'git' }), 'BUNDLE_UNTRUSTED', 'for the namespace "git"'));

  it('a stranger, with the words of the key that may', () => {
    const bytes = bundleOf(key, {
      parts: ({ index, signature }) => {
        const [ours, theirs] = [signature, sign(Buffer.from(index), stranger)].map((text) =>
          Buffer.from(text.split('\n').slice(1, -2).join(''), 'base64'),
        ) as [Buffer, Buffer];
        // Magic, version, and the key with its length: 6 + 4 + 4 + 51 bytes.
        const mixed = Buffer.concat([ours.subarray(0, 65), theirs.subarray(65)]);
        return {
          signature: `-----BEGIN SSH SIGNATURE-----\n${(mixed.toString('base64').match(/.{1,70}/g) ?? []).join('\n')}\n-----END SSH SIGNATURE-----\n`,
        };
      },
    });
    refused(bytes, 'BUNDLE_UNTRUSTED', 'is not one of this index');
  });

  it('the right key, and another person was asked for', () => {
    const error = refusalOf(() => open(bundleOf(key), key, { signer: 'eve@corp.example' }));
    expect(error).toMatchObject({
      code: 'BUNDLE_UNTRUSTED',
      details: ['line 1: it is not for "eve@corp.example"'],
    });
  });

  it('nobody', () => {
    refused(
      bundleOf(key, { parts: () => ({ signature: '' }) }),
      'BUNDLE_UNTRUSTED',
      'the signature must begin with',
    );
  });

  it('a file without one line', () => {
    const error = refusalOf(() => open(bundleOf(key), key, trustIn(key, { lines: [] })));
    expect(error.code).toBe('BUNDLE_UNTRUSTED');
  });

  it('an index that is not the signed one is not even read', () => {
    const bytes = bundleOf(key, { parts: () => ({ index: '{"not": "an index"}' }) });
    refused(bytes, 'BUNDLE_UNTRUSTED', 'is not one of this index');
  });
});

describe('files that are not the signed ones', () => {
  it.each<[string, (files: ReturnType<typeof policyFiles>) => ReturnType<typeof policyFiles>, string]>([
    [
      'another content of the same size',
      (files) => files.map((file) => ({ ...file, content: Buffer.alloc(file.content.length, 32) })),
      'config.json: has another content',
    ],
    [
      'another size',
      (files) => files.map((file) => ({ ...file, content: Buffer.from('{}') })),
      'config.json: has 2 bytes, expected 16',
    ],
    ['one is missing', (files) => files.slice(1), 'config.json: is missing'],
    [
      'one more',
      (files) => [...files, { path: 'profiles/evil/profile.json', content: Buffer.from('{}') }],
      'profiles/evil/profile.json: is not in the index',
    ],
    [
      'one more, outside',
      (files) => [...files, { path: '../../etc/cron.d/evil', content: Buffer.from('x') }],
      '../../etc/cron.d/evil: is not in the index',
    ],
    ['one twice', (files) => [...files, ...files.slice(0, 1)], 'the files are not in the order of the index'],
    ['another order', (files) => files.toReversed(), 'the files are not in the order of the index'],
    ['none', () => [], 'config.json: is missing'],
  ])('%s', (_what, change, words) => {
    refused(
      bundleOf(key, { parts: ({ files }) => ({ files: change([...files]) }) }),
      'BUNDLE_UNTRUSTED',
      words,
    );
  });

  it('a signature does not make a path good: the signed index is judged all the same', () => {
    for (const evil of ['../../etc/cron.d/evil', 'bin/cordon', 'profiles/memory/run.sh']) {
      const files = [...policyFiles(), { path: evil, content: Buffer.from('#!/bin/sh\n') }].toSorted(
        (a, b) => (a.path < b.path ? -1 : 1),
      );
      refused(bundleOf(key, { files }), 'BUNDLE_INVALID', 'index.json: files[');
    }
  });

  it('nor a policy that no machine could live with', () => {
    const broken = (name: string, content: string) =>
      bundleOf(key, {
        files: policyFiles().map((file) =>
          file.path === name ? { ...file, content: Buffer.from(content) } : file,
        ),
      });
    refused(
      broken('config.json', '{ "egres": {} }'),
      'BUNDLE_INVALID',
      'config.json: egres: unknown key, did you mean "egress"?',
    );
    refused(
      broken('profiles/memory/profile.json', '{}'),
      'BUNDLE_INVALID',
      'profiles/memory/profile.json: schema:',
    );
    refused(broken('profiles/memory/pins.json', '{}'), 'BUNDLE_INVALID', 'profiles/memory/pins.json: ');
    refused(
      broken('profiles/memory/package-lock.json', '{}'),
      'BUNDLE_INVALID',
      'profiles/memory/package-lock.json: (file): is not the one that pins.json was made for',
    );
    refused(
      broken('profiles/memory/approved.json', '{"a":1,"a":2}'),
      'BUNDLE_INVALID',
      'profiles/memory/approved.json: a: this key is there twice',
    );
    refused(broken('config.json', '\u00ff'), 'BUNDLE_INVALID', 'config.json: line 1');
  });

  it('an index in another way of writing, signed as it is', () => {
    const index = () => JSON.stringify(indexOf(policyFiles()));
    refused(bundleOf(key, { index }), 'BUNDLE_INVALID', 'is not written as cordon writes it');
  });
});

describe('archives', () => {
  const good = () => bundleOf(key);

  it('each shorter one is refused', () => {
    const bytes = good();
    for (let length = 0; length < bytes.length; length += 487)
      expect(readArchive(bytes.subarray(0, length)).ok, `${length} bytes`).toBe(false);
    expect(readArchive(bytes.subarray(0, -1)).ok).toBe(false);
  });

  it('a changed byte anywhere is refused', () => {
    const bytes = good();
    for (let at = 0; at < bytes.length; at += at < 3072 ? 7 : 4001) {
      const changed = Buffer.from(bytes);
      changed[at] = (changed[at] ?? 0) ^ 0x10;
      expect(refusalOf(() => open(changed, key)).code, `byte ${at}`).toMatch(/^BUNDLE_/);
    }
  });

  it.each<[string, () => Buffer]>([
    ['something behind the end', () => Buffer.concat([good(), Buffer.alloc(512)])],
    ['a second archive behind the end', () => Buffer.concat([good(), good()])],
    [
      'something hidden in the padding',
      () => {
        const bytes = good();
        bytes[bytes.indexOf('}\n', 512) + 3] = 1;
        return bytes;
      },
    ],
    ['gzip', () => Buffer.from('1f8b0800000000000003', 'hex')],
    ['nothing', () => Buffer.alloc(0)],
    ['zeros alone', () => Buffer.alloc(1024)],
    ['another program’s archive of the same files', () => repacked([])],
    ['a name in a header of its own', () => repacked(['--format=pax', '--pax-option=path=../../etc/passwd'])],
    [
      'a link',
      () =>
        repacked([], (there) => {
          fs.rmSync(path.join(there, 'config.json'));
          fs.symlinkSync('/etc/passwd', path.join(there, 'config.json'));
        }),
    ],
    ['a folder', () => repacked([], (there) => fs.mkdirSync(path.join(there, 'profiles/extra')), true)],
  ])('with %s are refused', (_what, make) => {
    const error = refusalOf(() => open(make(), key));
    expect(['BUNDLE_INVALID', 'BUNDLE_UNTRUSTED']).toContain(error.code);
  });

  it('of bundles without index or signature', () => {
    refused(packArchive(policyFiles()), 'BUNDLE_INVALID', 'the file is no bundle');
    refused(packArchive([]), 'BUNDLE_INVALID', 'the file is no bundle');
    expect(indexText(indexOf(policyFiles()))).toContain('"schema": 1');
  });

  function repacked(
    options: readonly string[],
    change: (there: string) => void = () => {},
    folders = false,
  ): Buffer {
    const there = fs.mkdtempSync(path.join(folder, 'repack-'));
    fs.writeFileSync(path.join(there, 'in.tar'), good());
    execFileSync('tar', ['-xf', 'in.tar'], { cwd: there });
    change(there);
    const names = ['index.json', 'index.json.sig', ...policyFiles().map(({ path: name }) => name)];
    execFileSync(
      'tar',
      [...options, '-cf', 'out.tar', '--no-recursion', ...names, ...(folders ? ['profiles/extra'] : [])],
      { cwd: there },
    );
    return fs.readFileSync(path.join(there, 'out.tar'));
  }
});

it('time is the caller’s: the same bytes are taken as long as the key may sign', () => {
  expect(() => open(bundleOf(key), key, { now: NOW + 10 ** 12 })).not.toThrow();
});
