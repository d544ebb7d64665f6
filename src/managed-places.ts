// Where a managed machine keeps what Cordon trusts (design 2.8): root's alone, and the same for every user. One table for
// everybody who looks there, puts something there or names it.
export interface ManagedPlaces {
  /** bin/, dist/ and the shipped profiles. */
  readonly program: string;
  /** The administrator's own: never removed as a whole. */
  readonly policy: string;
  readonly config: string;
  readonly profiles: string;
  /** Holds the store, or is it; removed with the program. */
  readonly data: string;
  readonly store: string;
}

const LINUX = places('/opt/cordon', '/etc/cordon', '/var/lib/cordon', '/var/lib/cordon/store');
/** The program is where clients can name it without a space; policy is where MDM puts such things. */
const SUPPORT = '/Library/Application Support/Cordon';
const MACOS = places('/opt/cordon', SUPPORT, `${SUPPORT}/store`, `${SUPPORT}/store`);

function places(program: string, policy: string, data: string, store: string): ManagedPlaces {
  return { program, policy, config: `${policy}/config.json`, profiles: `${policy}/profiles`, data, store };
}

export function managedPlaces(platform: NodeJS.Platform): ManagedPlaces {
  return platform === 'darwin' ? MACOS : LINUX;
}

/** Of this machine. */
export const MANAGED = managedPlaces(process.platform);
