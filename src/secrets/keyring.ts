// The keyring of the user's session: the Secret Service on Linux through secret-tool, the Keychain on macOS through security.
// Both are part of the system and take and give values through pipes. Pure, but for one look at what is there.
import type { ProgramEnd, ProgramRequest } from './ask-program.ts';
import type { Answer } from './answer.ts';
import { secretCopy, secretMemory } from './memory.ts';
import { readValue } from './value.ts';
import { secretWords } from '../messages/secrets.ts';

export interface KeyringEntry {
  readonly profile: string;
  readonly secret: string;
}

type Argv = ProgramRequest['argv'];

export interface Keyring {
  readonly program: string;
  /** Whether it is reached through the session bus. */
  readonly needsBus: boolean;
  lookup(entry: KeyringEntry): Argv;
  remove(entry: KeyringEntry): Argv;
  /** The value goes to stdin, in the form that the program reads. */
  store(entry: KeyringEntry, value: Buffer): { readonly argv: Argv; readonly input: Buffer };
  /** Whether an end says that there is no such entry, and not that something is broken. */
  isAbsent(end: Extract<ProgramEnd, { kind: 'exited' }>): boolean;
}

/** A person may have to unlock it. */
export const KEYRING_MS = 30_000;

const SECRET_TOOL = '/usr/bin/secret-tool';
const SECURITY = '/usr/bin/security';
/** errSecItemNotFound, as a process status. */
const KEYCHAIN_NOT_FOUND = 44;
/** Two digits for each byte: a text of the whole value could not be overwritten. */
const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

const secretService: Keyring = {
  program: SECRET_TOOL,
  needsBus: true,
  lookup: (entry) => [SECRET_TOOL, 'lookup', ...attributes(entry)],
  remove: (entry) => [SECRET_TOOL, 'clear', ...attributes(entry)],
  store: (entry, value) => ({
    argv: [SECRET_TOOL, 'store', `--label=cordon: ${entry.profile} ${entry.secret}`, ...attributes(entry)],
    input: secretCopy(value),
  }),
  isAbsent: ({ status, output, complained }) => status === 1 && output.length === 0 && !complained,
};

function attributes({ profile, secret }: KeyringEntry): string[] {
  return ['application', 'cordon', 'profile', profile, 'secret', secret];
}

/** Written by its manual and never run by us. `security -i` reads commands from stdin. Names have no character that its quoting knows, and the value goes in hex. */
const keychain: Keyring = {
  program: SECURITY,
  needsBus: false,
  lookup: ({ profile, secret }) => [
    SECURITY,
    'find-generic-password',
    '-s',
    `cordon ${profile}`,
    '-a',
    secret,
    '-w',
  ],
  remove: ({ profile, secret }) => [
    SECURITY,
    'delete-generic-password',
    '-s',
    `cordon ${profile}`,
    '-a',
    secret,
  ],
  store: ({ profile, secret }, value) => ({
    argv: [SECURITY, '-i'],
    input: inHex(value, `add-generic-password -U -s "cordon ${profile}" -a "${secret}" -X `, '\n'),
  }),
  isAbsent: ({ status }) => status === KEYCHAIN_NOT_FOUND,
};

function inHex(value: Buffer, before: string, after: string): Buffer {
  const hex = secretMemory(value.length * 2);
  for (const [index, byte] of value.entries()) hex.write(HEX[byte] ?? '', index * 2, 'latin1');
  const input = secretCopy(Buffer.from(before), hex, Buffer.from(after));
  hex.fill(0);
  return input;
}

export function keyringOf(platform: NodeJS.Platform): Keyring {
  return platform === 'darwin' ? keychain : secretService;
}

/** What a lookup ended with. */
export function readLookup(keyring: Keyring, end: ProgramEnd): Answer {
  if (end.kind === 'exited' && end.status === 0) return readValue(end.output);
  if (end.kind === 'exited' && keyring.isAbsent(end)) return { kind: 'absent', why: secretWords.notSet };
  return { kind: 'unavailable', why: secretWords.ended(end) };
}
