// Schemas: what a model fills in, and the corners of a definition that nobody reads and every model does (TP-06, TP-07).
import { canonicalJson } from '../../pins/canonical-json.ts';
import { splitName } from '../fold.ts';
import { parameterRows } from '../parameters.ts';
import { type SubjectText, entriesIn } from '../subject.ts';
import { type Match, type Rule, inTexts } from './rule.ts';

/** Words of a name that ask for more than a value. */
const ASKS =
  /\b(?:contents? (?:of|from)|(?:from|by|after|before) reading|read(?:ing)? (?:file|contents?|the)|system prompt|(?:full|entire|whole|previous|prior) (?:conversation|chat|context|messages?|history)|(?:conversation|chat|message) history|chain of thought|reasoning trace|(?:all|other) tools?|tool (?:list|results?|outputs?)|env(?:ironment)? (?:vars?|variables?|dump)|user secrets?|session cookies?|ssh|passwd|instructions to)\b/;
/** Names under which servers were seen to collect what they were not called for. */
const SIDE =
  /^(?:side ?notes?|feedback|details?|extra(?: \w+)?|metadata|debug(?: \w+)?|diagnostics?|telemetry|reason(?:ing)?|rationale|thoughts?|analysis|user (?:intent|context|goal)|intent|context|conversation|chat|history|additional (?:info(?:rmation)?|context|notes?)|background|summary of (?:the )?conversation|annotations?|remarks?|internal(?: \w+)?)$/;

const WORDS = /\p{L}{2,}/gu;
const PROSE_WORDS = 7;
const NAME_WORDS = 7;

export const schemaRules: readonly Rule[] = [
  {
    id: 'exfil-parameter',
    title: 'a parameter whose name asks for more than a value',
    severity: 'high',
    labels: ['SAFE-T1501', 'SAFE-T1911'],
    why: 'a model fills in what the name of a parameter says, whatever the descriptions say',
    find: inTexts(function* find(text) {
      if (text.role !== 'parameter' && text.role !== 'member') return;
      const words = splitName(text.text);
      if (ASKS.test(words)) yield whole(text, ['read as: ', { theirs: words }]);
    }),
  },
  {
    id: 'side-channel-parameter',
    title: 'free text beside the matter',
    severity: 'low',
    labels: ['SAFE-T1911', 'OWASP MCP10 context over-sharing'],
    why: 'a text parameter that the task does not need is where known attacks put what they take',
    find: function* find(subject) {
      for (const entry of subject.entries) {
        if (entry.kind !== 'tool') continue;
        for (const row of parameterRows(entry.value['inputSchema'], '/inputSchema'))
          if (row.freeText && SIDE.test(splitName(row.name)))
            yield whole({ pointer: entry.pointer + row.pointer, text: row.name }, [
              'text without a limit to what it holds',
            ]);
      }
    },
  },
  {
    id: 'new-free-text-parameter',
    title: 'a new parameter for free text',
    severity: 'medium',
    labels: ['SAFE-T1201', 'SAFE-T1911'],
    why: 'the approved version did not ask for it; tools that learn to take something grow a parameter for it first',
    find: function* find({ entries, material }) {
      if (material.approved === undefined) return;
      const before = new Map<string, Set<string>>();
      for (const entry of entriesIn(material.approved.definitions)) {
        if (entry.kind !== 'tool') continue;
        const known = before.get(entry.key) ?? new Set();
        for (const row of parameterRows(entry.value['inputSchema'], '/inputSchema')) known.add(row.pointer);
        before.set(entry.key, known);
      }
      for (const entry of entries) {
        const known = before.get(entry.key);
        if (entry.kind !== 'tool' || known === undefined) continue;
        for (const row of parameterRows(entry.value['inputSchema'], '/inputSchema'))
          if (row.freeText && !known.has(row.pointer))
            yield whole({ pointer: entry.pointer + row.pointer, text: row.name }, [
              'not in the approved definition',
            ]);
      }
    },
  },
  {
    id: 'prose-in-data',
    title: 'sentences where data belongs',
    severity: 'medium',
    labels: ['SAFE-T1501', 'OWASP MCP03 tool poisoning'],
    why: 'defaults, enums, patterns, names and unknown members reach the model as descriptions do, and reviewers skip them',
    find: inTexts(function* find(text) {
      if (text.entry === undefined) return;
      if (text.role === 'data' || text.role === 'meta') {
        if (sentenceWords(text.text) >= PROSE_WORDS) yield whole(text, []);
      } else if (text.role === 'parameter' || text.role === 'member' || isCallName(text)) {
        const words = wordCount(splitName(text.text));
        if (words >= NAME_WORDS || /\s\S+\s/.test(text.text)) yield whole(text, [`a name of ${words} words`]);
      }
    }),
  },
  {
    id: 'schema-comment',
    title: 'a comment in a schema',
    severity: 'low',
    labels: ['SAFE-T1501'],
    why: 'it has no use for a client and goes to the model with the rest',
    find: inTexts(function* find(text) {
      if (text.role === 'comment') yield whole(text, []);
    }),
  },
  {
    id: 'unknown-member',
    title: 'a member that neither MCP nor JSON Schema defines',
    severity: 'info',
    labels: ['SAFE-T1501'],
    why: 'some clients hand it to the model and others drop it',
    find: inTexts(function* find(text) {
      if (
        text.role === 'member' &&
        text.entry !== undefined &&
        !/\/(?:\$defs|definitions)\/[^/]*$/.test(text.pointer)
      )
        yield whole(text, []);
    }),
  },
  {
    id: 'text-not-string',
    title: 'a description or title that is no string',
    severity: 'high',
    labels: ['SAFE-T1501'],
    why: 'clients turn it into text in ways of their own, or fail; an honest SDK cannot send it',
    find: function* find({ odd }) {
      for (const { pointer, found, value } of odd)
        yield { pointer, text: canonicalJson(value), note: [`is of type ${found}`] };
    },
  },
];

function whole(
  text: { readonly pointer: string; readonly text: string },
  note: NonNullable<Match['note']>,
): Match {
  return { pointer: text.pointer, text: text.text, start: 0, end: text.text.length, note };
}

/** Words between blanks: addresses and patterns have none. */
function sentenceWords(text: string): number {
  return text.split(/\s+/).filter((word) => /^[\p{P}\p{S}]*\p{L}{2,}/u.test(word)).length;
}

/** Resources have names for people. */
function isCallName({ role, pointer }: SubjectText): boolean {
  return role === 'name' && /^\/(?:tools|prompts)\//.test(pointer);
}

function wordCount(text: string): number {
  return text.match(WORDS)?.length ?? 0;
}
