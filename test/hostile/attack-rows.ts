// The attacks of servers on clients, and of what surrounds the launcher on it, as data: what must come of each, and the tests
// that show it. coverage.test.ts fails when one has no test that names it. NC: what must keep working.

interface AttackRow {
  readonly id: string;
  readonly what: string;
  readonly expected: string;
  /** Files with a test whose name holds the id. */
  readonly shownBy: readonly [string, ...string[]];
}

const SESSIONS = 'test/hostile/attack-sessions.test.ts';
const POISONED = 'test/hostile/poisoned.test.ts';
const DEFINITIONS = 'test/hostile/definitions.test.ts';
const RELAY = 'test/hostile/relay.test.ts';
const rulesTest = (name: string) => `test/unit/review/rules/${name}.test.ts`;
const RULES = {
  addresses: rulesTest('addresses'),
  all: rulesTest('all'),
  behaviour: rulesTest('behaviour'),
  hidden: rulesTest('hidden'),
  instructions: rulesTest('instructions'),
  layout: rulesTest('layout'),
  names: rulesTest('names'),
  references: rulesTest('references'),
  schemas: rulesTest('schemas'),
  secrets: rulesTest('secrets'),
} as const;
const REVEAL = 'test/unit/review/reveal.test.ts';
const REPORTS = 'test/unit/review/reports.test.ts';
const CANONICAL = 'test/unit/pins/canonical-json.test.ts';
const READ = 'test/unit/pins/read-definitions.test.ts';
const JUDGE = 'test/unit/relay/judge.test.ts';
const REVIEW = 'test/integration/review.test.ts';
const PROFILES = 'test/e2e/profiles.test.ts';
const ENVIRONMENT = 'test/hostile/environment.test.ts';
const INSTALLED = 'test/hostile/installed-environment.test.ts';
const GRANTS = 'test/unit/system/probe-grants.test.ts';

const row = (
  id: string,
  what: string,
  expected: string,
  ...shownBy: readonly [string, ...string[]]
): AttackRow => ({ id, what, expected, shownBy });

export const ATTACK_ROWS: readonly AttackRow[] = [
  // Poisoned from the first day.
  row(
    'TP-01',
    'a tag, a secret path, silence, and a parameter to carry it',
    'shown',
    POISONED,
    RULES.instructions,
    RULES.secrets,
  ),
  row('TP-02', 'the same without a trigger word', 'the path is shown', POISONED, RULES.instructions),
  row('TP-04', 'text behind the place where clients cut', 'shown, with the mark', POISONED, RULES.layout),
  row('TP-06', 'in the name of a parameter', 'shown', POISONED, RULES.schemas, RULES.secrets),
  row('TP-07', 'in a description many levels deep', 'shown', POISONED, RULES.instructions),
  row('TP-12', 'in the output schema', 'shown, pinned', POISONED, RULES.instructions),
  row(
    'TP-13',
    'in annotations, icons, _meta',
    'shown, pinned',
    POISONED,
    RULES.addresses,
    RULES.instructions,
  ),
  row('TP-14', 'a description that is no text', 'quarantine', SESSIONS, DEFINITIONS, READ),
  row('TP-15', 'an encoded payload', 'the long run is shown', POISONED),
  row('TP-16', 'fragments in three tools', 'all text in one view', POISONED),
  row('TP-17', 'text of a result', 'passes; not promised', SESSIONS),

  // Changed after the review.
  row('RP-01', 'another list at the next launch', 'quarantine', SESSIONS, DEFINITIONS),
  row('RP-02', 'another list after three calls, without a word', 'quarantine', SESSIONS, DEFINITIONS),
  row('RP-03', 'another list after saying so', 'quarantine', SESSIONS, DEFINITIONS),
  row('RP-04', 'the same list after saying that it changed', 'passes', SESSIONS, DEFINITIONS),
  row('RP-05', 'one list for the launcher, another for the client', 'quarantine', SESSIONS, DEFINITIONS),
  row('RP-06', 'another list for one client', 'quarantine', SESSIONS, DEFINITIONS, REVIEW),
  row(
    'RP-07',
    'another list by capabilities',
    'quarantine; pinned per context',
    SESSIONS,
    DEFINITIONS,
    REVIEW,
  ),
  row('RP-10', 'text from the network', 'no network; granted: quarantine', SESSIONS),
  row('RP-11', 'a poisoned second page', 'quarantine', SESSIONS, DEFINITIONS),
  row('RP-12', 'other pages, the same set', 'passes', SESSIONS, DEFINITIONS, READ),
  row('RP-13', 'cursors in a circle or without end', 'quarantine', SESSIONS, DEFINITIONS),
  row('RP-14', 'a forged cursor of the client', 'refused', SESSIONS, DEFINITIONS),
  row('RP-15', 'odd cursors', 'empty is the end, others are invalid', SESSIONS, DEFINITIONS),
  row('RP-16', 'a tool is gone', 'quarantine', SESSIONS, DEFINITIONS),
  row('RP-17', 'a tool has another name', 'quarantine', SESSIONS, DEFINITIONS),
  row('RP-21', 'another order and spelling', 'passes', SESSIONS, DEFINITIONS, CANONICAL),
  row('RP-25', 'a member twice', 'the session ends', SESSIONS, DEFINITIONS),
  row('RP-27', 'integers that round to the same double', 'passed on as reviewed', SESSIONS, CANONICAL),
  row('RP-30', 'the same version, other files', 'refused', SESSIONS),

  // Speaks for others.
  row('SH-01', 'a tool of the same name in another profile', 'shown', POISONED, RULES.names),
  row('SH-02', 'text about a tool of another profile', 'shown', POISONED, RULES.references),
  row('SH-03', 'text about a well-known server', 'shown', POISONED),
  row('SH-04', 'a tool named as one of a client', 'shown', POISONED, RULES.names),
  row('SH-05', 'a server named as another profile', 'shown', POISONED, RULES.names),
  row('SH-06', 'a prompt named as a command of a client', 'shown', POISONED),
  row('SH-07', 'a file for another server to read', 'not there', PROFILES),

  // Instructions, prompts, resources, completions.
  row('PR-03', 'other instructions, also from server/discover', 'quarantine', SESSIONS, DEFINITIONS),
  row('PR-05', 'another text of a prompt', 'passes; granted or not', SESSIONS),
  row('PR-06', 'a resource that is a playbook', 'not shown; in the place of another: quarantine', SESSIONS),
  row(
    'PR-07',
    'addresses of files and scripts',
    'shown; changed: quarantine',
    SESSIONS,
    POISONED,
    RULES.addresses,
  ),
  row('PR-08', 'a flood of updates', 'limited', SESSIONS),
  row('PR-09', 'control characters in completions', 'passes, escaped as JSON is', SESSIONS),
  row('PR-10', 'a capability that was not there', 'quarantine', SESSIONS, DEFINITIONS, RULES.behaviour),

  // Characters that nobody sees.
  row('UC-01', 'the tag block', 'shown, decoded', POISONED, RULES.hidden, REVEAL),
  row('UC-03', 'zero width', 'shown', POISONED, RULES.hidden, RULES.instructions, REVEAL),
  row('UC-04', 'bidirectional', 'shown', POISONED, RULES.hidden, REVEAL),
  row('UC-06', 'letters of other scripts that look alike', 'shown', POISONED, RULES.names),
  row('UC-07', 'emoji, flags, scripts that need them', 'no finding', POISONED, RULES.hidden),
  row('UC-08', 'C1 and line separators', 'shown', POISONED, RULES.hidden, REVEAL),
  row('UC-10', 'half a surrogate pair', 'quarantine', SESSIONS, DEFINITIONS, READ),

  // Terminals.
  row('AN-01', 'escapes that hide and overwrite', 'shown as text', POISONED, RULES.hidden, REPORTS, REVEAL),
  row('AN-02', 'links, clipboard, titles', 'shown as text', POISONED, RULES.hidden),
  row('AN-03', 'the same on stderr', 'shown as text', SESSIONS, RELAY),
  row('AN-05', 'carriage returns and backspaces', 'shown as text', POISONED, RULES.hidden, REVEAL),
  row('AN-06', 'in names', 'shown as text', POISONED, RULES.hidden),
  row('AN-07', 'forged lines of a log', 'marked; in no log of ours', SESSIONS, RELAY, REPORTS),
  row('AN-08', 'text that imitates a report', 'behind a gutter', POISONED, REPORTS),

  // JSON-RPC and framing.
  row('JR-02', 'a key twice, deep', 'the session ends', SESSIONS, RELAY),
  row('JR-03', 'keys that look like those of the protocol', 'the session ends', SESSIONS, RELAY),
  row('JR-04', 'method and result, result and error, neither', 'the session ends', SESSIONS, RELAY),
  row(
    'JR-06',
    'ids that a client takes for another',
    'dropped',
    SESSIONS,
    RELAY,
    'test/hostile/relay-clients.test.ts',
  ),
  row('JR-08', 'answers to ids of the future', 'dropped', RELAY, REVIEW),
  row('JR-09', 'ids without measure', 'dropped', RELAY),
  row('JR-10', 'batches', 'the session ends', SESSIONS, RELAY),
  row('JR-11', 'two values on a line, one on two', 'dropped', RELAY),
  row('JR-13', 'bytes that are no UTF-8', 'the session ends', SESSIONS, RELAY),
  row('JR-15', 'byte order marks, UTF-16', 'dropped', RELAY),
  row(
    'JR-17',
    'a line without an end',
    'the session ends, flat memory',
    RELAY,
    'test/unit/relay/framing.test.ts',
  ),
  row('JR-18', '11 MiB, 9 MiB', 'an error; passes', RELAY),
  row('JR-22', 'tools named as members of every object', 'no tools', RELAY, READ),
  row('JR-23', 'numbers without measure', 'refused or kept', RELAY, READ),
  row('JR-24', 'schemas that explode', 'nobody compiles them', RELAY, RULES.all),
  row('JR-25', '200 000 notifications', 'limited, flat memory', RELAY),
  row('JR-26', 'progress and cancels for others', 'dropped', RELAY, JUDGE),
  row('JR-27', 'methods that nobody knows', 'dropped', RELAY),
  row('JR-29', 'framing of another protocol', 'dropped', RELAY),
  row('JR-31', 'an answer of another type', 'no list; quarantine', SESSIONS),
  row('JR-33', 'the same of the client', 'an error, nothing passes', RELAY),
  row('JR-34', 'a call before the list is known', 'waits', DEFINITIONS),
  row('JR-35', 'an answer after a cancel', 'dropped', RELAY, JUDGE, PROFILES),
  row('JR-36', 'an id twice', 'refused', RELAY),
  row('JR-37', 'an answer that never comes', 'the session ends', 'test/unit/relay/silence.test.ts'),
  row('JR-38', 'almost JSON', 'an error or dropped', SESSIONS, RELAY),
  row('JR-39', 'keys and methods of a megabyte', 'an error or dropped', RELAY),
  row('JR-40', 'a type of result that nobody knows', 'an error', RELAY, JUDGE),

  // Requests of the server.
  row('S2C-01', 'sampling', 'refused; granted: without other contexts', SESSIONS, DEFINITIONS, REVIEW),
  row('S2C-03', 'roots', 'refused', SESSIONS, DEFINITIONS),
  row('S2C-04', 'requests inside a result', 'refused', SESSIONS, JUDGE),
  row('S2C-05', 'requests inside a list', 'quarantine', SESSIONS, JUDGE),
  row('S2C-07', 'an id that the client uses too', 'kept apart', RELAY),
  row('S2C-08', 'a flood of pings', 'limited', SESSIONS),
  row('S2C-09', 'a log line of a megabyte', 'dropped', SESSIONS),
  row('S2C-10', 'a task that nobody asked for', 'refused', SESSIONS, DEFINITIONS),
  row('S2C-11', 'requests that only clients make', 'refused', SESSIONS, RELAY, REVIEW),
  row('S2C-12', 'what the client cannot do', 'refused', SESSIONS, DEFINITIONS, PROFILES),

  // The launch itself: what the client, the home folder and the repository bring along. On an installed machine too.
  row('EV-01', 'variables that steer runtimes', 'nothing runs, nothing arrives', ENVIRONMENT, INSTALLED),
  row(
    'EV-02',
    'variables of loaders, shells, interpreters',
    'nothing runs, nothing arrives',
    ENVIRONMENT,
    INSTALLED,
  ),
  row('EV-03', 'hostile values of what a profile names', 'the profile’s, or refused', INSTALLED),
  row('EV-05', 'secrets in arguments', 'in none', INSTALLED),
  row(
    'EV-10',
    'many at once',
    'nothing lost, nothing half',
    INSTALLED,
    'test/hostile/supply-chain-install.test.ts',
  ),
  row('EV-12', 'descriptors of the client', 'closed', ENVIRONMENT, INSTALLED),
  row('EV-16', 'an evil bwrap in PATH', 'another is started', ENVIRONMENT, INSTALLED),
  row(
    'EV-17',
    'paths that grant too much',
    'refused',
    ENVIRONMENT,
    INSTALLED,
    GRANTS,
    'test/unit/profile/parse.test.ts',
  ),
  row('EV-20', 'protected paths that come later', 'reported, or refused', GRANTS, PROFILES),

  // What must keep working.
  row('NC-01', 'everything, all tools', 'works', PROFILES),
  row('NC-02', 'filesystem, all tools', 'works', PROFILES),
  row('NC-03', 'memory, sequential-thinking', 'works', PROFILES),
  row('NC-04', 'a few announcements at the start', 'no finding, no alarm', DEFINITIONS),
  row('NC-05', 'text of the world', 'passes', PROFILES, RULES.hidden),
  row('NC-06', 'a result of 9 MiB', 'passes', PROFILES),
  row('NC-07', 'progress and cancels in order', 'works', PROFILES),
  row('NC-08', '100 calls, answered out of order', 'works', RELAY, PROFILES),
  row('NC-09', 'ids as clients have them', 'pass', RELAY),
  row('NC-10', 'CRLF and blank lines', 'pass', RELAY),
  row('NC-11', '10 MB on stderr', 'pass', RELAY),
  row('NC-12', 'a slow start', 'works', RELAY),
  row('NC-13', 'three pages', 'one list', DEFINITIONS),
  row('NC-14', 'fields of the future', 'pass byte for byte', RELAY),
  row('NC-15', 'two launches at once', 'work', PROFILES),
  row('NC-16', 'a package with native code', 'works', SESSIONS),
  row('NC-17', 'threads, children, WebAssembly, watches', 'work', 'test/escape/keeps-working.test.ts'),
];
