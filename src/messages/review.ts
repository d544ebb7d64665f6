// Words about reviews and approvals.
import { escapeText, quote } from '../escape.ts';
import { usageInvalid } from './usage.ts';
import { count, fault } from './wording.ts';

/** Where a review is not a start as `run` makes it, and what it could not look at. */
export const reviewNotes = {
  namesUnseen: 'this machine does not let cordon see which hosts the server asked for',
  placeholders: (names: readonly string[]) =>
    `secrets had a placeholder in their place: ${names.map(escapeText).join(', ')}`,
  notMounted: (paths: readonly string[]) =>
    `granted paths that the server did not get: ${paths.map((path) => quote(path)).join(', ')}`,
  failed: (generation: string, client: string, why: string) =>
    `one start failed, ${generation} as ${quote(client)}: ${escapeText(why)}`,
} as const;

export const serverUnreviewable = (why: string, stderr: string) =>
  fault(
    'SERVER_UNREVIEWABLE',
    `the server could not be asked for what it offers: ${escapeText(why)}`,
    ['see what it wrote to stderr; a server that needs the network to start cannot be reviewed without it'],
    stderr
      .trim()
      .split('\n')
      .filter((line) => line.trim() !== '')
      .slice(-5)
      .map((line) => quote(line, 300)),
  );

export const approvalMismatch = (profile: string) =>
  fault(
    'APPROVAL_MISMATCH',
    'what was collected now does not have that digest: package, grants or definitions are not those of the report',
    [`cordon review ${profile}`],
  );

export const definitionsTooLarge = (limit: number) =>
  serverUnreviewable(`with its definitions pins.json would be larger than ${limit} bytes`, '');

export const digestPrefixInvalid = () =>
  usageInvalid('--digest takes at least 32 hex digits of the digest that the report ends with');

export const approvedLine = (profile: string, digest: string, by: string) =>
  `approved ${profile}: ${digest}, by ${escapeText(by)}`;

export const npmSpecInvalid = () =>
  usageInvalid('review takes the name of a profile, or npm:<package>@<exact version>');

export const sameVersion = (version: string) =>
  usageInvalid(`the profile is for version ${escapeText(version)} already`);

/** What differs between two versions. */
export const diffWords = {
  nothing: 'nothing changed',
  gone: (generation: string) => `the ${generation} protocol is not spoken any more`,
  new: (generation: string) => `the ${generation} protocol is spoken now`,
  scripts: (scripts: readonly string[]) => `brings install scripts: ${scripts.map(escapeText).join(', ')}`,
  native: (files: readonly string[]) => `brings native code: ${files.map((file) => quote(file)).join(', ')}`,
  more: (lines: number) => `and ${lines} more, see --json`,
  filesBelow: (folder: string, files: number) => `${count(files, 'file')} below ${quote(folder)}`,
  changed: (kind: string, name: string) => `${kind} ${name} changed`,
  added: (kind: string, name: string) => `a new ${kind}, ${name}`,
  removed: (kind: string, name: string) => `${kind} ${name} is gone`,
} as const;
