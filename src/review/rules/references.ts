// Text that speaks of tools and servers which are not its own (SH-02, SH-03).
import { foldText, splitName } from '../fold.ts';
import type { OtherProfile } from '../material.ts';
import { type Match, type Rule, inProse, occurrences } from './rule.ts';

const DIRECTIVES = [
  /\b(?:instead\s+of|rather\s+than|in\s+place\s+of)\s+(?:using\s+|calling\s+)?(?:the\s+|any\s+|other\s+|your\s+){0,2}(?:[\w-]+\s+){0,2}(?:tools?|functions?|servers?)\b/gi,
  /\b(?:always|only)\s+prefer\b|\bprefer\s+this\s+(?:tool|function|server)\b/gi,
  /\b(?:do\s+not|don't|never|avoid)\s+(?:use|using|call|calling|invoke|invoking)\s+(?:the\s+|any\s+)?(?:other|built-?in|native|default|another)\s+(?:[\w-]+\s+)?(?:tools?|functions?|servers?)\b/gi,
  /\b(?:when(?:ever)?|if|every\s+time|each\s+time|before|after)\s+(?:the\s+|you\s+|any\s+)?(?:[\w-]+\s+){0,3}(?:tool|function)s?\s+(?:is|are|was|were|gets?)\s+(?:used|called|invoked|available|present|run)\b/gi,
  /\b(?:changes?|modif(?:y|ies)|replaces?|overrides?|redefines?)\s+(?:the\s+)?behaviou?r\s+of\s+(?:the\s+)?[\w-]+/gi,
  /\bmcp__\w+/g,
];

const POPULAR =
  /\b(?:github|gitlab|slack|whatsapp|gmail|notion|jira|linear|stripe|telegram|discord|salesforce)\s+(?:mcp\s+)?(?:tools?|server|function)\b/gi;

/** Two words or more, so that it means this tool and not a word of the language. */
function isDistinct(name: string): boolean {
  return splitName(name).includes(' ') && name.length >= 6;
}

export const referenceRules: readonly Rule[] = [
  {
    id: 'cross-profile-mention',
    title: 'speaks of a tool of another profile',
    severity: 'high',
    labels: ['SAFE-T1301', 'SAFE-T1008'],
    why: 'text of one server that says how to use another one is how shadowing works; the other server need not know',
    find: function* find(subject) {
      const own = new Set(subject.entries.map((entry) => entry.key));
      for (const other of subject.material.others)
        for (const name of mentionable(other)) {
          const patterns = [mentionOf(name)];
          // A tool of the same name must not hide it: whose is meant, the model decides.
          const about: Pick<Match, 'note' | 'severity'> = {
            note: ['of profile ', { theirs: other.profile }],
            ...(own.has(name) ? { severity: 'medium' } : {}),
          };
          yield* inProse((text) => (text.entry?.key === name ? [] : occurrences(text, patterns, about)))(
            subject,
          );
        }
    },
  },
  {
    id: 'cross-tool-directive',
    title: 'says how other tools are to be used',
    severity: 'medium',
    labels: ['SAFE-T1301'],
    why: 'it moves calls from or to this server, or changes what other tools are called with',
    find: inProse((text) => occurrences(text, DIRECTIVES)),
  },
  {
    id: 'cross-server-mention',
    title: 'speaks of a well-known server',
    severity: 'low',
    labels: ['SAFE-T1301'],
    why: 'ordinary in a server for that product; anywhere else, ask why',
    find: inProse(function* find(text, { material }) {
      for (const match of occurrences(text, [POPULAR])) {
        const word =
          foldText(text.text.slice(match.start, match.end)).text.split(/\s/)[0]?.toLowerCase() ?? '';
        if (!material.package.name.toLowerCase().includes(word) && material.profile.name !== word)
          yield match;
      }
    }),
  },
];

function mentionable(other: OtherProfile): string[] {
  return [...other.tools, ...other.prompts].filter(isDistinct);
}

function mentionOf(name: string): RegExp {
  const literal = foldText(name).text.replaceAll(/[^\w\s]/g, '\\$&');
  return new RegExp(`(?<![\\w-])${literal}(?![\\w-])`, 'gi');
}
