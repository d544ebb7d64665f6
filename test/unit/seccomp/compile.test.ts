import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compileSeccomp } from '../../../src/sandbox/seccomp/compile.ts';
import { expected, MACHINES, returnValue, type Machine } from './expectation.ts';
import { Program } from './interpreter.ts';

const NO_ARGUMENTS = [0n, 0n, 0n, 0n, 0n, 0n];
const I386 = 0x40000003;
const ARM = 0x40000028;
const RISCV64 = 0xc00000f3;

const VARIANTS = (['x64', 'arm64'] as const).flatMap((architecture) =>
  [false, true].map((unixSockets) => ({ architecture, unixSockets })),
);

describe.each(VARIANTS)('$architecture, unix sockets $unixSockets', ({ architecture, unixSockets }) => {
  const bytes = compileSeccomp({ architecture, unixSockets });
  const program = new Program(bytes);
  const machine: Machine = MACHINES[architecture];

  const judge = (nr: number, args: readonly bigint[] = NO_ARGUMENTS, arch = machine.arch) => {
    const call = { nr: nr >>> 0, arch, args: [...args, ...NO_ARGUMENTS].slice(0, 6) };
    return {
      call,
      got: program.run(call),
      want: returnValue(expected(machine, unixSockets, call)),
    };
  };
  const agree = (nr: number, args?: readonly bigint[], arch?: number): void => {
    const { call, got, want } = judge(nr, args, arch);
    expect(got, `nr ${call.nr} arch ${call.arch.toString(16)} args ${call.args.join(' ')}`).toBe(want);
  };

  test('is a whole number of instructions that the kernel takes', () => {
    expect(bytes.length % 8).toBe(0);
    expect(program.length).toBeLessThan(256);
  });

  test('answers every call number as the table says', () => {
    for (let nr = 0; nr <= 600; nr += 1) agree(nr);
    for (const nr of [1000, 4095, 65_535, 0x3fff_ffff, 0x7fff_ffff, 0x8000_0000, 0xffff_ffff]) agree(nr);
  });

  test('answers ENOSYS to every x32 number', () => {
    for (let nr = 0; nr <= 600; nr += 1) {
      agree(0x4000_0000 + nr);
      expect(judge(0x4000_0000 + nr).got).toBe(returnValue('ENOSYS'));
    }
  });

  test('kills a call of another architecture, whatever its number', () => {
    const other = architecture === 'x64' ? MACHINES.arm64.arch : MACHINES.x64.arch;
    for (const arch of [I386, ARM, RISCV64, other, 0, 0xffff_ffff, machine.arch & 0x7fff_ffff]) {
      for (let nr = 0; nr <= 600; nr += 1) {
        expect(judge(nr, NO_ARGUMENTS, arch).got).toBe(returnValue('kill'));
      }
    }
  });

  test('judges clone by its namespace flags, one bit at a time', () => {
    for (let bit = 0n; bit < 64n; bit += 1n) {
      agree(machine.clone, [1n << bit]);
      agree(machine.clone, [17n | (1n << bit)]);
    }
    agree(machine.clone, [0x003d_0f00n]); // what pthread_create asks for
    expect(judge(machine.clone, [0x003d_0f00n]).got).toBe(returnValue('allow'));
    expect(judge(machine.clone, [0x1000_0011n]).got).toBe(returnValue('EPERM'));
  });

  test('judges ioctl by the low half of the request, as the kernel reads it', () => {
    for (const request of [0x5401n, 0x5411n, 0x5412n, 0x5413n, 0x541bn, 0x541cn, 0x541dn]) {
      for (const high of [0n, 1n, 0x8000_0000n, 0xffff_ffffn]) {
        agree(machine.ioctl, [0n, request | (high << 32n)]);
      }
    }
    expect(judge(machine.ioctl, [0n, 0x1_0000_5412n]).got).toBe(returnValue('EPERM'));
  });

  test('judges personality by an exact list', () => {
    for (let bit = 0n; bit < 32n; bit += 1n) agree(machine.personality, [1n << bit]);
    for (const value of [0n, 8n, 0x20008n, 0xffff_ffffn, 0x004_0000n, 0x040_0000n]) {
      agree(machine.personality, [value]);
    }
  });

  test('judges socket by family, type and protocol', () => {
    for (let family = 0n; family <= 64n; family += 1n) {
      for (const type of [0n, 1n, 2n, 3n, 4n, 5n, 6n, 10n, 15n]) {
        for (const flags of [0n, 0x800n, 0x80000n, 0x80800n]) {
          for (const protocol of [0n, 1n, 6n, 9n, 12n, 15n, 16n, 17n, 58n, 132n, 136n, 255n, 256n, 262n]) {
            agree(machine.socket, [family, type | flags, protocol]);
          }
        }
      }
    }
  });

  test('judges chmod and its kin by the setuid and setgid bits', () => {
    const calls = [
      [machine.chmod, 1],
      [machine.fchmod, 1],
      [machine.fchmodat, 2],
      [452, 2],
    ] as const;
    for (const [nr, index] of calls) {
      if (nr === undefined) continue;
      for (let bit = 0n; bit < 32n; bit += 1n) {
        agree(nr, NO_ARGUMENTS.with(index, 1n << bit));
        agree(nr, NO_ARGUMENTS.with(index, 0o755n | (1n << bit)));
      }
      expect(judge(nr, NO_ARGUMENTS.with(index, 0o1777n)).got).toBe(returnValue('allow'));
      expect(judge(nr, NO_ARGUMENTS.with(index, 0o4755n)).got).toBe(returnValue('EPERM'));
    }
  });

  test('lets socketpair make unix pairs and nothing else', () => {
    for (let family = 0n; family <= 64n; family += 1n) agree(machine.socketpair, [family, 1n, 0n]);
  });

  test('agrees with the expectation on any call', () => {
    const special = [
      machine.clone,
      machine.ioctl,
      machine.personality,
      machine.socket,
      machine.socketpair,
      machine.fchmod,
      machine.fchmodat,
    ] as const;
    fc.assert(
      fc.property(
        fc.oneof(fc.constantFrom(...special), fc.integer({ min: 0, max: 0xffff_ffff })),
        fc.array(fc.oneof(fc.bigInt({ min: 0n, max: 300n }), fc.bigInt({ min: 0n, max: 2n ** 64n - 1n })), {
          minLength: 6,
          maxLength: 6,
        }),
        (nr, args) => agree(nr, args),
      ),
      { numRuns: 3000 },
    );
  });

  test('holds no instruction that never runs', () => {
    const reached = [...Array(program.length).keys()].filter((index) => program.visited.has(index));
    expect(reached).toHaveLength(program.length);
  });
});
