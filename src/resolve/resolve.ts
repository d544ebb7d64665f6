// Profile + lockfile + pins -> what exactly is to be run on this platform. Nothing is fetched or installed here.
import type { Digest } from '../digest.ts';
import type { Pins } from '../pins/schema.ts';
import type { Platform } from '../platform.ts';
import type { Profile } from '../profile/schema.ts';

export interface ResolvedServer {
  readonly profile: Profile;
  readonly pins: Pins;
  /** Bytes of package-lock.json, whose digest equals `pins.lockfile`. Only `install` parses them. */
  readonly lockfile: Uint8Array;
  readonly platform: Platform;
  /** Digest of the tree manifest that the installed package must have. */
  readonly digest: Digest;
  /** The server's entry file, relative to the tree, forward slashes. */
  readonly entry: string;
}
