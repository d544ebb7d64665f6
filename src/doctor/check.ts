// One check from inside: what to ask the probe, and what its answers mean. Pure.
import type * as z from 'zod';
import type { SandboxPlan } from '../plan/plan.ts';
import type { LinuxFacts } from '../system/facts.ts';
import type { Finding, Section, Verdict } from './finding.ts';
import type { Answer, Question } from './question.ts';

/** What the doctor prepared outside, for the probe to try. */
export interface Scene {
  readonly plan: SandboxPlan;
  /** `/proc` entries that no server may read. */
  readonly tellingProc: LinuxFacts['tellingProc'];
  /** The real home folders outside: as `HOME` and as the user database names them. */
  readonly homes: readonly string[];
  /** Real user id outside. */
  readonly uid: number;
  /** Namespace links of the doctor itself: `net` -> `net:[4026531840]`. */
  readonly namespaces: Readonly<Record<string, string>>;
  readonly scratch: {
    /** Granted for writing. */
    readonly workspace: string;
    /** A folder in the workspace, granted for reading only. */
    readonly protected: string;
    /** A file beside the workspace, granted to nobody. */
    readonly ungranted: string;
    /** A unix socket in the workspace on which the doctor listens. */
    readonly socket: string;
    /** A TCP port of 127.0.0.1 on which the doctor listens. */
    readonly port: number;
  };
}

export interface Judgement {
  readonly verdict: Verdict;
  readonly detail: string;
  readonly cure?: readonly string[];
}

export interface Check {
  readonly section: Section;
  readonly id: string;
  readonly title: string;
  readonly questions: readonly Question[];
  /** One answer for each question, in their order. */
  readonly judge: (answers: readonly Answer[]) => Judgement;
}

/** When a wall that bubblewrap or the kernel should have raised is not there, no setting of ours brings it back. */
const NO_WALL = [
  'apt-get install --only-upgrade bubblewrap',
  'until doctor says ok here: run no server on this machine; report it with the output of cordon doctor --json',
] as const;

export const ok = (detail: string): Judgement => ({ verdict: 'ok', detail });
export const weaker = (detail: string, cure: readonly string[] = []): Judgement => ({
  verdict: 'weaker',
  detail,
  cure,
});
export const failed = (detail: string, cure: readonly string[] = NO_WALL): Judgement => ({
  verdict: 'failed',
  detail,
  cure,
});

/** The findings of all checks, from the answers to all their questions in order. A missing answer fails its check. */
export function judgeAnswers(checks: readonly Check[], answers: readonly Answer[]): Finding[] {
  let next = 0;
  return checks.map((check) => {
    const own = answers.slice(next, (next += check.questions.length));
    const judgement =
      own.length === check.questions.length ? check.judge(own) : failed('the probe gave no answer');
    return {
      section: check.section,
      id: check.id,
      title: check.title,
      verdict: judgement.verdict,
      detail: judgement.detail,
      cure: judgement.cure ?? [],
    };
  });
}

/** The value of an answer in the shape that was asked for; undefined for an error or another shape. */
export function valueOf<Schema extends z.ZodType>(
  answer: Answer | undefined,
  schema: Schema,
): z.output<Schema> | undefined {
  if (answer === undefined || !('ok' in answer)) return undefined;
  const parsed = schema.safeParse(answer.ok);
  return parsed.success ? parsed.data : undefined;
}

/** The system's word for a refusal; undefined when nothing was refused. */
export function refusalOf(answer: Answer | undefined): string | undefined {
  return answer !== undefined && 'error' in answer ? answer.error : undefined;
}

/** How an answer that should not be reads in a detail. */
export function describe(answer: Answer | undefined): string {
  if (answer === undefined) return 'no answer';
  return 'error' in answer ? answer.error : 'it worked';
}
