import { expect, it } from 'vitest';
import { isFiltered } from '../../../src/launch/gate.ts';

const status = (mode: number, filters?: number): string =>
  `NoNewPrivs:\t1\nSeccomp:\t${mode}\n${filters === undefined ? '' : `Seccomp_filters:\t${filters}\n`}Speculation_Store_Bypass:\tvulnerable\n`;

it.each([
  { what: 'none yet', of: status(0, 0), own: status(0, 0), expected: false },
  { what: 'its own', of: status(2, 1), own: status(0, 0), expected: true },
  { what: 'the one that it got from us', of: status(2, 1), own: status(2, 1), expected: false },
  { what: 'ours and its own', of: status(2, 2), own: status(2, 1), expected: true },
  { what: 'a kernel that does not count, none yet', of: status(0), own: status(0), expected: false },
  { what: 'a kernel that does not count, its own', of: status(2), own: status(0), expected: true },
  { what: 'a process that is gone', of: '', own: status(0, 0), expected: false },
])('P5: the filter of the sandbox is told from one around us: $what', ({ of, own, expected }) => {
  expect(isFiltered(of, own)).toBe(expected);
});

it('P7: is refused where it cannot be told', () => {
  expect(() => isFiltered(status(2), status(2))).toThrow(
    expect.objectContaining({ code: 'SANDBOX_UNAVAILABLE' }),
  );
});
