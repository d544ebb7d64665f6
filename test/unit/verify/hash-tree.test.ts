import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bunPath } from '../../../scripts/bun-path.mjs';
import { openFolder } from '../../../src/verify/descriptor.ts';
import { hashHere, type TreeHash } from '../../../src/verify/hash-tree.ts';

const EXECUTABLE = fileURLToPath(new URL('../../../dist/cordon', import.meta.url));
const FIXTURE = fileURLToPath(new URL('../../fixtures/hash-elsewhere.ts', import.meta.url));
const ZEROS = '0'.repeat(64);

let scratch: string;
let tree: string;

beforeAll(() => {
  scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'cordon-hash-'));
  tree = path.join(scratch, 'tree');
  for (const file of [
    'a/b/one.js',
    'a/c/two.js',
    'd/e/three.js',
    'four.js',
    'a/large.bin',
    'a/chunk.bin',
    'a/empty',
  ])
    write(file, file);
  write('a/large.bin', 'x'.repeat(700_000));
  write('a/chunk.bin', 'y'.repeat(256 * 1024));
  write('a/empty', '');
  fs.chmodSync(path.join(tree, 'd/e/three.js'), 0o755);
});
afterAll(() => {
  fs.rmSync(scratch, { recursive: true });
});

function write(file: string, content: string): void {
  fs.mkdirSync(path.dirname(path.join(tree, file)), { recursive: true });
  fs.writeFileSync(path.join(tree, file), content, { mode: 0o644 });
}

type Elsewhere =
  | { readonly hash: TreeHash }
  | { readonly refused: { readonly code: string; readonly message: string } };

function elsewhere(program: string, shares?: string): Elsewhere {
  const file = path.join(scratch, 'SHARES');
  fs.writeFileSync(file, shares ?? '');
  const child = spawnSync(bunPath(), [FIXTURE, tree, program, ...(shares === undefined ? [] : [file])], {
    encoding: 'utf8',
    env: { SECRET: 'of the client' },
  });
  expect(child.stderr).toBe('');
  return JSON.parse(child.stdout) as Elsewhere;
}

/** A helper that answers as it likes. */
function fakeHelper(script: string): string {
  const file = path.join(scratch, 'helper');
  fs.writeFileSync(file, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  return file;
}

describe('hashTree', () => {
  it.each([
    ['ends without a word', 'exit 0'],
    ['is killed', `printf 'sum ${ZEROS} 1 1\\n'; kill -9 $$`],
    ['fails after an answer', `printf 'sum ${ZEROS} 1 1\\n'; exit 1`],
    ['is cut off', `printf 'sum ${ZEROS} 1 1'`],
    ['answers twice', `printf 'sum ${ZEROS} 1 1\\nsum ${ZEROS} 1 1\\n'`],
    ['answers nonsense', `printf 'sum sha256 1 1\\n'`],
  ])('takes no digest from a helper that %s', (_what, script) => {
    expect(elsewhere(fakeHelper(script))).toMatchObject({ refused: { code: 'INTERNAL' } });
  });

  it('takes none from a helper that cannot be started', () => {
    expect(elsewhere(path.join(scratch, 'none'))).toMatchObject({ refused: { code: 'INTERNAL' } });
  });

  it('takes one from a helper that answers as it should', () => {
    expect(elsewhere(fakeHelper(`printf 'sum ${ZEROS} 1 2\\n'`))).toMatchObject({
      hash: { files: 1, bytes: 2 },
    });
  });

  it('tells a helper neither the digest nor any variable', () => {
    const seen = path.join(scratch, 'seen');
    elsewhere(fakeHelper(`echo "$@" > ${seen}; /usr/bin/env >> ${seen}`));
    const [args, ...variables] = fs.readFileSync(seen, 'utf8').trimEnd().split('\n');
    expect(args).toBe(`__hash whole user ${tree}`);
    expect(variables.filter((line) => !/^(?:PWD|_|SHLVL|OLDPWD)=/.test(line))).toEqual([]);
  });

  it('passes on why a helper refused', () => {
    const refused = { code: 'TREE_UNSAFE', message: 'x is a FIFO' };
    const answer = JSON.stringify({ ...refused, hints: [], details: [] });
    expect(elsewhere(fakeHelper(`printf '%s' '${answer}'; exit 125`))).toEqual({ refused });
  });

  // Built by `npm test` before the tests; what it answers must be what this process finds.
  describe.runIf(fs.existsSync(EXECUTABLE))('in the executable', () => {
    it.each([
      ['alone', undefined],
      ['with an empty list of shares', ''],
      ['with half of it in a third process', 'a/b\nd\n'],
      ['with shares that do not exist', 'a/b\nnone/there\n'],
      ['with shares that are no paths', '../..\n/etc\n'],
    ])('finds the same digest %s', (_what, shares) => {
      const folder = openFolder(tree);
      const { digest, files, bytes } = hashHere({ tree: folder, path: tree, owner: 'user' });
      fs.closeSync(folder.fd);
      expect(elsewhere(EXECUTABLE, shares)).toMatchObject({ hash: { digest, files, bytes } });
    });

    it.each([
      ['the second process', undefined],
      ['the third process', 'd\n'],
    ])('a refusal of %s reaches the caller', (_what, shares) => {
      const link = path.join(tree, 'd/e/link');
      fs.symlinkSync('three.js', link);
      const answer = elsewhere(EXECUTABLE, shares);
      fs.unlinkSync(link);
      expect(answer).toEqual({
        refused: { code: 'TREE_UNSAFE', message: expect.stringContaining('d/e/link') },
      });
    });
  });
});
