import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { interpretersOf } from '../../../src/config/interpreters.ts';

let folder = '';
beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'cordon-interpreters-'));
});
afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

const write = (name: string, text: string): string => {
  const file = path.join(folder, name);
  fs.writeFileSync(file, text);
  return file;
};

test('are what the first line names, and what runs that', () => {
  const inner = write('inner', '#! /bin/sh -e\n');
  const outer = write('outer', `#!/usr/bin/env -S A=1 ${inner} /nowhere /\n#!/bin/cat\n`);
  expect(interpretersOf(outer)).toEqual(['/usr/bin/env', inner, '/bin/sh']);
});

test('of scripts that run one another there is an end', () => {
  const [one, other] = [path.join(folder, 'one'), path.join(folder, 'other')];
  write('one', `#!${other}\n`);
  write('other', `#!${one}\n`);
  expect(interpretersOf(one)).toEqual([other, one]);
});

test('there are none of a program, of what is not there, and of what is no file', () => {
  for (const file of ['/bin/sh', '/nowhere', folder, write('empty', ''), write('text', 'x #!/bin/sh\n')])
    expect(interpretersOf(file)).toEqual([]);
});
