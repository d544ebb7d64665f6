// The traps of Claude Code's policy, each as its own finding (facts: clients.md 1.3 to 1.5). Pure.
import { quote } from '../escape.ts';
import { isObject, listOf } from '../export/merge.ts';
import { shellQuote } from '../messages/wording.ts';
import { environmentNameFault } from '../profile/environment-names.ts';
import type { ClaudeFacts, ClientPolicyFacts } from './client-facts.ts';
import { type Finding, findingsOf } from './finding.ts';

const finding = findingsOf('clients');

const TITLE = 'Claude Code';
const EXPORT = 'cordon export claude-code --out /';

export function judgeClaude(claude: ClaudeFacts, facts: ClientPolicyFacts): Finding[] {
  return [
    ...broken(claude),
    ...unsafe(claude),
    ...lock(claude),
    ...nameOnly(claude),
    ...variables(claude),
    ...servers(claude, facts),
    ...readmitted(claude),
    ...environment(claude),
  ];
}

function broken({ broken: files }: ClaudeFacts): Finding[] {
  return files.map(({ path, why }) =>
    finding(
      'claude-broken',
      TITLE,
      'failed',
      `${path} ${why}: Claude Code does not start, or starts no server, or knows nothing of this policy`,
      [`mend it, or move it away: ${shellQuote(path)}`],
    ),
  );
}

function unsafe({ unsafe: files }: ClaudeFacts): Finding[] {
  return files.map(({ path, why, cure }) =>
    finding('claude-unsafe', `${TITLE}: settings`, 'failed', `${quote(path)} counts as policy: ${why}`, [
      cure,
    ]),
  );
}

/** Without it a list of the user's own is added to the administrator's. */
function lock({ settings }: ClaudeFacts): Finding[] {
  const title = `${TITLE}: lock`;
  if (lastValue(settings, 'allowManagedMcpServersOnly') === true)
    return [finding('claude-lock', title, 'ok', 'nobody can add to the list of what may start')];
  return [
    finding(
      'claude-lock',
      title,
      'failed',
      'allowManagedMcpServersOnly is not set: a list in a user’s own settings widens this one',
      [EXPORT],
    ),
  ];
}

/** A name says nothing of what starts under it. */
function nameOnly({ settings }: ClaudeFacts): Finding[] {
  const names = settings.flatMap(({ members }) =>
    listOf(members['allowedMcpServers']).flatMap((entry) =>
      isObject(entry) && typeof entry['serverName'] === 'string' ? [entry['serverName']] : [],
    ),
  );
  if (names.length === 0) return [];
  return [
    finding(
      'claude-names',
      `${TITLE}: names`,
      'failed',
      `allowed by name, whatever the command: ${names.map((name) => quote(name)).join(', ')}`,
      ['allow the command line instead ("serverCommand")'],
    ),
  ];
}

/** They take their value from whoever starts the client. */
function variables({ servers: list, settings }: ClaudeFacts): Finding[] {
  const commands = [
    ...Object.values(list).map((server) =>
      isObject(server) ? [server['command'], ...listOf(server['args'])] : [],
    ),
    ...settings.flatMap(({ members }) =>
      listOf(members['allowedMcpServers']).map((entry) =>
        isObject(entry) ? listOf(entry['serverCommand']) : [],
      ),
    ),
  ];
  const found = commands
    .flat()
    .filter((word): word is string => typeof word === 'string' && word.includes('${'));
  if (found.length === 0) return [];
  return [
    finding(
      'claude-variables',
      `${TITLE}: variables`,
      'failed',
      `commands depend on the user’s environment: ${found.map((word) => quote(word)).join(', ')}`,
      ['write the value itself'],
    ),
  ];
}

function servers({ servers: list }: ClaudeFacts, { program, profiles }: ClientPolicyFacts): Finding[] {
  const title = `${TITLE}: servers`;
  const elsewhere: string[] = [];
  const unknown: string[] = [];
  for (const [name, server] of Object.entries(list)) {
    if (!isObject(server)) continue;
    const [verb, named] = listOf(server['args']);
    const profile = typeof named === 'string' ? named : '';
    const { command } = server;
    if (typeof command !== 'string' || !/(?:^|\/)cordon$/.test(command) || verb !== 'run') continue;
    if (command !== program) elsewhere.push(`${name} starts ${command}`);
    else if (!profiles.includes(profile)) unknown.push(profile);
  }
  return [
    ...(elsewhere.length === 0
      ? []
      : [
          finding(
            'claude-elsewhere',
            title,
            'failed',
            `not this installation (${program}): ${elsewhere.map((one) => quote(one)).join(', ')}`,
            [EXPORT],
          ),
        ]),
    ...(unknown.length === 0
      ? []
      : [
          finding(
            'claude-profiles',
            title,
            'weaker',
            `there is no profile ${unknown.map((one) => quote(one)).join(', ')}`,
            [EXPORT],
          ),
        ]),
  ];
}

/** What managed settings let in beside managed-mcp.json: remote servers, which no launcher stands in front of. */
function readmitted({ settings }: ClaudeFacts): Finding[] {
  const found = [
    ...settings.flatMap(({ members }) => {
      const { managedMcpServers: remote } = members;
      return isObject(remote) ? Object.keys(remote) : listOf(remote).map(nameOf);
    }),
    ...['allowAllClaudeAiMcps', 'allowClaudeInChromeWithManagedMcp'].filter(
      (name) => lastValue(settings, name) === true,
    ),
  ];
  if (found.length === 0) return [];
  return [
    finding(
      'claude-readmitted',
      `${TITLE}: other servers`,
      'weaker',
      `managed settings also let in: ${found.map((one) => quote(one)).join(', ')}`,
      ['take out of the managed settings what is not meant to be reachable'],
    ),
  ];
}

/** Never the whole entry: it may hold a token, and people send others what doctor says. */
function nameOf(entry: unknown): string {
  return isObject(entry) && typeof entry['name'] === 'string' ? entry['name'] : 'an entry without a name';
}

/** Of a member that is no list and no object, the file that is read last counts. */
function lastValue(settings: ClaudeFacts['settings'], name: string): unknown {
  return settings.findLast(({ members }) => Object.hasOwn(members, name))?.members[name];
}

/** Variables that would make an interpreter run other code, and the switch that keeps a user's from servers. */
function environment({ servers: list, settings }: ClaudeFacts): Finding[] {
  const title = `${TITLE}: environment`;
  const given = settings.flatMap(({ members }) => (isObject(members['env']) ? [members['env']] : []));
  const all = [
    ...given,
    ...Object.values(list).flatMap((server) =>
      isObject(server) && isObject(server['env']) ? [server['env']] : [],
    ),
  ];
  const steering = [...new Set(all.flatMap((env) => Object.keys(env)))].filter(
    (name) => environmentNameFault(name) !== undefined,
  );
  const findings = steering.map((name) =>
    finding(
      'claude-steering',
      title,
      'failed',
      `${quote(name)} is set for servers, and steers what an interpreter runs`,
      [`take ${quote(name)} out`],
    ),
  );
  const name = 'CLAUDE_CODE_MCP_ALLOWLIST_ENV';
  // Objects are merged: the last file that has the name decides.
  if (given.findLast((env) => Object.hasOwn(env, name))?.[name] === '1') return findings;
  return [
    ...findings,
    finding(
      'claude-environment',
      title,
      'weaker',
      'servers get the whole environment of the client; cordon drops it, others do not',
      [EXPORT],
    ),
  ];
}
