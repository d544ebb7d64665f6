/**
 * `ok`: the protection holds. `weaker`: it holds less than it could on another machine, and why. `failed`: it does not
 * hold, or could not be checked; servers must not be trusted here before it is cured.
 */
export type Verdict = 'ok' | 'weaker' | 'failed';

export interface Finding {
  readonly section: Section;
  /** Stable name for scripts, kebab-case. */
  readonly id: string;
  readonly title: string;
  readonly verdict: Verdict;
  /** One line; text that is not ours is escaped where it is shown. */
  readonly detail: string;
  /** Commands to paste, or the one thing to do. Never empty when failed. */
  readonly cure: readonly string[];
}

export const SECTIONS = {
  machine: 'machine',
  installation: 'installation',
  clients: 'clients: is the policy in force here',
  files: 'files, seen from inside the sandbox',
  processes: 'processes and kernel, seen from inside the sandbox',
  network: 'network, seen from inside the sandbox',
  limits: 'limits, seen from inside the sandbox',
} as const;

export type Section = keyof typeof SECTIONS;

export type MakeFinding = (
  id: string,
  title: string,
  verdict: Verdict,
  detail: string,
  cure?: readonly string[],
) => Finding;

/** Findings of one section, which its judge names once. */
export function findingsOf(section: Section): MakeFinding {
  return (id, title, verdict, detail, cure = []) => ({ section, id, title, verdict, detail, cure });
}

export function countVerdicts(findings: readonly Finding[]): Readonly<Record<Verdict, number>> {
  const count = (verdict: Verdict): number =>
    findings.filter((finding) => finding.verdict === verdict).length;
  return { ok: count('ok'), weaker: count('weaker'), failed: count('failed') };
}
