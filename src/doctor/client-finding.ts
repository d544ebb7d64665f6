import type { Finding, Verdict } from './finding.ts';

export function clientFinding(
  id: string,
  title: string,
  verdict: Verdict,
  detail: string,
  cure: readonly string[] = [],
): Finding {
  return { section: 'clients', id, title, verdict, detail, cure };
}
