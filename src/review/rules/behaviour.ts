// What the server did while it was looked at, and what it announces.
import { canonicalJson, type JsonObject } from '../../pins/canonical-json.ts';
import { longerThan } from '../plain-words.ts';
import { pointer } from '../pointer.ts';
import { isObject } from '../walk.ts';
import { type Match, type Rule, inTexts } from './rule.ts';

/** Starts of ten seconds and longer lose some clients. */
const SLOW_MS = 10_000;
/** server-everything sends up to four in its first seconds. */
const MANY_CHANGES = 8;
const USUAL_CAPABILITIES = new Set(['tools', 'prompts', 'resources', 'logging', 'completions']);
/** Keys that clients read as settings of their own. */
const STEERING =
  /^(?:anthropic|claude|openai|codex|cursor|vscode|github|copilot|ui|io\.modelcontextprotocol)(?:[./:_-]|$)/i;

export const behaviourRules: readonly Rule[] = [
  {
    id: 'list-unstable',
    title: 'asked twice, listed something else',
    severity: 'high',
    labels: ['SAFE-T1201'],
    why: 'a list that changes by itself cannot be pinned, and what was reviewed is not what a client gets',
    find: function* find({ material }) {
      for (const [index, probe] of material.probes.entries())
        if (probe.stable === false)
          yield { pointer: pointer('probes', index), note: ['as client ', { theirs: probe.client }] };
    },
  },
  {
    id: 'list-by-start',
    title: 'lists that depend on the client or on the start',
    severity: 'high',
    labels: ['SAFE-T1201'],
    why: 'with the same version and capabilities a server has no reason to tell one client from another',
    find: function* find({ material }) {
      const first = new Map<string, { listing: string; client: string }>();
      for (const [index, { context, listing, client }] of material.probes.entries()) {
        if (listing === undefined) continue;
        const key = canonicalJson({ ...context } as unknown as JsonObject);
        const known = first.get(key);
        if (known === undefined) first.set(key, { listing, client });
        else if (known.listing !== listing)
          yield {
            pointer: pointer('probes', index),
            note: ['to ', { theirs: client }, ' another list than to ', { theirs: known.client }],
          };
      }
    },
  },
  {
    id: 'list-by-context',
    title: 'one name, several definitions',
    severity: 'medium',
    labels: ['SAFE-T1201'],
    why: 'what a client is shown depends on its capabilities or version; each text stands in this report by itself',
    find: function* find({ entries }) {
      const seen = new Set<string>();
      for (const entry of entries) {
        if (seen.has(entry.pointer)) yield { pointer: entry.pointer };
        seen.add(entry.pointer);
      }
    },
  },
  {
    id: 'list-changed-often',
    title: 'announces changes again and again',
    severity: 'low',
    labels: ['SAFE-T1201'],
    why: 'each makes the client list again',
    find: function* find({ material }) {
      for (const [index, { listChanged }] of material.probes.entries())
        if (listChanged >= MANY_CHANGES)
          yield { pointer: pointer('probes', index), note: [`${listChanged} times in one start`] };
    },
  },
  {
    id: 'capability-growth',
    title: 'announces more than was approved',
    severity: 'medium',
    labels: ['SAFE-T1201', 'OWASP MCP02 scope creep'],
    why: 'a capability is a promise of methods that nobody has looked at',
    find: function* find({ material }) {
      if (material.approved === undefined) return;
      const known = new Set(
        material.approved.definitions.flatMap(({ capabilities }) => capabilityPaths(capabilities)),
      );
      const now = new Set(material.definitions.flatMap(({ capabilities }) => capabilityPaths(capabilities)));
      for (const path of now) if (!known.has(path)) yield { pointer: `/capabilities${path}` };
    },
  },
  {
    id: 'capability-unusual',
    title: 'a capability outside the base protocol',
    severity: 'low',
    labels: ['OWASP MCP02 scope creep'],
    why: 'extensions reach parts of clients that permissions of tools do not cover; the relay takes away what the profile does not grant',
    find: function* find({ material }) {
      const names = new Set(
        material.definitions.flatMap(({ capabilities }) =>
          Object.entries(capabilities).flatMap(([name, value]) =>
            USUAL_CAPABILITIES.has(name)
              ? []
              : (name === 'experimental' || name === 'extensions') && isObject(value)
                ? Object.keys(value).map((member) => pointer(name, member))
                : [pointer(name)],
          ),
        ),
      );
      for (const name of names)
        yield {
          pointer: `/capabilities${name}`,
          ...(/claude[~./_-]/i.test(name) ? { severity: 'high' as const } : {}),
        };
    },
  },
  {
    id: 'steering-meta',
    title: 'settings for a client in _meta',
    severity: 'medium',
    labels: ['SAFE-T1402'],
    why: 'clients read such keys to keep a tool in the prompt, to rank it, or to decide whether to ask',
    find: inTexts(function* find(text): Iterable<Match> {
      if (text.role !== 'meta' || !text.pointer.includes('/_meta/') || !STEERING.test(text.text)) return;
      if (text.pointer.endsWith(pointer(text.text)))
        yield { pointer: text.pointer, text: text.text, start: 0, end: text.text.length };
    }),
  },
  {
    id: 'server-instructions',
    title: 'instructions of the server',
    severity: 'info',
    labels: ['SAFE-T1401'],
    why: 'clients put this text into the prompt of every session, whether or not a tool is called; read it as such',
    find: function* find({ texts }) {
      for (const text of texts)
        if (text.role === 'instructions')
          yield { pointer: text.pointer, note: [`${text.text.length} characters, shown in full below`] };
    },
  },
  {
    id: 'probe-denied',
    title: 'tried what it was not granted',
    severity: 'medium',
    labels: ['OWASP MCP02 scope creep'],
    why: 'it ran with no network and no secrets; what it asked for then is what it does by itself',
    find: function* find({ material }) {
      for (const [index, { denied }] of material.probes.entries())
        for (const attempt of denied)
          yield {
            pointer: pointer('probes', index, 'denied'),
            text: attempt.what,
            start: 0,
            end: attempt.what.length,
            note: [`by the ${attempt.by}: `, { theirs: attempt.reason }],
            severity: attempt.by === 'relay' ? 'low' : 'medium',
          };
    },
  },
  {
    id: 'start-slow',
    title: 'slow to start',
    severity: 'info',
    labels: [],
    why: 'some clients give up',
    find: function* find({ material }) {
      for (const [index, { startMs }] of material.probes.entries())
        if (startMs >= SLOW_MS) yield { pointer: pointer('probes', index), note: [longerThan(startMs)] };
    },
  },
];

function capabilityPaths(capabilities: JsonObject): string[] {
  return Object.entries(capabilities).flatMap(([name, value]) => [
    pointer(name),
    ...(isObject(value)
      ? Object.entries(value).flatMap(([member, on]) => (on === false ? [] : [pointer(name, member)]))
      : []),
  ]);
}
