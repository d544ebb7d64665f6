// A machine for classic BPF as the kernel's seccomp runs it, strict: what the kernel's checker refuses throws here.

export interface SeccompData {
  readonly nr: number;
  readonly arch: number;
  readonly args: readonly bigint[];
}

const MAX_INSTRUCTIONS = 4096;

export class Program {
  readonly length: number;
  /** Instructions that ran at least once in the life of this object. */
  readonly visited = new Set<number>();
  readonly #view: DataView;

  constructor(bytes: Uint8Array) {
    if (bytes.length % 8 !== 0) throw new Error('not a whole number of instructions');
    this.length = bytes.length / 8;
    if (this.length === 0 || this.length > MAX_INSTRUCTIONS) throw new Error('too short or too long');
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  run(data: SeccompData): number {
    const memory = encode(data);
    let accumulator = 0;
    let position = 0;
    for (;;) {
      if (position >= this.length) throw new Error('ran past the end');
      this.visited.add(position);
      const at = position * 8;
      const code = this.#view.getUint16(at, true);
      const onTrue = this.#view.getUint8(at + 2);
      const onFalse = this.#view.getUint8(at + 3);
      const k = this.#view.getUint32(at + 4, true);
      const branch = (holds: boolean): void => {
        position += 1 + (holds ? onTrue : onFalse);
      };
      switch (code) {
        case 0x20:
          if (k % 4 !== 0 || k >= 64) throw new Error(`load at ${k}`);
          accumulator = memory.getUint32(k, true);
          position += 1;
          break;
        case 0x54:
          accumulator = (accumulator & k) >>> 0;
          position += 1;
          break;
        case 0x05:
          position += 1 + k;
          break;
        case 0x15:
          branch(accumulator === k);
          break;
        case 0x25:
          branch(accumulator > k);
          break;
        case 0x35:
          branch(accumulator >= k);
          break;
        case 0x45:
          branch((accumulator & k) !== 0);
          break;
        case 0x06:
          return k;
        default:
          throw new Error(`unknown code ${code.toString(16)}`);
      }
    }
  }
}

/** struct seccomp_data: nr, arch, instruction pointer, six arguments of 64 bits. */
function encode({ nr, arch, args }: SeccompData): DataView {
  const memory = new DataView(new ArrayBuffer(64));
  memory.setUint32(0, nr, true);
  memory.setUint32(4, arch, true);
  memory.setBigUint64(8, 0x7fff_dead_beefn, true);
  args.forEach((value, index) => memory.setBigUint64(16 + 8 * index, BigInt.asUintN(64, value), true));
  return memory;
}
