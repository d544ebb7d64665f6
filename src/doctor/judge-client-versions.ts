// Versions of clients that obey their policy less than newer ones (facts: clients.md). Only where there is a policy to obey. Pure.
import { quote } from '../escape.ts';
import type { Client } from '../export/policy.ts';
import { versionWords } from '../messages/clients.ts';
import { type Finding, findingsOf, type Verdict } from './finding.ts';

const finding = findingsOf('clients');

export interface ClientVersion {
  readonly client: Client;
  /** Of the program, where links lead. */
  readonly path: string;
  /** `1.2.3`; undefined when nothing near it says. */
  readonly version: string | undefined;
}

interface Change {
  readonly client: Client;
  /** The first version that does as is expected. */
  readonly since: string;
  readonly verdict: Exclude<Verdict, 'ok'>;
  /** What older ones do. */
  readonly before: string;
}

/** Of each client the gravest first. What is `tried` is what our tests start. */
const CHANGES: readonly Change[] = [
  { client: 'claude-code', since: '2.0.22', verdict: 'failed', before: versionWords.noLists },
  { client: 'claude-code', since: '2.1.83', verdict: 'failed', before: versionWords.commandLine },
  { client: 'claude-code', since: '2.1.169', verdict: 'weaker', before: versionWords.reconnects },
  { client: 'vscode', since: '1.130.0', verdict: 'failed', before: versionWords.noPolicy },
  { client: 'codex', since: '0.169.0', verdict: 'weaker', before: versionWords.notTried },
  { client: 'gemini', since: '0.61.0', verdict: 'weaker', before: versionWords.notTried },
];

/** @param clients those with a policy on this machine */
export function judgeClientVersions(
  versions: readonly ClientVersion[],
  clients: ReadonlyArray<{ readonly client: Client; readonly title: string }>,
): Finding[] {
  return versions.flatMap(({ client, path, version }) => {
    const title = clients.find((one) => one.client === client)?.title;
    if (title === undefined) return [];
    const [id, words] = [`version-${client}`, `${title}: version`];
    const changes = CHANGES.filter((one) => one.client === client);
    const newest = changes.at(-1)?.since ?? '';
    if (version === undefined)
      return [finding(id, words, 'weaker', versionWords.unknown(quote(path), newest), [versionWords.look])];
    const change = changes.find(({ since }) => isBefore(version, since));
    if (change === undefined) return [finding(id, words, 'ok', versionWords.known(version, quote(path)))];
    return [
      finding(id, words, change.verdict, versionWords.old(version, quote(path), change.before), [
        versionWords.update(newest),
      ]),
    ];
  });
}

/** Both `1.2.3`. */
function isBefore(one: string, other: string): boolean {
  const [a, b] = [one, other].map((text) => text.split('.').map(Number));
  for (const [index, part] of (a ?? []).entries()) {
    const against = b?.[index] ?? 0;
    if (part !== against) return part < against;
  }
  return false;
}
