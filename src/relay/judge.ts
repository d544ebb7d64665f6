// What happens to each message, as a value: the state of one session, without streams, clock or words of its own.
import type { Concealer } from '../secrets/conceal.ts';
import { follow } from './follow.ts';
import type { Frame } from './framing.ts';
import { fromClient } from './from-client.ts';
import { fromServer } from './from-server.ts';
import { announceListChange } from './list-change.ts';
import type { Notice } from './list-changes.ts';
import type { ListName } from './lists.ts';
import type { McpPolicy } from './policy.ts';
import type { RequestId } from './request-id.ts';
import type { Reviewed } from './reviewed.ts';
import { Session } from './session.ts';
import type { Verdict } from './verdict.ts';

export class Judge {
  readonly #session: Session;

  constructor(policy: McpPolicy, reviewed: Reviewed, concealer?: Concealer) {
    this.#session = new Session(policy, reviewed, concealer);
  }

  fromClient(frame: Frame): Verdict {
    return fromClient(this.#session, frame);
  }

  /** @param nowMs of a clock that never goes back */
  fromServer(frame: Frame, nowMs: number): Verdict {
    return fromServer(this.#session, frame, nowMs);
  }

  /** The requests of the client that still wait; they count as answered from now on. */
  giveUp(): readonly RequestId[] {
    const { clientRequests, verification } = this.#session;
    return [...clientRequests.settleAll().map(({ id }) => id), ...verification.giveUp()];
  }

  /** After the longer pause that a verdict asked for. */
  announce(notice: Notice): Verdict {
    return announceListChange(this.#session, notice);
  }

  /** After the pause that a verdict asked for. */
  askAgain(list: ListName): Verdict {
    return follow(this.#session, this.#session.verification.askAgain(list));
  }
}
