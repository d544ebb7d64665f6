// What a reader does not see and a model, or a terminal, does.
import { type HiddenCharacter, type HiddenKind, decodeHidden, longName } from '../hidden.ts';
import { smuggledRun } from '../reveal.ts';
import type { SubjectText } from '../subject.ts';
import { type Match, type Rule, inTexts } from './rule.ts';

function* ofKinds(text: SubjectText, kinds: readonly HiddenKind[]): Iterable<Match> {
  for (const character of text.hidden)
    if (kinds.includes(character.kind) && !character.explained) yield matchOf(text, character);
}

function matchOf(text: SubjectText, character: HiddenCharacter): Match {
  return {
    pointer: text.pointer,
    text: text.text,
    start: character.index,
    end: character.index + character.length,
    note: [longName(character)],
  };
}

/** Whole runs, with what they say. */
function* runs(text: SubjectText, kind: 'tag' | 'selector', minimum: number): Iterable<Match> {
  const { hidden } = text;
  for (let at = 0; at < hidden.length; at += 1) {
    const character = hidden[at] as HiddenCharacter;
    if (character.kind !== kind || character.explained) continue;
    const run = smuggledRun(hidden, at);
    at += run.length - 1;
    if (run.length < minimum) continue;
    const last = run.at(-1) ?? character;
    yield {
      pointer: text.pointer,
      text: text.text,
      start: character.index,
      end: last.index + last.length,
      note: [`${run.length} characters that no viewer draws`],
      decoded: decodeHidden(run),
    };
  }
}

// A terminal acts on these, and a log or a pager that shows stderr raw does too (AN-01 to AN-05).
// oxlint-disable-next-line no-control-regex
const TERMINAL = /\u001b[^\u001b\n]{0,16}|[\u0090\u009b\u009d-\u009f][^\n]{0,16}|\r(?!\n|$)|[\u0007\u0008]+/g;
// oxlint-disable-next-line no-control-regex
const COLOUR = /^\u001b\[[0-9;]*m/;

export const hiddenRules: readonly Rule[] = [
  {
    id: 'hidden-tags',
    title: 'text in invisible tag characters',
    severity: 'high',
    labels: ['SAFE-T1402', 'OWASP MCP03 tool poisoning'],
    why: 'tag characters (U+E0000 to U+E007F) spell ASCII that models read and no viewer draws; nobody writes them by accident',
    find: inTexts((text) => runs(text, 'tag', 1)),
  },
  {
    id: 'hidden-selectors',
    title: 'bytes in variation selectors',
    severity: 'high',
    labels: ['SAFE-T1402', 'OWASP MCP03 tool poisoning'],
    why: 'a run of variation selectors carries one byte in each and is drawn as nothing',
    find: inTexts((text) => runs(text, 'selector', 2)),
  },
  {
    id: 'hidden-bidi',
    title: 'bidi controls',
    severity: 'high',
    labels: ['SAFE-T1402'],
    why: 'they show text in another order than it is read in (Trojan Source); Arabic and Hebrew text needs none of these',
    find: inTexts(function* find(text) {
      yield* ofKinds(text, ['bidi']);
      for (const match of ofKinds(text, ['bidi-mark'])) yield { ...match, severity: 'medium' };
    }),
  },
  {
    id: 'hidden-zero-width',
    title: 'invisible characters in text',
    severity: 'medium',
    labels: ['SAFE-T1402'],
    why: 'they make a word that a filter or a search does not find, two names that look the same, or a channel for data',
    find: inTexts((text) => ofKinds(text, ['zero-width', 'filler'])),
  },
  {
    id: 'control-characters',
    title: 'control characters',
    severity: 'medium',
    labels: ['SAFE-T1402'],
    why: 'no text needs them; viewers break lines at some of them and end the text at others',
    find: inTexts(function* find(text) {
      for (const match of ofKinds(text, ['control', 'separator'])) {
        // What steers a terminal has a rule of its own.
        if (!isTerminal(text.text, match.start ?? 0)) yield match;
      }
    }),
  },
  {
    id: 'terminal-escape',
    title: 'commands to a terminal',
    severity: 'high',
    labels: ['SAFE-T1402', 'OWASP MCP03 tool poisoning'],
    why: 'they hide, overwrite or forge what a terminal shows, change its title, write the clipboard or make links',
    find: inTexts(function* find(text) {
      for (const { 0: found, index } of text.text.matchAll(TERMINAL)) {
        // Colours on stderr are what programs do.
        if (text.role === 'stderr' && (COLOUR.test(found) || found === '\r')) continue;
        yield { pointer: text.pointer, text: text.text, start: index, end: index + found.length };
      }
    }),
  },
  {
    id: 'mark-pile',
    title: 'marks piled on one letter',
    severity: 'low',
    labels: ['SAFE-T1402'],
    why: 'more marks than any script uses draw over the lines above and below',
    find: inTexts((text) => ofKinds(text, ['pile'])),
  },
  {
    id: 'private-characters',
    title: 'characters without a meaning',
    severity: 'low',
    labels: ['SAFE-T1402'],
    why: 'private use and unassigned characters look different everywhere and can carry data',
    find: inTexts((text) => ofKinds(text, ['private', 'unassigned'])),
  },
];

function isTerminal(text: string, index: number): boolean {
  // oxlint-disable-next-line no-control-regex
  return /[\u0007\u0008\u000d\u001b\u0090\u009b\u009d-\u009f]/.test(text[index] ?? '');
}
