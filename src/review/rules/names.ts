// Names that stand for something else than they seem to: what a model picks a tool by, and a user permits it by.
import { LIST_MEMBER, type DefinitionKind } from '../../pins/definitions.ts';
import { foldText, skeleton } from '../fold.ts';
import { pointer } from '../pointer.ts';
import type { Entry, Subject } from '../subject.ts';
import { type Match, type Rule } from './rule.ts';

/** Tools that clients have built in, as the model knows them. */
const BUILT_IN = new Set([
  'Agent',
  'AskUserQuestion',
  'Bash',
  'BashOutput',
  'Edit',
  'ExitPlanMode',
  'Glob',
  'Grep',
  'KillShell',
  'LS',
  'MultiEdit',
  'NotebookEdit',
  'NotebookRead',
  'Read',
  'Skill',
  'Task',
  'TodoRead',
  'TodoWrite',
  'WebFetch',
  'WebSearch',
  'Write',
  'apply_patch',
  'bash',
  'code_execution',
  'computer',
  'container.exec',
  'edit_file_text',
  'local_shell',
  'memory',
  'multi_tool_use.parallel',
  'run_in_terminal',
  'shell',
  'str_replace_based_edit_tool',
  'str_replace_editor',
  'text_editor',
  'tool_search',
  'update_plan',
  'web_fetch',
  'web_search',
]);
const CLIENT_PREFIX = /^(?:mcp__|functions[.:]|tools[.:]|anthropic[._/]|openai[._/]|claude[._/])/i;
/** Commands that clients know after a slash. */
const COMMANDS = new Set(
  'agents clear commit compact config context cost doctor exit feedback help hooks init login logout mcp memory model new permissions plan plugin privacy quit resume review security-review settings status theme undo usage'.split(
    ' ',
  ),
);

/** Different letters in one word that come from scripts which share shapes. */
const LATIN = /\p{sc=Latin}/u;
const SHARING = /[\p{sc=Cyrillic}\p{sc=Greek}\p{sc=Armenian}\p{sc=Cherokee}]/u;
const NON_ASCII = /[^\u0020-\u007e]/;
const PRINTABLE_NAME = /^[A-Za-z0-9_.-]{1,128}$/;

function* named(subject: Subject, kinds: readonly DefinitionKind[]): Iterable<readonly [Entry, Match]> {
  for (const entry of subject.entries)
    if (kinds.includes(entry.kind))
      yield [
        entry,
        { pointer: entry.pointer + pointer('name'), text: entry.key, start: 0, end: entry.key.length },
      ];
}

export const nameRules: readonly Rule[] = [
  {
    id: 'name-mixed-script',
    title: 'letters of several scripts in one name',
    severity: 'high',
    labels: ['SAFE-T1004'],
    why: 'a letter that only looks Latin makes another name that people and models take for the known one',
    find: function* find(subject) {
      for (const text of subject.texts) {
        if (text.role !== 'name' && text.role !== 'parameter') continue;
        const mixed = LATIN.test(text.text) && SHARING.test(text.text);
        // All of it in another script, and still all of it Latin to the eye: `сору`.
        const folded = foldText(text.text).text;
        const whole = SHARING.test(text.text) && /^[\w .-]+$/.test(folded) && !LATIN.test(text.text);
        if (mixed || whole)
          yield {
            pointer: text.pointer,
            text: text.text,
            start: 0,
            end: text.text.length,
            note: ['looks like ', { theirs: folded }],
          };
      }
    },
  },
  {
    id: 'name-unusual',
    title: 'a name that clients rewrite',
    severity: 'low',
    labels: ['SAFE-T1004'],
    why: 'clients replace what is not A-Z a-z 0-9 _ - . in names, so that the model sees another one than this',
    find: function* find(subject) {
      for (const [entry, match] of named(subject, ['tool', 'prompt']))
        if (!PRINTABLE_NAME.test(entry.key))
          yield { ...match, severity: NON_ASCII.test(entry.key) ? 'medium' : 'low' };
    },
  },
  {
    id: 'names-alike',
    title: 'two names that look the same',
    severity: 'high',
    labels: ['SAFE-T1004', 'SAFE-T1301'],
    why: 'whoever permits one of them may get the other; clients that replace characters make one name of both',
    find: function* find(subject) {
      for (const kind of ['tool', 'prompt'] as const) {
        const seen = new Map<string, string>();
        for (const [entry, match] of named(subject, [kind])) {
          const folded = skeleton(entry.key);
          const first = seen.get(folded);
          if (first === undefined) seen.set(folded, entry.key);
          else if (first !== entry.key) yield { ...match, note: ['looks like ', { theirs: first }] };
        }
      }
    },
  },
  {
    id: 'reserved-name',
    title: 'named like a tool of the client',
    severity: 'high',
    labels: ['SAFE-T1004', 'SAFE-T1008'],
    why: 'the model may call it in place of the built-in one, and a user may permit it for the built-in one',
    find: function* find(subject) {
      const alike = new Map([...BUILT_IN].map((name) => [skeleton(name), name]));
      for (const [entry, match] of named(subject, ['tool'])) {
        if (BUILT_IN.has(entry.key) || CLIENT_PREFIX.test(entry.key)) yield match;
        else if (NON_ASCII.test(entry.key)) {
          const meant = alike.get(skeleton(entry.key));
          if (meant !== undefined) yield { ...match, note: [`looks like ${meant}`] };
        }
      }
    },
  },
  {
    id: 'reserved-command',
    title: 'a prompt named like a command of the client',
    severity: 'medium',
    labels: ['SAFE-T1004'],
    why: 'clients offer prompts as commands after a slash; this one stands beside, or in place of, their own',
    find: function* find(subject) {
      for (const [entry, match] of named(subject, ['prompt']))
        if (COMMANDS.has(entry.key.toLowerCase())) yield match;
    },
  },
  {
    id: 'name-collision',
    title: 'a name that another profile has too',
    severity: 'medium',
    labels: ['SAFE-T1301', 'OWASP MCP09 shadow servers'],
    why: 'a client with both may send a call, and what is in it, to the other server',
    find: function* find(subject) {
      for (const other of subject.material.others)
        for (const kind of ['tool', 'prompt'] as const) {
          const theirs = new Map(other[LIST_MEMBER[kind]].map((name) => [skeleton(name), name]));
          for (const [entry, match] of named(subject, [kind])) {
            const known = theirs.get(skeleton(entry.key));
            if (known === undefined) continue;
            yield {
              ...match,
              note: [
                known === entry.key ? 'the same name in profile ' : 'looks like ',
                ...(known === entry.key ? [] : [{ theirs: known }, ' of profile ']),
                { theirs: other.profile },
              ],
            };
          }
        }
    },
  },
  {
    id: 'server-name-collision',
    title: 'the server calls itself like another profile',
    severity: 'medium',
    labels: ['SAFE-T1004'],
    why: 'clients and logs name servers by this name',
    find: function* find({ material }) {
      const names = new Set(
        material.definitions.flatMap(({ serverInfo }) =>
          [serverInfo['name'], serverInfo['title']].filter((name) => typeof name === 'string'),
        ),
      );
      for (const name of names)
        for (const other of material.others) {
          const taken = [other.profile, other.serverName ?? ''].some(
            (known) => known !== '' && skeleton(known) === skeleton(name),
          );
          if (taken)
            yield {
              pointer: pointer('serverInfo', 'name'),
              text: name,
              start: 0,
              end: name.length,
              note: ['the name of profile ', { theirs: other.profile }],
            };
        }
    },
  },
];
