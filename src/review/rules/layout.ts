// Text that is there and out of sight.
import { type Rule, inProse } from './rule.ts';

/** Whole runs, judged afterwards: a pattern that looks ahead from each blank takes minutes for a text of blanks. */
const BLANKS = /[^\S\r\n]*(?:\r?\n[^\S\r\n]*)+|[^\S\r\n]+/gu;
const LONG_BLANKS = 40;
const LONG_LINES = 9;
/** Where Claude Code cuts a description and the server's instructions. */
export const CUT_AT = 2048;

export const layoutRules: readonly Rule[] = [
  {
    id: 'blank-run',
    title: 'text behind a long blank run',
    severity: 'medium',
    labels: ['SAFE-T1402'],
    why: 'a dialog that shows the first line or the first screen does not show what stands behind it (seen in the WhatsApp attack)',
    find: inProse(function* find(text) {
      for (const { 0: run, index } of text.text.matchAll(BLANKS)) {
        const lines = run.split('\n').length - 1;
        const isLong = lines >= LONG_LINES || run.split(/\r?\n/).some((line) => line.length >= LONG_BLANKS);
        if (!isLong || index + run.length === text.text.length) continue;
        yield {
          pointer: text.pointer,
          text: text.text,
          start: index,
          end: index + run.length,
          note: [lines > 0 ? `${lines} line ends, and then text` : `${run.length} blanks, and then text`],
        };
      }
    }),
  },
  {
    id: 'long-text',
    title: `text after ${CUT_AT} characters`,
    severity: 'medium',
    labels: ['SAFE-T1001'],
    why: 'some clients cut here and others do not, so what a reviewer saw in one client is not what a model reads in another',
    find: inProse(function* find(text) {
      if (text.role !== 'description' && text.role !== 'instructions') return;
      if (text.text.length <= CUT_AT) return;
      yield {
        pointer: text.pointer,
        text: text.text,
        start: CUT_AT,
        end: Math.min(text.text.length, CUT_AT + 120),
        note: [`${text.text.length} characters, ${text.text.length - CUT_AT} of them after the cut`],
      };
    }),
  },
];
