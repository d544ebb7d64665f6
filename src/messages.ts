// Every line said to a person is in this file. Lower case, no full stop; what was expected and what was found; hints
// are commands to paste. Text that is not ours goes through `quote` or `escapeText`.
import { dirname } from 'node:path';
import { CordonError, type ErrorCode } from './errors.ts';
import { escapeText, quote } from './escape.ts';
import { MANAGED } from './managed-places.ts';
import type { LineFault } from './relay/fault.ts';
import type { Drift } from './relay/reviewed.ts';
import type { Change } from './verify/compare.ts';

/** How an error looks on a terminal: `error:`, indented details, `hint:` lines. No trailing newline. */
export function renderError(error: CordonError): string {
  return [
    `error: ${error.message} [${error.code}]`,
    ...error.details.map((detail) => `  ${detail}`),
    ...error.hints.map((hint) => `hint: ${hint}`),
  ].join('\n');
}

/** How an error looks with `--json`. */
export function errorJson({ code, message, details, hints }: CordonError) {
  return { code, message, details, hints };
}

/** Anything thrown, as a CordonError; what we did not expect becomes INTERNAL with its own words escaped. */
export function toCordonError(thrown: unknown): CordonError {
  if (thrown instanceof CordonError) return thrown;
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return new CordonError('INTERNAL', `something failed that should not: ${quote(message)}`, {
    hints: ['run the same command with CORDON_DEBUG=1 and report what it prints'],
    cause: thrown,
  });
}

/**
 * The one line that the client's user reads when a server was refused: code first, cure last, under 480 characters, no
 * profile name and no argument values, because clients replace those with "[redacted]" (facts: Claude Code 2.1).
 */
export function refusalLine(error: CordonError): string {
  const [detail] = error.details;
  const [cure] = error.hints;
  const what = escapeText(`${error.code}: ${error.message}${detail === undefined ? '' : ` (${detail})`}`);
  const fix = cure === undefined ? '' : escapeText(`; fix: ${cure}`);
  if (what.length + fix.length < 480) return what + fix;
  // What is wrong is cut before what to do about it: the first can be read in full elsewhere.
  return `${what.slice(0, Math.max(240, 478 - fix.length))}…${fix}`.slice(0, 479);
}

/** The same error for the client: there a profile's name, being an argument, would show as "[redacted]". */
export function withoutProfileName(error: CordonError, name: string): CordonError {
  if (name === '') return error;
  const literal = name.replaceAll(/[^\w-]/g, '\\$&');
  const replacer = (before: string) => {
    const pattern = new RegExp(`(?<=${before})${literal}(?![\\w-])`, 'g');
    return (text: string): string => text.replace(pattern, '<profile>');
  };
  const inPath = replacer('/');
  // After a verb: `cordon install install` is a command as well, and `cordon secret set set TOKEN`.
  const inHint = replacer('/|\\bcordon [a-z]+ |\\bcordon secret [a-z]+ ');
  return new CordonError(error.code, inPath(error.message), {
    hints: error.hints.map(inHint),
    details: error.details.map(inPath),
    cause: error.cause,
  });
}

function fault(
  code: ErrorCode,
  message: string,
  hints: readonly string[] = [],
  details: readonly string[] = [],
  cause?: unknown,
): CordonError {
  return new CordonError(code, message, { hints, details, cause });
}

// --- usage, installation ---

export const usageInvalid = (message: string) => fault('USAGE_INVALID', message, ['cordon --help']);

export const outputUnwritable = (cause: unknown) => {
  // The system's errors mostly say at what place.
  const { code, path: place }: Partial<NodeJS.ErrnoException> = cause instanceof Error ? cause : {};
  const where = place === undefined ? '' : `${quote(place)}: `;
  const look = code === 'ENOSPC' || place === undefined ? 'df -h' : 'ls -ld';
  return fault(
    'OUTPUT_UNWRITABLE',
    `the output could not be written: ${where}${reasonOf(cause)}`,
    [place === undefined ? look : `${look} ${shellQuote(dirname(place))}`],
    [],
    cause,
  );
};

/** @param root a folder that becomes a machine's later: there the link means another place than here */
export const outputLeadsOut = (place: string, root: string) =>
  fault('OUTPUT_UNWRITABLE', `a link on the way to ${quote(place)} leads out of ${quote(root)}`, [
    `realpath ${shellQuote(place)}`,
  ]);

export const installationUnsafe = (path: string, why: string) =>
  fault('INSTALLATION_UNSAFE', `${quote(path)} ${why}`, ['cordon doctor']);

export const configInvalid = (faults: readonly string[], file: string) =>
  fault(
    'CONFIG_INVALID',
    `the configuration has ${count(faults.length, 'problem')}`,
    [`correct ${shellQuote(file)}`],
    faults,
  );

export const policyUnreadable = (file: string, cause: unknown) =>
  fault(
    'INSTALLATION_UNSAFE',
    `${quote(file)} cannot be looked at (${reasonOf(cause)}), so that nobody knows whether this machine is managed`,
    [`ls -ld ${shellQuote(MANAGED.policy)}`, `sudo chmod 755 ${shellQuote(MANAGED.policy)}`],
    [],
    cause,
  );

// --- profile ---

/** @param meant the known name that is nearest to what was typed */
export const profileNotFound = (known: readonly string[], meant?: string) =>
  fault(
    'PROFILE_NOT_FOUND',
    'there is no profile of that name',
    ['cordon list'],
    [
      ...(meant === undefined ? [] : [`did you mean ${quote(meant)}?`]),
      ...(known.length === 0 ? [] : [`profiles here: ${known.join(', ')}`]),
    ],
  );

export const profileUnreadable = (file: string, why: string, cause?: unknown) =>
  fault('PROFILE_UNREADABLE', `${quote(file)} ${why}`, ['cordon list'], [], cause);

/** @param file where to mend it; unknown when the faults show only once templates are filled in */
export const profileInvalid = (faults: readonly string[], file?: string) =>
  fault(
    'PROFILE_INVALID',
    `the profile has ${count(faults.length, 'problem')}`,
    file === undefined ? [] : [`correct ${shellQuote(file)}`],
    shown(faults),
  );

export const workspaceTooBroad = (workspace: string, why: string) =>
  fault('WORKSPACE_TOO_BROAD', `the workspace would be ${quote(workspace)}, which ${escapeText(why)}`, [
    'start the client in the folder of one project',
  ]);

// --- resolve ---

export const lockfileInvalid = (faults: readonly string[]) =>
  fault('LOCKFILE_INVALID', `package-lock.json has ${count(faults.length, 'problem')}`, [], shown(faults));

export const lockfileMissing = (profile: string) =>
  fault('LOCKFILE_MISSING', 'the profile has no package-lock.json', [`cordon pin ${profile}`]);

export const lockfileUnreadable = (file: string, why: string) =>
  fault('LOCKFILE_INVALID', `${quote(file)} ${why}`);

export const pinsMissing = (profile: string) =>
  fault('PINS_MISSING', 'the profile is not pinned: it has no pins.json', [`cordon pin ${profile}`]);

export const pinsInvalid = (faults: readonly string[], profile: string) =>
  fault(
    'PINS_INVALID',
    `pins.json has ${count(faults.length, 'problem')}`,
    [`cordon pin ${profile}`],
    shown(faults),
  );

/** @param what the two sides that differ, one line each */
export const pinStale = (what: readonly string[], profile: string) =>
  fault('PIN_STALE', 'the profile was changed after it was pinned', [`cordon pin ${profile}`], what);

export const packageUnsupported = (platform: string, packages: readonly string[]) =>
  fault(
    'PLATFORM_UNSUPPORTED',
    `the package does not support ${platform}`,
    [],
    packages.map((path) => `${escapeText(path)} is not for this platform`),
  );

/** A file can have a fault for each of its bytes; neither a terminal nor the log is there for all of them. */
function shown(faults: readonly string[]): readonly string[] {
  return faults.length <= 100 ? faults : [...faults.slice(0, 100), `and ${faults.length - 100} more`];
}

function count(amount: number, noun: string): string {
  return `${amount} ${noun}${amount === 1 ? '' : 's'}`;
}

// --- store, verify ---

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

export const integrityMismatch = (name: string, expected: string, found: string | undefined) =>
  fault(
    'INTEGRITY_MISMATCH',
    `the registry serves another ${quote(name)} than the one that was pinned`,
    ['do not use that registry for this package before you know why'],
    [`expected ${expected}`, ...(found === undefined ? [] : [`found    ${escapeText(found)}`])],
  );

export const packageUnavailable = (name: string, cause: unknown) =>
  fault(
    'PACKAGE_UNAVAILABLE',
    `${quote(name)} could not be fetched from the registry: ${reasonOf(cause)}`,
    ['npm ping'],
    cause instanceof Error ? [quote(cause.message, 300)] : [],
    cause,
  );

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

// --- sandbox, launch ---

export const sandboxUnavailable = (what: string, hints: readonly string[] = ['cordon doctor']) =>
  fault('SANDBOX_UNAVAILABLE', what, hints);

export const sandboxTooOld = (options: readonly string[]) =>
  sandboxUnavailable(
    `this bubblewrap is too old: it lacks ${options.map((option) => escapeText(option)).join(', ')}`,
    ['apt-get install --only-upgrade bubblewrap'],
  );

/** The launch watches for the filter of its sandbox, to know that the sandbox ends with it. */
export const filtersUncounted = () =>
  sandboxUnavailable(
    'cordon was started under a system call filter, and this kernel does not tell how many filters a program has',
    ['use Linux 5.9 or newer, or start the client without a filter of its own'],
  );

export const platformUnsupported = (platform: string) =>
  fault(
    'PLATFORM_UNSUPPORTED',
    `cordon does not run on ${quote(platform)}`,
    [],
    ['supported: linux-x64 and linux-arm64 with glibc, darwin-arm64 and darwin-x64'],
  );

export const grantPathMissing = (path: string) =>
  fault('GRANT_PATH_MISSING', `the profile grants ${quote(path)}, which does not exist`, [
    `mkdir -p ${shellQuote(path)}`,
  ]);

export const grantPathUnsafe = (path: string, why: string, hints: readonly string[] = []) =>
  fault('GRANT_PATH_UNSAFE', `the profile grants ${quote(path)}, which ${escapeText(why)}`, hints);

export const grantIsAlias = (path: string, folder: string) =>
  grantPathUnsafe(path, `is ${quote(folder)} by another name, a bind mount`, [
    'start the client in the folder of one project',
  ]);

export const grantReachesCordon = (path: string, folder: string) =>
  grantPathUnsafe(path, `would let the server write to cordon's own ${quote(folder)}`, [
    'start it in the folder of a project, not in the folder of cordon',
  ]);

export const sandboxSetupFailed = (stderr: string, hints: readonly string[] = ['cordon doctor']) =>
  fault('SANDBOX_SETUP_FAILED', `the sandbox could not be set up: ${quote(tellingLine(stderr), 300)}`, hints);

/** The first line of a program that makes the sandbox, among what several wrote. */
function tellingLine(stderr: string): string {
  const lines = stderr.trim().split('\n');
  return lines.find((line) => /^(?:bwrap|unshare|mount|cordon|sandbox-exec): /.test(line)) ?? lines[0] ?? '';
}

export const usernsUnavailable = (stderr: string, hints: readonly string[]) =>
  fault(
    'USERNS_UNAVAILABLE',
    `this machine does not allow the namespaces that the sandbox needs: ${quote(tellingLine(stderr), 300)}`,
    hints,
  );

export const limitUnenforceable = (what: string) =>
  fault('LIMIT_UNENFORCEABLE', `the limit ${quote(what)} could not be set`, ['cordon doctor']);

/** A path or argument as one would type it in a shell. */
export function shellQuote(text: string): string {
  return /^[A-Za-z0-9@%+=:,./_-]+$/.test(text) ? text : `'${escapeText(text).replaceAll("'", `'\\''`)}'`;
}

// --- audit ---

export const auditUnwritable = (file: string, cause: unknown) =>
  fault(
    'AUDIT_UNWRITABLE',
    `the audit log ${quote(file)} cannot be written: ${reasonOf(cause)}`,
    [`ls -ld ${shellQuote(file)}`],
    [],
    cause,
  );

/** The system's own short word for a failed call (`EACCES`), or the escaped message. */
function reasonOf(cause: unknown): string {
  if (!(cause instanceof Error)) return quote(String(cause));
  const code = (cause as NodeJS.ErrnoException).code;
  return code ?? escapeText(cause.message);
}

// --- run ---

export const stdinIsTerminal = () =>
  fault(
    'USAGE_INVALID',
    'cordon run speaks JSON-RPC with an MCP client on stdin and stdout, and stdin is a terminal',
    [
      'point an MCP client at it: {"command": "…/bin/cordon", "args": ["run", "<profile>"]}',
      'cordon explain <profile>',
    ],
  );

/** The server ended while requests were open, or before it said anything. `status` as a shell would show it. */
export const serverEnded = (status: number) =>
  fault('SERVER_ENDED', `the server ended with status ${status}`, [
    "see what it wrote on stderr in the client's log",
  ]);

export const serverSilent = (seconds: number) =>
  fault('SERVER_SILENT', `the server was asked and said nothing for ${seconds} seconds`, [
    "see what it wrote on stderr in the client's log",
  ]);

/** The session goes on: a disk that is full must not end the work of whoever fills it, or of others. */
export const auditLost = (file: string, cause: unknown) =>
  `warning: the audit log ${quote(file)} cannot be written any more: ${reasonOf(cause)}`;

/** A path that the profile protects did not exist at the start and is there now: somebody should look at it. */
export const pathAppeared = (path: string) =>
  `warning: ${quote(path)} appeared while the server ran; its profile asks to protect that path`;

// --- plan ---

/** The configuration asks for one way and this machine forbids it. */
export const egressUnavailable = (why: string) =>
  fault(
    'EGRESS_UNAVAILABLE',
    `this machine does not allow the network that the configuration asks for: ${quote(why, 300)}`,
    ['set "mode": "auto" under "egress" in config.json', 'cordon doctor'],
  );

/** A listening socket of the broker broke: connections would go unjudged or nowhere. */
export const egressFailed = (why: string) =>
  fault('EGRESS_FAILED', `the network of the server broke: ${quote(why)}`, ['start the server again']);

export const workspaceGone = (cause?: unknown) =>
  fault(
    'WORKSPACE_TOO_BROAD',
    `the current directory cannot be used as workspace: ${cause === undefined ? 'it was deleted, or may not be entered' : reasonOf(cause)}`,
    ['start the client in a folder that exists'],
    [],
    cause,
  );

export const workspaceNameNotText = () =>
  fault('WORKSPACE_TOO_BROAD', 'the current directory cannot be used as workspace: its path is not UTF-8', [
    'start the client in a folder whose path is UTF-8',
  ]);

// --- relay ---

/** What is wrong with one line. Never a word of the line itself: it may be written to steer whoever reads this. */
export const lineFaults: Readonly<Record<LineFault, string>> = {
  'not-json': 'the line is not JSON',
  'not-utf8': 'the line is not UTF-8',
  'carriage-return': 'a carriage return stands inside the line',
  'byte-order-mark': 'the line begins with a byte order mark',
  batch: 'the line is a list of messages',
  'not-an-object': 'the line is JSON but no object',
  'not-a-message': 'the line is JSON but no JSON-RPC message',
  'too-deep': 'the message is nested deeper than 64 levels',
  'too-many-values': 'the message holds more than 250 000 lists and objects',
  'duplicate-key': 'a key is there twice',
  'escaped-key': 'a key is written with needless escapes',
  'key-too-long': 'a key is longer than 16 KiB',
  'lone-surrogate': 'a string holds half a surrogate pair',
  'number-out-of-range': 'a number is out of range',
  'version-wrong': 'the member jsonrpc is not "2.0"',
  'id-invalid': 'the id is neither an integer literal nor a short printable string',
  'shape-ambiguous': 'not exactly one of method, result and error is there',
  'member-unknown': 'the message has a member that JSON-RPC does not know',
  'member-look-alike': 'a member has a name that only looks like one of the protocol',
  'member-type': 'a member has the wrong type',
  'method-invalid': 'the method is no printable name of at most 128 characters',
  'result-type-unknown': 'the result has a type that its request does not allow',
  'line-endless': 'a line has no end',
  'output-closed': 'the server closed its output and went on running',
};

/** What the relay itself answers or notes. */
export const relayAnswers = {
  tooLarge: 'the message is larger than allowed',
  resultTooLarge: (bytes: number) => `the server's answer of ${bytes} bytes is larger than allowed`,
  resultInvalid: (words: string) => `the server's answer was not passed on: ${words}`,
  idInUse: 'a request with this id is still waiting',
  idUnknown: 'nobody waits under this id',
  tokenUnknown: 'nobody waits under this progress token',
  tooManyRequests: 'too many requests are waiting',
  tooManyNotifications: 'too many notifications in a short time',
  methodNotFound: 'Method not found',
  notGranted: "the server's profile does not grant this part of the protocol",
  toolUnknown: 'Unknown tool',
  resourceUnknown: 'a resource that is neither listed nor described by a template, as they were approved',
  resourceHidden: 'the server lists a resource that nobody reviewed: it is not shown',
  notSubscribed: 'the client does not want to hear of this resource',
  tooManySubscriptions: 'too many subscriptions',
  nameUnknown: 'no such name',
  listUnavailable: 'the server did not give its list',
  asksForUngranted: "the server's answer asks for what its profile does not grant",
  blockUngranted: "a part of the server's answer is of an extension that its profile does not grant",
  asksTooOften: "the server's answer asks for more in between than is allowed",
  asksMalformed: "the server's answer asks for something in between in a way that nobody can answer",
  nothingAsked: 'nothing of this session asked for what the request brings',
  taskUngranted: "the server's answer is a task, which its profile does not grant",
  versionOfServer: 'the server speaks a version of the protocol that cordon does not know',
  versionUnknown: 'Unsupported protocol version',
  requestsUnavailable: 'the server asked without a session that allows it',
  answersPaused: 'the server does not read its answers',
  errorForged: 'an error of the server says that it is one of cordon',
} as const;

export const definitionsUnapproved = (why: 'never' | 'changed', profile: string) =>
  fault(
    'DEFINITIONS_UNAPPROVED',
    why === 'never'
      ? 'nobody has approved what this server shows to the client'
      : 'the profile was changed after it was approved',
    [`cordon review ${profile}`],
  );

/** `drift` tells kinds and numbers; never a word of the server: it may be written to steer whoever reads this. */
export const definitionDrift = (drift: Drift) =>
  fault('DEFINITION_DRIFT', `the server is not the one that was reviewed: ${driftWords(drift)}`, [
    'cordon review <profile>',
  ]);

export function driftWords(drift: Drift): string {
  switch (drift.what) {
    case 'context':
      return 'it was not reviewed with this generation of the protocol';
    case 'instructions':
      return 'its instructions changed';
    case 'serverInfo':
      return 'it introduces itself in another way';
    case 'capabilities':
      return 'it says that it can do other things';
    case 'malformed':
      return `its list of ${drift.list} is none that can be compared`;
    case 'list': {
      const { added, removed, changed, fields } = drift;
      const parts = Object.entries({ added, removed, changed }).flatMap(([how, number]) =>
        number === 0 ? [] : [`${number} ${how}${how === 'changed' ? ` (${fields.join(', ')})` : ''}`],
      );
      return `in its list of ${drift.list}: ${parts.join(', ')}`;
    }
  }
}

export const protocolViolation = (what: LineFault) =>
  fault('PROTOCOL_VIOLATION', `the server broke the protocol: ${lineFaults[what]}`, [
    'report it to the maintainers of the server',
  ]);

/** In place of what a server wrote to stderr faster than it is passed on. */
export const stderrDropped = (lines: number) => `${count(lines, 'line')} dropped`;

// --- review, approval ---

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
