// What the filter must answer, written down a second time by number and without the compiler's tables or code. A change of
// the policy must be made in both places: that is the point.

export type Outcome = 'allow' | 'kill' | 'EPERM' | 'ENOSYS' | 'EAFNOSUPPORT' | 'EPROTONOSUPPORT';

export interface Machine {
  readonly arch: number;
  readonly eperm: readonly number[];
  readonly clone: number;
  readonly ioctl: number;
  readonly personality: number;
  readonly socket: number;
  readonly socketpair: number;
  readonly chmod: number | undefined;
  readonly fchmod: number;
  readonly fchmodat: number;
  readonly hasX32: boolean;
}

export const MACHINES = {
  x64: {
    arch: 0xc000003e,
    eperm: [
      101, 103, 133, 134, 136, 139, 153, 154, 155, 156, 159, 161, 163, 164, 165, 166, 167, 168, 169, 170, 171,
      172, 173, 174, 175, 176, 177, 178, 179, 180, 212, 216, 227, 236, 237, 238, 239, 246, 248, 249, 250, 256,
      259, 272, 278, 279, 298, 300, 301, 303, 304, 305, 308, 310, 311, 312, 313, 320, 321, 323, 438, 440, 443,
      447, 448, 450,
    ],
    clone: 56,
    ioctl: 16,
    personality: 135,
    socket: 41,
    socketpair: 53,
    chmod: 90,
    fchmod: 91,
    fchmodat: 268,
    hasX32: true,
  },
  arm64: {
    arch: 0xc00000b7,
    eperm: [
      18, 33, 39, 40, 41, 42, 51, 58, 60, 75, 89, 97, 104, 105, 106, 112, 116, 117, 142, 161, 162, 170, 171,
      217, 218, 219, 224, 225, 234, 235, 236, 237, 238, 239, 241, 262, 263, 264, 265, 266, 268, 270, 271, 272,
      273, 280, 282, 294, 438, 440, 443, 447, 448, 450,
    ],
    clone: 220,
    ioctl: 29,
    personality: 92,
    socket: 198,
    socketpair: 199,
    chmod: undefined,
    fchmod: 52,
    fchmodat: 53,
    hasX32: false,
  },
} as const satisfies Record<string, Machine>;

/** Since Linux 5.x new calls have one number everywhere. */
const ENOSYS: readonly number[] = [
  425, 426, 427, 428, 429, 430, 431, 432, 433, 435, 442, 457, 458, 459, 460, 461, 467,
];

const FCHMODAT2 = 452;

export function expected(
  machine: Machine,
  unixSockets: boolean,
  call: { readonly nr: number; readonly arch: number; readonly args: readonly bigint[] },
): Outcome {
  if (call.arch !== machine.arch) return 'kill';
  if (call.nr > 469) return 'ENOSYS';
  if (machine.eperm.includes(call.nr)) return 'EPERM';
  if (ENOSYS.includes(call.nr)) return 'ENOSYS';
  const low = call.args.map((value) => Number(BigInt.asUintN(32, value)));
  const [first = 0, second = 0, third = 0] = low;
  switch (call.nr) {
    case machine.clone:
      return (first & 0x7e020000) === 0 ? 'allow' : 'EPERM';
    case machine.ioctl:
      return second === 0x5412 || second === 0x541c ? 'EPERM' : 'allow';
    case machine.personality:
      return [0, 8, 0x20000, 0x20008, 0xffffffff].includes(first) ? 'allow' : 'EPERM';
    case machine.chmod:
    case machine.fchmod:
      return (second & 0o6000) === 0 ? 'allow' : 'EPERM';
    case machine.fchmodat:
    case FCHMODAT2:
      return (third & 0o6000) === 0 ? 'allow' : 'EPERM';
    case machine.socketpair:
      return first === 1 ? 'allow' : 'EAFNOSUPPORT';
    case machine.socket: {
      if (first === 1) return unixSockets ? 'allow' : 'EAFNOSUPPORT';
      if (first === 16) return third === 0 ? 'allow' : 'EAFNOSUPPORT';
      if (first !== 2 && first !== 10) return 'EAFNOSUPPORT';
      const type = second & 15;
      if (type !== 1 && type !== 2) return 'EPERM';
      return third === 0 || third === 6 || third === 17 ? 'allow' : 'EPROTONOSUPPORT';
    }
    default:
      return 'allow';
  }
}

/** The kernel's return value for an outcome. */
export function returnValue(outcome: Outcome): number {
  switch (outcome) {
    case 'allow':
      return 0x7fff0000;
    case 'kill':
      return 0x80000000;
    case 'EPERM':
      return 0x00050001;
    case 'ENOSYS':
      return 0x00050026;
    case 'EPROTONOSUPPORT':
      return 0x0005005d;
    case 'EAFNOSUPPORT':
      return 0x00050061;
  }
}
