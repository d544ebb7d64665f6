// Every line about secrets. Never a value, never what a program printed, never its arguments: a person may have written a
// credential there.
import path from 'node:path';
import { CordonError } from '../errors.ts';
import { escapeText, quote } from '../escape.ts';
import { closest } from '../json/closest.ts';
import type { SecretSource } from '../config/secrets.ts';
import type { UnusedSources } from '../secrets/unused-sources.ts';

interface UnfinishedEnd {
  readonly kind: 'exited' | 'signalled' | 'too-slow' | 'too-much' | 'not-started';
  readonly status?: number;
}

/** Ends of the sentence that begins with the name of a source. */
export const secretWords = {
  notSet: 'not set',
  noFile: 'does not exist',
  noVariable: 'not set',
  empty: 'gave nothing',
  tooLong: 'gave more than a secret has, 32 KiB',
  notText: 'gave bytes that are not UTF-8',
  hasNul: 'gave a NUL character',
  severalLines: 'gave several lines, and a secret is one',
  hasControls: 'gave control characters, and a secret is plain text',
  fileUnreadable: 'may not be looked at by this user',
  fileOfAnother: (uid: number) => `belongs to user ${uid}, who is neither this user nor root`,
  fileOpen: (mode: number) =>
    `can be read or changed by others (mode ${mode.toString(8).padStart(4, '0')}); it must be 0400 or 0600`,
  folderOfAnother: (folder: string, uid: number) =>
    `lies below ${quote(folder)}, which belongs to user ${uid}`,
  linkOfAnother: (link: string, uid: number) => `is reached through ${quote(link)}, a link of user ${uid}`,
  folderOpen: (folder: string) => `lies below ${quote(folder)}, in which others can write`,
  environmentUnreadable: 'cannot be read: the client does not show its environment',
  keptOtherwise: 'does not give back what was put in, so that it was taken out again',
  noBus: 'cannot be reached: there is no session bus of this user',
  noProgram: 'is not there',
  unsafeProgram: 'can be changed or replaced by other users',
  strangeHome: 'does not count, because HOME is not the home folder of the account',
  ended: (end: UnfinishedEnd): string => {
    switch (end.kind) {
      case 'exited':
        return `ended with status ${end.status}`;
      case 'signalled':
        return 'was ended by a signal';
      case 'too-slow':
        return 'did not answer in time';
      case 'too-much':
        return secretWords.tooLong;
      case 'not-started':
        return 'could not be started';
    }
  },
} as const;

/** How a secret reaches the server. */
export const deliveryWords = {
  environment: 'as a variable',
  file: 'as a file in /run/secrets',
  argument: 'in an argument, which every user of this machine can read in the list of processes',
} as const;

/** Of a command the program alone. */
export function sourceName(source: SecretSource): string {
  switch (source.from) {
    case 'keyring':
      return 'keyring';
    case 'command':
      return `command ${escapeText(path.basename(source.argv[0]))}`;
    case 'file':
      return `file ${quote(source.path)}`;
    case 'environment':
      return VARIABLE.test(source.name) ? `variable ${source.name} of the client` : 'variable of the client';
  }
}

/** Words with a digit or two at most: what is not like a name may be the value, put in its place, and this is told to the client. */
const VARIABLE = /^_*[A-Za-z]+\d{0,2}(?:_+(?:[A-Za-z]+\d{0,2}|\d{1,2}))*$/;

export interface MissingSecret {
  readonly name: string;
  /** One per source that was asked, `keyring: not set`. */
  readonly asked: readonly string[];
  readonly usesKeyring: boolean;
}

export const secretsMissing = (missing: readonly MissingSecret[], profile: string) =>
  new CordonError(
    'SECRET_UNAVAILABLE',
    missing.length === 1
      ? `the server needs the secret ${missing[0]?.name}, which is not there`
      : `the server needs the secrets ${missing.map(({ name }) => name).join(', ')}, which are not there`,
    {
      details: missing.map(({ name, asked }) => `${name}: ${asked.join('; ')}`),
      hints: [
        ...missing
          .filter(({ usesKeyring }) => usesKeyring)
          .map(({ name }) => `cordon secret set ${profile} ${name}`),
        `cordon secret list ${profile}`,
      ],
    },
  );

/** A source gave something else than a secret, or something is wrong with how the configuration keeps it. */
export const secretMalformed = (name: string, source: string, why: string, profile: string) =>
  new CordonError('SECRET_UNAVAILABLE', `the secret ${name} cannot be used: ${source} ${why}`, {
    hints: [`cordon secret list ${profile}`],
  });

export const secretFileGranted = (path: string, file: string) =>
  new CordonError(
    'GRANT_PATH_UNSAFE',
    `${quote(path)} would show the server ${quote(file)}, which holds a secret`,
    {
      hints: ['keep files of secrets outside folders that are granted'],
    },
  );

/** A line about config.json; nothing of it refuses a start. */
export function sourcesUnused({ profile, secret, known }: UnusedSources): string {
  const meant = closest(secret ?? profile, known);
  const tail = meant === undefined ? '' : `; did you mean ${quote(meant)}?`;
  return secret === undefined
    ? `the configuration has secrets for the profile ${quote(profile)}, which is not there${tail}`
    : `the configuration has a source for ${quote(secret)}, for which the profile ${quote(profile)} does not ask${tail}`;
}

// --- cordon secret ---

export const keyringFailed = (why: string) =>
  new CordonError('SECRET_UNAVAILABLE', `the keyring ${why}`, {
    hints: ['name another source under "secrets" in config.json: a command or a file'],
  });

export const secretInputInvalid = (why: string) =>
  new CordonError('USAGE_INVALID', `this cannot be a secret: it ${why}`, {
    hints: ['cordon secret --help'],
  });

export const secretNotWanted = (secret: string, known: readonly string[], profile: string) => {
  const meant = closest(secret, known);
  // What is not like a name may be the value, put in the wrong place.
  const shown = meant !== undefined || /^[A-Z][A-Z_]{0,40}$/.test(secret) ? quote(secret) : 'of that name';
  return new CordonError('USAGE_INVALID', `the profile asks for no secret ${shown}`, {
    details: [
      ...(meant === undefined ? [] : [`did you mean ${quote(meant)}?`]),
      known.length === 0 ? 'it asks for none' : `it asks for ${known.join(', ')}`,
    ],
    hints: [`cordon secret list ${profile}`],
  });
};

export const secretPrompt = (secret: string, profile: string) =>
  `${secret} of ${profile} (is not shown while you type): `;

export const secretSet = (secret: string, profile: string) =>
  `${secret} of ${profile} is in the keyring; its server gets it at the next start`;

export const secretNotSet = (secret: string) => `${secret} was not changed`;

export const secretRemoved = (secret: string, wasThere: boolean) =>
  wasThere ? `${secret} is no longer in the keyring` : `${secret} was not in the keyring`;

export const keyringUnasked = (secret: string) =>
  `the configuration takes ${secret} from elsewhere: the keyring is not asked for it`;
