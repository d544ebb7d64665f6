// Instructions with labels -> the bytes that the kernel loads: an array of `struct sock_filter { u16 code; u8 jt; u8 jf;
// u32 k; }`, little-endian on both architectures. See linux/filter.h and linux/seccomp.h.
import { FilterError } from './filter-error.ts';

/** Where `struct seccomp_data` holds what is tested. Of arguments only the low word (see Condition in policy.ts). */
export const DATA_OFFSET = { nr: 0, arch: 4, argument: (index: number) => 16 + 8 * index } as const;

type Test = 'equal' | 'greater' | 'greater-or-equal' | 'any-bit';

export type Instruction =
  | { readonly op: 'load'; readonly offset: number }
  | { readonly op: 'and'; readonly value: number }
  | { readonly op: 'jump'; readonly to: string }
  /** A target that is left out is the next instruction. */
  | {
      readonly op: 'branch';
      readonly test: Test;
      readonly value: number;
      readonly onTrue?: string;
      readonly onFalse?: string;
    }
  | { readonly op: 'return'; readonly value: number }
  | { readonly op: 'label'; readonly name: string };

const CODE = {
  load: 0x20, // BPF_LD | BPF_W | BPF_ABS
  and: 0x54, // BPF_ALU | BPF_AND | BPF_K
  jump: 0x05, // BPF_JMP | BPF_JA
  return: 0x06, // BPF_RET | BPF_K
} as const;

const BRANCH_CODE: Readonly<Record<Test, number>> = {
  equal: 0x15, // BPF_JMP | BPF_JEQ | BPF_K
  greater: 0x25, // BPF_JGT
  'greater-or-equal': 0x35, // BPF_JGE
  'any-bit': 0x45, // BPF_JSET
};

const INSTRUCTION_BYTES = 8;
const BPF_MAXINSNS = 4096;
const LONGEST_BRANCH = 0xff;

export function assemble(instructions: readonly Instruction[]): Uint8Array {
  const labels = placeLabels(instructions);
  const code = instructions.filter((instruction) => instruction.op !== 'label');
  if (code.length > BPF_MAXINSNS) throw new FilterError({ kind: 'too-long', instructions: code.length });

  const bytes = new Uint8Array(new ArrayBuffer(code.length * INSTRUCTION_BYTES));
  const view = new DataView(bytes.buffer);
  code.forEach((instruction, index) => {
    const distance = (label: string | undefined): number => {
      if (label === undefined) return 0;
      const position = labels.get(label);
      if (position === undefined) throw new FilterError({ kind: 'label-unknown', label });
      const steps = position - index - 1;
      const reach = instruction.op === 'jump' ? BPF_MAXINSNS : LONGEST_BRANCH;
      if (steps < 0 || steps > reach) {
        throw new FilterError({ kind: 'jump-out-of-reach', label, distance: steps });
      }
      return steps;
    };
    const write = (operation: number, k: number, onTrue = 0, onFalse = 0): void => {
      if (!Number.isInteger(k) || k < 0 || k > 0xffff_ffff) {
        throw new FilterError({ kind: 'value-out-of-range', value: k });
      }
      const at = index * INSTRUCTION_BYTES;
      view.setUint16(at, operation, true);
      view.setUint8(at + 2, onTrue);
      view.setUint8(at + 3, onFalse);
      view.setUint32(at + 4, k, true);
    };
    switch (instruction.op) {
      case 'load':
        return write(CODE.load, instruction.offset);
      case 'and':
        return write(CODE.and, instruction.value);
      case 'jump':
        return write(CODE.jump, distance(instruction.to));
      case 'branch':
        return write(
          BRANCH_CODE[instruction.test],
          instruction.value,
          distance(instruction.onTrue),
          distance(instruction.onFalse),
        );
      case 'return':
        return write(CODE.return, instruction.value);
    }
  });
  return bytes;
}

/** Label -> index of the instruction that follows it, labels not counted. */
function placeLabels(instructions: readonly Instruction[]): ReadonlyMap<string, number> {
  const labels = new Map<string, number>();
  let position = 0;
  for (const instruction of instructions) {
    if (instruction.op !== 'label') {
      position += 1;
      continue;
    }
    if (labels.has(instruction.name)) {
      throw new FilterError({ kind: 'label-repeated', label: instruction.name });
    }
    labels.set(instruction.name, position);
  }
  return labels;
}
