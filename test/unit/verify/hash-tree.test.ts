import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type OpenFolder, openFolder } from '../../../src/verify/descriptor.ts';
import { hashTree } from '../../../src/verify/hash-tree.ts';
import { refusal } from '../../fixtures/registry/refusal.ts';

const EXECUTABLE = fileURLToPath(new URL('../../../dist/cordon', import.meta.url));
const ZEROS = '0'.repeat(64);

let scratch: string;
let tree: string;
let folder: OpenFolder;

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
  folder = openFolder(tree);
});
afterAll(() => {
  fs.closeSync(folder.fd);
  fs.rmSync(scratch, { recursive: true });
});

function write(file: string, content: string): void {
  fs.mkdirSync(path.dirname(path.join(tree, file)), { recursive: true });
  fs.writeFileSync(path.join(tree, file), content, { mode: 0o644 });
}

function hash(program?: string, shares?: string) {
  const file = path.join(scratch, 'SHARES');
  fs.writeFileSync(file, shares ?? '');
  const sharesFd = shares === undefined ? undefined : fs.openSync(file, 'r');
  const hashed = hashTree({ tree: folder, path: tree, owner: 'user', sharesFd }, program);
  return hashed.finally(() => sharesFd !== undefined && fs.closeSync(sharesFd));
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
  ])('takes no digest from a helper that %s', async (_what, script) => {
    expect((await refusal(hash(fakeHelper(script)))).code).toBe('INTERNAL');
  });

  it('tells a helper neither the digest nor any variable', async () => {
    const seen = path.join(scratch, 'seen');
    await refusal(hash(fakeHelper(`echo "$@" > ${seen}; /usr/bin/env >> ${seen}`)));
    const [args, ...variables] = fs.readFileSync(seen, 'utf8').trimEnd().split('\n');
    expect(args).toBe(`__hash whole user ${tree}`);
    expect(variables.filter((line) => !/^(?:PWD|_|SHLVL|OLDPWD)=/.test(line))).toEqual([]);
  });

  it('passes on why a helper refused', async () => {
    const refused = '{"code":"TREE_UNSAFE","message":"x is a FIFO","hints":[],"details":[]}';
    const error = await refusal(hash(fakeHelper(`printf '%s' '${refused}'; exit 125`)));
    expect([error.code, error.message]).toEqual(['TREE_UNSAFE', 'x is a FIFO']);
  });

  // Built by `npm test` before the tests; what it answers must be what this process finds.
  describe.runIf(fs.existsSync(EXECUTABLE))('in the executable', () => {
    it.each([
      ['alone', undefined],
      ['with an empty list of shares', ''],
      ['with half of it in a third process', 'a/b\nd\n'],
      ['with shares that do not exist', 'a/b\nnone/there\n'],
      ['with shares that are no paths', '../..\n/etc\n'],
    ])('finds the same digest %s', async (_what, shares) => {
      const { digest, files, bytes } = await hash();
      expect(await hash(EXECUTABLE, shares)).toMatchObject({ digest, files, bytes });
    });

    it.each([
      ['the second process', undefined],
      ['the third process', 'd\n'],
    ])('a refusal of %s reaches the caller', async (_what, shares) => {
      const link = path.join(tree, 'd/e/link');
      fs.symlinkSync('three.js', link);
      const error = await refusal(hash(EXECUTABLE, shares));
      fs.unlinkSync(link);
      expect([error.code, error.message]).toEqual(['TREE_UNSAFE', expect.stringContaining('d/e/link')]);
    });
  });
});
