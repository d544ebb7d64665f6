// `cordon approve <profile> --digest <prefix>`: writes down that a person has read the report which ends with that digest. What
// is there is collected anew: what is approved is what was read, or nothing is.
import path from 'node:path';
import { digestHex, shortDigest } from '../digest.ts';
import {
  approvalMismatch,
  approvedLine,
  definitionsTooLarge,
  digestPrefixInvalid,
} from '../messages/review.ts';
import { pinUnwritable } from '../messages/store.ts';
import { usageInvalid } from '../messages/usage.ts';
import { type Approval, approvalDigest } from '../pins/approval.ts';
import { formatPins } from '../pins/format.ts';
import { PINS_FILE, PINS_MAX_BYTES } from '../pins/load.ts';
import { loadProfile } from '../profile/load.ts';
import { lockfileText, resolveServer } from '../resolve/resolve.ts';
import { APPROVED_FILE, approvedText } from '../review/approved-file.ts';
import { writeTogether } from '../store/atomic-write.ts';
import { isStoreFault } from '../store/store-fault.ts';
import { nameOfAccount } from '../system/account-home.ts';
import { VERSION } from '../version.ts';
import type { CommandContext } from './context.ts';
import { collectFor } from './review.ts';

/**
 * Half of it at least. Who writes a server chooses both what it says in the review and what it says in the next start: two
 * reports with the same twelve digits are found in a minute, by trying 2^24 of each.
 */
const PREFIX = /^(?:sha256:)?([0-9a-f]{32,64})$/;

export interface ApproveOptions {
  readonly digest?: string;
}

export async function approveCommand(
  context: CommandContext,
  [name, ...more]: readonly string[],
  options: ApproveOptions,
): Promise<number> {
  if (name === undefined || more.length > 0) throw usageInvalid('cordon approve takes exactly one profile');
  const prefix = PREFIX.exec(options.digest ?? '')?.[1];
  if (prefix === undefined) throw digestPrefixInvalid();
  // Before servers are started: a mistyped name.
  loadProfile(name, context.installation);
  const { material } = await collectFor(context, name);
  const { definitions, digest } = material;
  if (!digestHex(digest).startsWith(prefix)) throw approvalMismatch(name);
  // Somebody may have edited the profile or pinned anew meanwhile.
  const profile = loadProfile(name, context.installation);
  const { pins, lockfile } = resolveServer(profile);
  if (approvalDigest({ pins, profile, definitions }) !== digest) throw approvalMismatch(name);
  const approval: Approval = { digest, by: whoAmI(), at: now(), cordon: VERSION };
  const pinsText = formatPins({ ...pins, definitions, approval });
  // A file that nobody reads again would be worse than none.
  if (Buffer.byteLength(pinsText) > PINS_MAX_BYTES) throw definitionsTooLarge(PINS_MAX_BYTES);
  try {
    writeTogether([
      [
        path.join(profile.folder, APPROVED_FILE),
        approvedText(pins, material.profile, material.package, lockfileText(lockfile)),
      ],
      [path.join(profile.folder, PINS_FILE), pinsText],
    ]);
  } catch (error) {
    throw isStoreFault(error) ? pinUnwritable(profile.folder, error) : error;
  }
  if (context.json) context.out(`${JSON.stringify({ profile: name, approval }, null, 2)}\n`);
  else context.out(`${approvedLine(name, shortDigest(digest), approval.by)}\n`);
  return 0;
}

/** As the user database names the account that runs this; no variable counts. */
function whoAmI(): string {
  const uid = process.getuid?.() ?? -1;
  const name = nameOfAccount(uid);
  return name === undefined ? `(${uid})` : `${name} (${uid})`;
}

/** UTC, to the second. */
function now(): string {
  return `${new Date().toISOString().slice(0, 19)}Z`;
}
