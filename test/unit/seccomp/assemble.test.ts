import { describe, expect, test } from 'vitest';
import { assemble, type Instruction } from '../../../src/sandbox/seccomp/assemble.ts';
import { FilterError, type FilterFault } from '../../../src/sandbox/seccomp/filter-error.ts';

const DONE: Instruction = { op: 'return', value: 0 };

function faultOf(instructions: readonly Instruction[]): FilterFault {
  try {
    assemble(instructions);
  } catch (thrown) {
    if (thrown instanceof FilterError) return thrown.fault;
    throw thrown;
  }
  throw new Error('it compiled');
}

function branchOver(count: number): readonly Instruction[] {
  return [
    { op: 'branch', test: 'equal', value: 1, onTrue: 'far' },
    ...Array.from({ length: count }, () => DONE),
    { op: 'label', name: 'far' },
    DONE,
  ];
}

describe('assemble', () => {
  test('writes struct sock_filter as the kernel reads it', () => {
    const bytes = assemble([
      { op: 'load', offset: 4 },
      { op: 'branch', test: 'equal', value: 0xc000003e, onTrue: 'ours' },
      { op: 'return', value: 0x80000000 },
      { op: 'label', name: 'ours' },
      { op: 'return', value: 0x7fff0000 },
    ]);
    expect(Buffer.from(bytes).toString('hex').match(/.{16}/g)).toEqual([
      '2000000004000000',
      '150001003e0000c0',
      '0600000000000080',
      '060000000000ff7f',
    ]);
  });

  test('reaches 255 instructions with a branch and no further', () => {
    expect(assemble(branchOver(255))).toHaveLength(257 * 8);
    expect(faultOf(branchOver(256))).toEqual({ kind: 'jump-out-of-reach', label: 'far', distance: 256 });
  });

  test('reaches further with a jump', () => {
    const code = branchOver(1000).with(0, { op: 'jump', to: 'far' });
    expect(assemble(code)).toHaveLength(1002 * 8);
  });

  test('refuses to jump back', () => {
    const code: readonly Instruction[] = [{ op: 'label', name: 'start' }, DONE, { op: 'jump', to: 'start' }];
    expect(faultOf(code)).toEqual({ kind: 'jump-out-of-reach', label: 'start', distance: -2 });
  });

  test('refuses unknown and repeated labels', () => {
    expect(faultOf([{ op: 'jump', to: 'nowhere' }, DONE])).toEqual({
      kind: 'label-unknown',
      label: 'nowhere',
    });
    const twice: Instruction = { op: 'label', name: 'twice' };
    expect(faultOf([twice, DONE, twice])).toEqual({ kind: 'label-repeated', label: 'twice' });
  });

  test('refuses values that do not fit 32 bits without a sign', () => {
    for (const value of [-1, 2 ** 32, 0.5, Number.NaN]) {
      expect(faultOf([{ op: 'return', value }])).toEqual({ kind: 'value-out-of-range', value });
    }
  });

  test('takes 4096 instructions and no more', () => {
    expect(assemble(Array.from({ length: 4096 }, () => DONE))).toHaveLength(4096 * 8);
    expect(faultOf(Array.from({ length: 4097 }, () => DONE))).toEqual({
      kind: 'too-long',
      instructions: 4097,
    });
  });
});
