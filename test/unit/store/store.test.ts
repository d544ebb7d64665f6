import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { assembleTree } from '../../../src/store/assemble.ts';
import { writeTogether } from '../../../src/store/atomic-write.ts';
import { commandsOf, installScriptsOf } from '../../../src/store/package-json.ts';
import { inPool } from '../../../src/store/pool.ts';
import { createScratch, createStaging, removeTree, sweepStaging } from '../../../src/store/staging.ts';
import type { FetchablePackage } from '../../../src/store/waves.ts';
import type { TreeEntry } from '../../../src/verify/manifest.ts';

let scratch: string;
beforeEach(() => {
  scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'cordon-store-'));
});
afterEach(() => removeTree(scratch));

describe('staging', () => {
  it('sweeps what a dead process left, and nothing else', () => {
    const mine = createStaging(scratch);
    const { pid } = spawnSync('true');
    const dead = mine.replace(`-${process.pid}-`, `-${pid}-`);
    fs.mkdirSync(path.join(dead, 'a/b'), { recursive: true });
    fs.chmodSync(path.join(dead, 'a'), 0o555);
    for (const other of ['runtimes', '.tmp-x', 'a'.repeat(64)]) fs.mkdirSync(path.join(scratch, other));
    sweepStaging(scratch);
    expect(fs.readdirSync(scratch).toSorted()).toEqual(
      ['.tmp-x', 'a'.repeat(64), path.basename(mine), 'runtimes'].toSorted(),
    );
  });

  it('in a folder that others write to as well: goes when it is of a dead process and of this user, and no link', () => {
    fs.chmodSync(scratch, 0o1777);
    const mine = createScratch(scratch, 'cordon-x-');
    const { pid } = spawnSync('true');
    const left = (hex: string): string =>
      mine.replace(`-${process.pid}-`, `-${pid}-`).replace(/[0-9a-f]{12}$/, hex.repeat(12));
    fs.mkdirSync(path.join(left('a'), 'store'), { recursive: true });
    fs.mkdirSync(left('b'));
    const isRoot = process.getuid?.() === 0;
    if (isRoot) fs.chownSync(left('b'), 65_534, 65_534);
    const kept = path.join(scratch, 'kept');
    fs.mkdirSync(kept);
    fs.symlinkSync(kept, left('c'));
    const elsewhere = left('d').replace(/-\d+-/, '-1-');
    fs.mkdirSync(elsewhere);
    const next = createScratch(scratch, 'cordon-x-');
    const stay = [mine, next, kept, left('c'), elsewhere, ...(isRoot ? [left('b')] : [])];
    expect(fs.readdirSync(scratch).toSorted()).toEqual(stay.map((one) => path.basename(one)).toSorted());
    expect(fs.statSync(next).mode & 0o777).toBe(0o700);
  });

  it('where others could swap what was looked at, nothing is removed', () => {
    const mine = createScratch(scratch, 'cordon-x-');
    const { pid } = spawnSync('true');
    const dead = mine.replace(`-${process.pid}-`, `-${pid}-`);
    fs.mkdirSync(dead);
    fs.chmodSync(scratch, 0o777);
    createScratch(scratch, 'cordon-x-');
    expect(fs.existsSync(dead)).toBe(true);
    fs.chmodSync(scratch, 0o700);
    createScratch(scratch, 'cordon-x-');
    expect(fs.existsSync(dead)).toBe(false);
  });

  it('removes read-only trees and follows no link', () => {
    const outside = path.join(scratch, 'outside');
    fs.mkdirSync(outside);
    fs.writeFileSync(path.join(outside, 'kept'), '');
    const tree = path.join(scratch, 'tree');
    fs.mkdirSync(path.join(tree, 'a'), { recursive: true });
    fs.symlinkSync(outside, path.join(tree, 'a/link'));
    fs.chmodSync(path.join(tree, 'a'), 0o555);
    fs.chmodSync(tree, 0o555);
    removeTree(tree);
    expect(fs.existsSync(tree)).toBe(false);
    expect(fs.existsSync(path.join(outside, 'kept'))).toBe(true);
    removeTree(tree);
  });
});

describe('writeTogether', () => {
  it('writes all or nothing, and leaves no temporary file', () => {
    const one = path.join(scratch, 'one');
    fs.writeFileSync(one, 'old');
    const write = () =>
      writeTogether([
        [one, 'new'],
        [path.join(scratch, 'none/two'), 'new'],
      ]);
    expect(write).toThrow('ENOENT');
    expect(fs.readFileSync(one, 'utf8')).toBe('old');
    expect(fs.readdirSync(scratch)).toEqual(['one']);
  });
});

describe('inPool', () => {
  it('does everything, never more than the limit at once', async () => {
    let running = 0;
    let most = 0;
    const done: number[] = [];
    await inPool([1, 2, 3, 4, 5, 6, 7], 3, async (item) => {
      running += 1;
      most = Math.max(most, running);
      await new Promise((resolve) => setImmediate(resolve));
      running -= 1;
      done.push(item);
    });
    expect(new Set(done)).toEqual(new Set([1, 2, 3, 4, 5, 6, 7]));
    expect(done).toHaveLength(7);
    expect(most).toBe(3);
  });

  it('rejects with the first failure after the others have ended', async () => {
    let running = 0;
    const work = async (item: number): Promise<void> => {
      running += 1;
      await new Promise((resolve) => setTimeout(resolve, item));
      running -= 1;
      if (item === 1) throw new Error('one');
    };
    await expect(inPool([1, 20, 3], 3, work)).rejects.toThrow('one');
    expect(running).toBe(0);
  });
});

describe('package.json', () => {
  const write = (value: unknown) =>
    fs.writeFileSync(
      path.join(scratch, 'package.json'),
      typeof value === 'string' ? value : JSON.stringify(value),
    );
  it.each([
    [{ name: '@a/tool', bin: './cli.js' }, [['tool', 'cli.js']]],
    [
      { name: 'a', bin: { x: 'dist//x.js', y: '/y.js' } },
      [
        ['x', 'dist/x.js'],
        ['y', 'y.js'],
      ],
    ],
    [{ name: 'a', bin: { x: '../../../etc/passwd' } }, [['x', 'etc/passwd']]],
    [{ name: 'a', bin: { x: 1 } }, []],
    [{ name: 'a' }, []],
    ['not JSON', []],
  ])('commands of %j', (manifest, commands) => {
    write(manifest);
    expect([...commandsOf(scratch)]).toEqual(commands);
  });
  it('names the scripts that npm would run, also the one that it makes up', () => {
    write({ scripts: { postinstall: 'x', test: 'x', prepare: 'x' } });
    expect(installScriptsOf(scratch)).toEqual(['postinstall']);
    write({});
    expect(installScriptsOf(scratch)).toEqual([]);
    fs.writeFileSync(path.join(scratch, 'binding.gyp'), '{}');
    expect(installScriptsOf(scratch)).toEqual(['install']);
  });
});

describe('assembleTree', () => {
  it('puts an inner package in the place of what the outer one had there', () => {
    const locked = (place: string): FetchablePackage => ({
      path: place,
      name: place,
      version: '1.0.0',
      optional: false,
      bundled: false,
      integrity: 'sha512-',
    });
    const file = (place: string): TreeEntry => ({ kind: 'file', path: place, executable: false, sha256: '' });
    const contents: Readonly<Record<string, TreeEntry[]>> = {
      'node_modules/a': [file('index.js'), file('node_modules/b/stray.js'), file('node_modules/c/kept.js')],
      'node_modules/a/node_modules/b': [file('index.js')],
    };
    const tree = assembleTree(
      Object.keys(contents).toReversed().map(locked),
      ({ path: place }) => contents[place] ?? [],
    );
    expect(tree.map((entry) => entry.path).toSorted()).toEqual([
      'node_modules/a/index.js',
      'node_modules/a/node_modules/b/index.js',
      'node_modules/a/node_modules/c/kept.js',
    ]);
  });
});
