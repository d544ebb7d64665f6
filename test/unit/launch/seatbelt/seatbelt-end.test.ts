import { expect, it } from 'vitest';
import { seatbeltEnd } from '../../../../src/launch/seatbelt/seatbelt-end.ts';

it.each([
  [0, null, '', { kind: 'exited', code: 0 }],
  [71, null, 'my own words', { kind: 'exited', code: 71 }],
  [1, null, 'sandbox-exec: said by a server', { kind: 'exited', code: 1 }],
  [null, 'SIGKILL', '', { kind: 'exited', code: 137 }],
  [null, 'SIGABRT', 'sandbox-exec: x', { kind: 'exited', code: 134 }],
  [null, null, '', { kind: 'exited', code: 127 }],
] as const)('%s %s %j is the server’s own end', (code, signal, words, end) => {
  expect(seatbeltEnd(code, signal, words)).toEqual(end);
});

it.each([
  [65, 'sandbox-exec: no version specified'],
  [71, 'sandbox-exec: sandbox_apply: Operation not permitted'],
  [71, "sandbox-exec: execvp() of '/opt/node' failed: No such file or directory"],
  [125, 'cordon: the limit -n 64 cannot be set'],
  [127, 'env: /usr/bin/sandbox-exec: No such file or directory'],
] as const)('%s with %j is a sandbox that was not made', (code, words) => {
  expect(seatbeltEnd(code, null, words)).toEqual({ kind: 'setup-failed', message: words });
});
