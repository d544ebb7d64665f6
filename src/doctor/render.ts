// Findings -> text for a person, or one JSON document. Pure.
import { escapeText } from '../escape.ts';
import { countVerdicts, type Finding, SECTIONS, type Section, type Verdict } from './finding.ts';

const COLORS: Readonly<Record<Verdict, string>> = { ok: '32', weaker: '33', failed: '31' };
const VERDICT_WIDTH = 8;

/** With a newline at its end. `color`: terminal colours for the verdicts. */
export function renderFindings(findings: readonly Finding[], options: { readonly color: boolean }): string {
  const titleWidth = Math.max(...findings.map((finding) => finding.title.length)) + 2;
  const paint = (verdict: Verdict, text: string): string =>
    options.color ? `\u001b[${COLORS[verdict]}m${text}\u001b[0m` : text;
  const lines: string[] = [];
  for (const section of Object.keys(SECTIONS) as Section[]) {
    const own = findings.filter((finding) => finding.section === section);
    if (own.length === 0) continue;
    lines.push(SECTIONS[section]);
    for (const { verdict, title, detail, cure } of own) {
      lines.push(
        `  ${paint(verdict, verdict.padEnd(VERDICT_WIDTH))}${title.padEnd(titleWidth)}${escapeText(detail)}`,
        ...cure.map((line) => `${' '.repeat(VERDICT_WIDTH + 2)}hint: ${escapeText(line)}`),
      );
    }
    lines.push('');
  }
  const counts = countVerdicts(findings);
  return `${lines.join('\n')}\n${counts.ok} ok, ${counts.weaker} weaker, ${counts.failed} failed\n`;
}

export function findingsDocument(findings: readonly Finding[]): object {
  return { ...countVerdicts(findings), findings };
}
