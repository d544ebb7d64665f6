// What a step of the verification sets in motion, as a verdict: requests that waited go on, or are told that they cannot.
import { relayAnswers } from '../messages/relay.ts';
import { admit } from './admission.ts';
import type { JsonObject } from './envelope.ts';
import type { Session } from './session.ts';
import { failed, type Verdict } from './verdict.ts';
import type { Progress } from './verification.ts';

export function follow(session: Session, progress: Progress): Verdict {
  if (progress.drift !== undefined) return { drift: progress.drift };
  if (progress.again !== undefined) return { again: progress.again };
  const judged = progress.released.map((held) => ({
    held,
    verdict: admit(session, held.message, held.era, held.isChanged),
  }));
  const passed = judged.flatMap(
    ({ held, verdict }): ReadonlyArray<JsonObject | Uint8Array> =>
      verdict.forward === true ? [held.line] : verdict.anew === undefined ? [] : [verdict.anew],
  );
  const answers = judged.flatMap(({ verdict }) => (verdict.answer === undefined ? [] : [verdict.answer]));
  const denial =
    progress.isHiding === true
      ? ({ reason: 'tool-unknown', detail: relayAnswers.resourceHidden } as const)
      : judged.find(({ verdict }) => verdict.denial !== undefined)?.verdict.denial;
  return {
    toServer: [...progress.toServer, ...passed],
    toClient: progress.toClient,
    answers: [...answers, ...progress.failed.map((id) => failed(id, relayAnswers.listUnavailable))],
    ...(denial === undefined ? {} : { denial }),
  };
}
