// The filter alone, in a real bubblewrap: every call that it denies answers what the table says. The sandbox around it
// has no capabilities, so that the half without the filter can ask for anything.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { compileSeccomp } from '../../src/sandbox/seccomp/compile.ts';
import { expected, MACHINES } from '../unit/seccomp/expectation.ts';
import { compileProbe } from './compile-probe.ts';

const folder = fs.mkdtempSync('/var/tmp/cordon-filter-');
afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));
const probe = compileProbe(folder);
const architecture = process.arch === 'arm64' ? 'arm64' : 'x64';
const machine = MACHINES[architecture];
const NO_ARGUMENTS = [-1n, -1n, -1n, -1n, -1n, -1n];

function ask(numbers: readonly number[], filter: Uint8Array | undefined): Readonly<Record<string, string>> {
  const file = path.join(folder, 'filter');
  if (filter !== undefined) fs.writeFileSync(file, filter);
  const fd = filter === undefined ? 'ignore' : fs.openSync(file, 'r');
  const unshared = ['user', 'pid', 'net', 'ipc', 'uts'].map((kind) => `--unshare-${kind}`);
  const rest = '--die-with-parent --new-session --cap-drop ALL --proc /proc --clearenv'.split(' ');
  const sandbox = [
    ...unshared,
    ...rest,
    '--ro-bind',
    probe,
    '/probe',
    ...(filter === undefined ? [] : ['--seccomp', '3']),
  ];
  const child = spawnSync(
    '/usr/bin/bwrap',
    [...sandbox, '--', '/probe', 'numbers', 'inside', ...numbers.map(String)],
    {
      stdio: ['ignore', 'pipe', 'pipe', fd],
      encoding: 'utf8',
    },
  );
  if (typeof fd === 'number') fs.closeSync(fd);
  if (child.stdout === '') throw new Error(`bubblewrap: ${child.stderr}`);
  return (JSON.parse(child.stdout) as { outcomes: Record<string, string> }).outcomes;
}

const denied = Array.from({ length: 470 }, (_, nr) => nr).filter((nr) =>
  ['EPERM', 'ENOSYS'].includes(expected(machine, false, { nr, arch: machine.arch, args: NO_ARGUMENTS })),
);
const newer = [470, 471, 480, 500, 511, 512, 547, 548, 600, 1000];

test('every denied call answers its errno in a real sandbox', () => {
  const numbers = [...denied, ...newer];
  const answers = ask(numbers, compileSeccomp({ architecture, unixSockets: false }));
  const wanted = Object.fromEntries(
    numbers.map((nr) => [
      String(nr),
      expected(machine, false, { nr, arch: machine.arch, args: NO_ARGUMENTS }),
    ]),
  );
  expect(answers).toEqual(wanted);
});

test('without the filter many of them reach the kernel: the filter is what answers', () => {
  const answers = ask(denied, undefined);
  const differing = denied.filter(
    (nr) => answers[String(nr)] !== expected(machine, false, { nr, arch: machine.arch, args: NO_ARGUMENTS }),
  );
  expect(differing.length).toBeGreaterThan(25);
});
