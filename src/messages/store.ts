// Words about packages and runtimes: fetched, installed, verified.
import { escapeText, quote } from '../escape.ts';
import type { Change } from '../verify/compare.ts';
import { fault, reasonOf, shellQuote } from './wording.ts';

export const treeUnsafe = (path: string, why: string) =>
  fault('TREE_UNSAFE', `${quote(path)} in the installed package ${why}`, ['cordon install']);

export const packageNotInstalled = (name: string, profile: string) =>
  fault('PACKAGE_NOT_INSTALLED', `the pinned package ${quote(name)} is not installed`, [
    `cordon install ${profile}`,
  ]);

/** `changes` are already in words (`changeLine`); at most twenty are shown. */
export const treeChanged = (profile: string, changes: readonly string[]) =>
  fault(
    'TREE_CHANGED',
    changes.length === 0
      ? 'the installed package is not the pinned one'
      : `the installed package is not the pinned one: ${changes.length === 1 ? 'one file differs' : `${changes.length} files differ`}`,
    [`cordon install ${profile}`],
    changes.length <= 20
      ? changes
      : [...changes.slice(0, 20), `and ${changes.length - 20} more, see: cordon verify ${profile}`],
  );

/** One difference between the pinned and the installed tree. */
export function changeLine(change: Change): string {
  const path = quote(change.path);
  switch (change.change) {
    case 'changed':
      return `${path} was changed`;
    case 'missing':
      return `${path} is missing`;
    case 'extra':
      return `${path} was added`;
    case 'execute-bit':
      return `${path} ${change.executable ? 'became executable' : 'is no longer executable'}`;
    case 'link-target':
      return `${path} links to ${quote(change.target)} now`;
    case 'kind':
      return `${path} is a ${change.found} now`;
  }
}

/** @param profile when it was pinned once; pinning again is no cure for what pinning found */
export const entryNotFound = (entry: string, profile?: string) =>
  fault(
    'ENTRY_NOT_FOUND',
    `the package holds no file ${quote(entry)} to start`,
    profile === undefined ? [] : [`cordon pin ${profile}`],
  );

export const integrityMismatch = (name: string, expected: string, found: string) =>
  fault(
    'INTEGRITY_MISMATCH',
    `the registry serves another ${quote(name)} than the one that was pinned`,
    ['do not use that registry for this package before you know why'],
    [`expected ${expected}`, `found    ${found}`],
  );

export const packageUnavailable = (name: string, cause: unknown) =>
  fault(
    'PACKAGE_UNAVAILABLE',
    `${quote(name)} could not be fetched from the registry: ${withoutUser(reasonOf(cause))}`,
    ['npm ping'],
    cause instanceof Error ? [quote(withoutUser(cause.message), 300)] : [],
    cause,
  );

/** npm's library says which address it asked; an npmrc may have a user and a password in it. */
function withoutUser(text: string): string {
  return text.replaceAll(/\/\/[^\s/]*@/g, '//');
}

export const packageTooLarge = (name: string, what: string, limit: number, unit = 'bytes') =>
  fault('TREE_UNSAFE', `${quote(name)} is too large: ${what} has more than ${limit} ${unit}`);

export const tarballInvalid = (name: string, why: string, entry?: string) =>
  fault(
    'TREE_UNSAFE',
    `the tarball of ${quote(name)} ${escapeText(why)}${entry === undefined ? '' : `: ${quote(entry)}`}`,
  );

export const caseCollisionFound = (one: string, other: string) =>
  fault('TREE_UNSAFE', `two names in the package differ only by case: ${quote(one)} and ${quote(other)}`);

export const installedTreeDiffers = (profile: string, expected: string, found: string) =>
  fault(
    'TREE_CHANGED',
    'the packages of the lockfile do not make the pinned tree',
    [`cordon pin ${profile}`],
    [`expected ${expected}`, `found    ${found}`],
  );

export const storeUnwritable = (store: string, cause: unknown) =>
  fault(
    'STORE_UNWRITABLE',
    `the store ${quote(store)} cannot be written: ${reasonOf(cause)}`,
    [
      (cause as NodeJS.ErrnoException | undefined)?.code === 'ENOSPC'
        ? `df -h ${shellQuote(store)}`
        : `ls -ld ${shellQuote(store)}`,
    ],
    [],
    cause,
  );

export const pinUnwritable = (folder: string, cause: unknown) =>
  fault(
    'STORE_UNWRITABLE',
    `the pins cannot be written to ${quote(folder)}: ${reasonOf(cause)}`,
    ['copy the profile to ~/.config/cordon/profiles under a new name, and pin that'],
    [],
    cause,
  );

/** Where `cordon pin` unpacks what it hashes. */
export const scratchUnwritable = (folder: string, cause: unknown) =>
  fault(
    'STORE_UNWRITABLE',
    `${quote(folder)} cannot be written, and pinning unpacks there: ${reasonOf(cause)}`,
    [`df -h ${shellQuote(folder)}`],
    [],
    cause,
  );

export const pinImpossible = (name: string, why: string, details: readonly string[] = []) =>
  fault('PACKAGE_UNAVAILABLE', `${quote(name)} cannot be pinned: ${escapeText(why)}`, [], details);

export const commandNotInPackage = (name: string, wanted: string | undefined, known: readonly string[]) =>
  fault(
    'ENTRY_NOT_FOUND',
    wanted === undefined
      ? `${quote(name)} has ${known.length === 0 ? 'no command' : `${known.length} commands`}, so the profile must name one in source.bin`
      : `${quote(name)} has no command ${quote(wanted)}`,
    [],
    known.length === 0 ? [] : [`commands: ${known.map((command) => quote(command)).join(', ')}`],
  );

export const hashHelperFailed = (why: string) =>
  fault('INTERNAL', `hashing the installed package was cut short: ${escapeText(why)}`, [
    'run the same command again',
  ]);

export const runtimeMissing = (what: string, details: readonly string[] = []) =>
  fault('RUNTIME_MISSING', what, ['install Node.js 20 or newer, then: cordon install'], details);

export const runtimeNotRecorded = () =>
  fault('RUNTIME_MISSING', 'no Node.js is recorded for the servers to run on', ['cordon install']);

export const runtimeChanged = (path: string, sameContent: boolean) =>
  fault(
    'RUNTIME_CHANGED',
    sameContent
      ? `${quote(path)} was installed again since cordon recorded it (same content)`
      : `${quote(path)} is not the file that cordon recorded`,
    ['cordon install'],
  );

export const runtimeLine = (version: string, path: string) =>
  `servers run on Node.js ${version}, ${quote(path)}`;

export const pinnedLines = (profile: string, name: string, packages: number, entry: string) =>
  `pinned ${profile}: ${escapeText(name)}, ${packages} packages, starts ${quote(entry)}`;

export const installScriptsLine = (name: string, scripts: readonly string[]) =>
  `warning: ${quote(name)} has install scripts, which cordon never runs: ${scripts.map((script) => escapeText(script)).join(', ')}`;
