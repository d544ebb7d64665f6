// Hints that a client acts on, against what the tool says of itself. Claude Code takes `readOnlyHint` for permission to run
// without asking in some modes, and calls such tools side by side.
import { splitName } from '../fold.ts';
import { pointer } from '../pointer.ts';
import type { Entry } from '../subject.ts';
import { isObject } from '../walk.ts';
import { type Match, type Rule } from './rule.ts';

const CHANGES =
  /^(?:append|apply|archive|assign|cancel|close|commit|copy|create|delete|deploy|destroy|disable|drop|edit|enable|erase|execute|exec|format|grant|insert|install|invite|kill|merge|modify|move|overwrite|patch|pay|post|publish|purge|push|put|remove|rename|replace|reset|restore|revoke|rollback|run|schedule|send|set|shutdown|start|stop|submit|terminate|transfer|truncate|uninstall|unpublish|update|upload|wipe|write)(?:e?s|ing)?$/;
const DESTROYS =
  /^(?:clear|delete|destroy|drop|erase|execute|exec|format|kill|overwrite|purge|remove|replace|reset|run|terminate|truncate|uninstall|unpublish|wipe)(?:e?s|ing)?$/;
const REACHES =
  /\b(?:https?:\/\/|url|web ?page|website|internet|search the web|fetch|download|email|e-mail|slack|tweet|remote)\b/i;

export const annotationRules: readonly Rule[] = [
  {
    id: 'annotation-contradiction',
    title: 'a hint that its own tool contradicts',
    severity: 'high',
    labels: ['SAFE-T1001', 'OWASP MCP02 scope creep'],
    why: 'clients ask fewer questions about tools that say they only read, or destroy nothing, or reach nothing outside',
    find: function* find(subject) {
      for (const entry of subject.entries) {
        const hints = entry.value['annotations'];
        if (entry.kind !== 'tool' || !isObject(hints)) continue;
        if (hints['readOnlyHint'] === true) yield* against(entry, 'readOnlyHint', CHANGES);
        if (hints['destructiveHint'] === false) yield* against(entry, 'destructiveHint', DESTROYS);
        if (hints['readOnlyHint'] === true && hints['destructiveHint'] === true)
          yield {
            pointer: entry.pointer + pointer('annotations', 'destructiveHint'),
            note: ['destructiveHint and readOnlyHint cannot both be true'],
            severity: 'medium',
          };
        if (hints['openWorldHint'] === false && REACHES.test(firstSentence(entry)))
          yield {
            pointer: entry.pointer + pointer('annotations', 'openWorldHint'),
            text: firstSentence(entry),
            note: ['openWorldHint is false, and the description speaks of the world outside'],
            severity: 'low',
          };
      }
    },
  },
];

/** The verb of the name weighs more than the one that the description begins with. */
function* against(entry: Entry, hint: string, verbs: RegExp): Iterable<Match> {
  const [verb = ''] = splitName(entry.key).split(' ');
  const value = hint === 'readOnlyHint' ? 'true' : 'false';
  if (verbs.test(verb))
    yield {
      pointer: entry.pointer + pointer('annotations', hint),
      text: entry.key,
      start: 0,
      end: entry.key.length,
      note: [`${hint} is ${value}, and the name begins with `, { theirs: verb }],
    };
  else {
    const sentence = firstSentence(entry);
    const word = /^\W*([A-Za-z]+)/.exec(sentence)?.[1]?.toLowerCase() ?? '';
    if (verbs.test(word))
      yield {
        pointer: entry.pointer + pointer('annotations', hint),
        text: sentence,
        severity: 'medium',
        note: [`${hint} is ${value}, and the description begins with `, { theirs: word }],
      };
  }
}

function firstSentence(entry: Entry): string {
  const description = entry.value['description'];
  return typeof description === 'string' ? (/^[^.\n]{0,300}/.exec(description)?.[0] ?? '') : '';
}
