// The whole examination from inside: scratch, plan, launch, answers, judgement. The launch is the very one that servers
// get; only the package is replaced by the probe.
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import { text as readAll } from 'node:stream/consumers';
import { digestFromHex } from '../digest.ts';
import type { Session } from '../launch/session.ts';
import { sandboxSetupFailed } from '../messages/sandbox.ts';
import type { LinuxFacts } from '../system/facts.ts';
import { probeGrants } from '../system/probe-grants.ts';
import type { VerifiedRuntime } from '../verify/verified.ts';
import { type Check, judgeAnswers, type Scene } from './check.ts';
import { fileChecks } from './checks-files.ts';
import { limitChecks } from './checks-limits.ts';
import { networkChecks } from './checks-network.ts';
import { processChecks } from './checks-processes.ts';
import type { Finding } from './finding.ts';
import { planProbe, withQuestions } from './plan-probe.ts';
import { probeText } from './probe-text.ts';
import { type Answer, answersSchema } from './question.ts';
import { makeScratch } from './scratch.ts';

const TIMEOUT_MS = 30_000;
const NAMESPACES = ['user', 'pid', 'mnt', 'net', 'ipc', 'uts'] as const;

export interface Examination {
  readonly findings: readonly Finding[];
  readonly confinement: Session['confinement'];
}

/** Throws what the launch throws when there is no sandbox, and SANDBOX_SETUP_FAILED when the probe did not answer. */
export async function examine(
  facts: LinuxFacts,
  runtime: VerifiedRuntime,
  homes: readonly string[],
): Promise<Examination> {
  const scratch = await makeScratch();
  const grants = probeGrants(scratch.grants);
  try {
    const text = await probeText();
    const digest = digestFromHex(createHash('sha256').update(text).digest('hex'));
    const plan = planProbe({ facts, grants, workspace: scratch.paths.workspace }, { text, digest });
    const scene: Scene = {
      plan,
      tellingProc: facts.tellingProc,
      homes,
      uid: facts.uid,
      namespaces: Object.fromEntries(
        NAMESPACES.map((name) => [name, fs.readlinkSync(`/proc/self/ns/${name}`)]),
      ),
      scratch: scratch.paths,
    };
    const checks = insideChecks(scene);
    const { launch } = await import('../launch/launch.ts');
    const session = await launch({
      plan: withQuestions(
        plan,
        checks.flatMap((check) => check.questions),
      ),
      facts,
      package: 'none',
      runtime,
      grants,
    });
    const answers = await collectAnswers(session);
    return { findings: judgeAnswers(checks, answers), confinement: session.confinement };
  } finally {
    for (const grant of grants) if (grant.kind === 'present') fs.closeSync(grant.fd);
    await scratch.remove();
  }
}

export function insideChecks(scene: Scene): Check[] {
  return [...fileChecks(scene), ...processChecks(scene), ...networkChecks(scene), ...limitChecks(scene)];
}

/** Throws SANDBOX_SETUP_FAILED when the probe ended without its answers. */
export async function collectAnswers(session: Session): Promise<Answer[]> {
  const timer = setTimeout(() => session.kill(), TIMEOUT_MS);
  session.input.end();
  const [output, errors] = await Promise.all([readAll(session.output), readAll(session.errors)]);
  const end = await session.ended;
  clearTimeout(timer);
  const parsed = answersSchema.safeParse(parseJson(output));
  if (parsed.success) return parsed.data;
  const how = end.kind === 'exited' ? `with status ${end.code}` : end.kind;
  throw sandboxSetupFailed(`the probe ended ${how} without its answers ${errors.slice(0, 2000)}`);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
