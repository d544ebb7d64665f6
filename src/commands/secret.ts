// `cordon secret set|list|remove`: what the keyring holds for profiles, and where each secret would come from. No value is ever
// printed.
import { loadConfig } from '../config/config.ts';
import { escapeText } from '../escape.ts';
import { usageInvalid } from '../messages/usage.ts';
import {
  keyringUnasked,
  secretNotSet,
  secretNotWanted,
  secretPrompt,
  secretRemoved,
  secretSet,
  sourcesUnused,
} from '../messages/secrets.ts';
import { listProfiles, loadProfile } from '../profile/load.ts';
import { currentAsker } from '../secrets/asker.ts';
import { removeFromKeyring, requireKeyring, storeInKeyring } from '../secrets/keyring-entries.ts';
import { type LookedUp, lookUpSecrets } from '../secrets/look-up.ts';
import { keepMemoryPrivate } from '../secrets/private-memory.ts';
import { sourcesOf } from '../secrets/sources.ts';
import { unusedSources } from '../secrets/unused-sources.ts';
import type { CommandContext } from './context.ts';
import { columns } from './layout.ts';
import { readSecretInput } from './secret-input.ts';

const USAGE =
  'cordon secret takes set <profile> <NAME>, remove <profile> <NAME>, or list with the names of profiles';

export async function secretCommand(context: CommandContext, words: readonly string[]): Promise<number> {
  const [action, ...operands] = words;
  // Before there is a value to keep.
  await keepMemoryPrivate();
  switch (action) {
    case 'set':
      return set(context, entryOf(context, operands));
    case 'remove':
      return remove(context, entryOf(context, operands));
    case 'list':
      return list(context, operands);
    case undefined:
    default:
      throw usageInvalid(USAGE);
  }
}

interface Entry {
  readonly profile: string;
  readonly secret: string;
}

/** Only what the profile asks for: a typing error would be found when the server does not start. */
function entryOf({ installation }: CommandContext, operands: readonly string[]): Entry {
  const [profile, secret, ...more] = operands;
  if (profile === undefined || secret === undefined || more.length > 0) throw usageInvalid(USAGE);
  const { secrets } = loadProfile(profile, installation);
  if (!Object.hasOwn(secrets, secret)) throw secretNotWanted(secret, Object.keys(secrets), profile);
  return { profile, secret };
}

async function set(context: CommandContext, entry: Entry): Promise<number> {
  // First: what is said here comes of a value that is kept already, and nobody types one that cannot be kept.
  const { list: sources } = sourcesOf(loadConfig(context.installation).secrets, entry.profile, entry.secret);
  const asker = askerFor(context);
  requireKeyring(asker);
  const value = await readSecretInput(secretPrompt(entry.secret, entry.profile), context.err);
  if (value === undefined) {
    report(context, entry, { set: false }, secretNotSet(entry.secret));
    return 1;
  }
  await storeInKeyring(entry, value, asker);
  report(context, entry, { set: true }, secretSet(entry.secret, entry.profile));
  if (!sources.some(({ from }) => from === 'keyring'))
    context.err(`warning: ${keyringUnasked(entry.secret)}\n`);
  return 0;
}

/** The keyring is the user's own: to change it takes no trust in a profile. */
function askerFor({ installation }: CommandContext) {
  return currentAsker(installation, 'shipped');
}

async function remove(context: CommandContext, entry: Entry): Promise<number> {
  const removed = await removeFromKeyring(entry, askerFor(context));
  report(context, entry, { removed }, secretRemoved(entry.secret, removed));
  return 0;
}

function report({ json, out }: CommandContext, entry: Entry, outcome: object, line: string): void {
  out(json ? `${JSON.stringify({ ...entry, ...outcome }, null, 2)}\n` : `${line}\n`);
}

/** Asks the sources, as a start would. Exit status 1 when a start would be refused. */
async function list(context: CommandContext, names: readonly string[]): Promise<number> {
  const { installation, json, out, err } = context;
  const { secrets: config } = loadConfig(installation);
  const found: LookedUp[] = [];
  const listings = listProfiles(installation);
  const profiles =
    names.length > 0
      ? names.map((name) => loadProfile(name, installation))
      : // Broken ones are shown by `cordon list`.
        listings.flatMap(({ status }) => (status.kind === 'loaded' ? [status.profile] : []));
  for (const profile of profiles)
    found.push(...(await lookUpSecrets(profile, config, currentAsker(installation, profile.origin))));
  const unused = unusedSources(config, listings).filter(
    ({ profile }) => names.length === 0 || names.includes(profile),
  );
  if (json) out(`${JSON.stringify({ secrets: found, unused }, null, 2)}\n`);
  else {
    out(
      found.length > 0
        ? `${columns([HEAD, ...found.map(row)]).join('\n')}\n`
        : 'none of these profiles asks for a secret\n',
    );
    for (const { profile, secret, usesKeyring, required, from } of found)
      if (required && from === null && usesKeyring) err(`hint: cordon secret set ${profile} ${secret}\n`);
    for (const one of unused) err(`warning: ${sourcesUnused(one)}\n`);
  }
  return found.some(({ refuses }) => refuses) ? 1 : 0;
}

const HEAD = ['PROFILE', 'SECRET', 'NEEDED', 'GIVEN', 'FROM'];

function row({ profile, secret, required, deliver, from, asked, refuses }: LookedUp): readonly string[] {
  return [
    profile,
    secret,
    required ? 'required' : 'optional',
    deliver,
    from === null
      ? `${refuses ? 'missing' : 'goes without'}: ${asked.map(escapeText).join('; ')}`
      : escapeText(from),
  ];
}
