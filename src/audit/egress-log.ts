// Writes what the broker tells into the audit log, each event as one line while they are few. A server that opens
// connections or asks for names without end must not fill the disk: then what is alike is added up and written at intervals.
import type { EgressEvent } from '../egress/event.ts';
import type { AuditEvent } from './event.ts';

type Egress = Extract<AuditEvent, { event: 'egress' }>;
export type EgressLine = Omit<Egress, 'profile' | 'package' | 'digest'>;

/** Lines written at once, and how many more each second. */
const BURST = 200;
const PER_SECOND = 20;
const FLUSH_MS = 5000;
const MAX_KINDS = 256;
/** What a name may be is up to the server; longer than any that can be granted says nothing more. */
const MAX_HOST = 253;

export class EgressLog {
  readonly #write: (line: EgressLine) => void;
  readonly #now: () => number;
  #tokens = BURST;
  #refilled: number;
  readonly #sums = new Map<string, { line: EgressLine; count: number }>();
  #timer: NodeJS.Timeout | undefined;

  /** @param now milliseconds on a clock that only goes forward */
  constructor(write: (line: EgressLine) => void, now: () => number = () => performance.now()) {
    this.#write = write;
    this.#now = now;
    this.#refilled = now();
  }

  add(given: EgressEvent): void {
    const event = { ...given, host: given.host.slice(0, MAX_HOST) };
    const time = this.#now();
    this.#tokens = Math.min(BURST, this.#tokens + ((time - this.#refilled) / 1000) * PER_SECOND);
    this.#refilled = time;
    if (this.#tokens >= 1) {
      this.#tokens -= 1;
      this.#write({ event: 'egress', ...event });
      return;
    }
    this.#sum(event);
    this.#timer ??= setTimeout(() => this.flush(), FLUSH_MS).unref();
  }

  /** Writes what was added up. */
  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    for (const { line, count } of this.#sums.values()) this.#write({ ...line, count });
    this.#sums.clear();
  }

  #sum(event: EgressEvent): void {
    const key = JSON.stringify([event.host, event.port, event.verdict, event.reason]);
    const known = this.#sums.get(key);
    if (known !== undefined) return addTo(known, event);
    if (this.#sums.size < MAX_KINDS) {
      this.#sums.set(key, { line: { event: 'egress', ...event }, count: 1 });
      return;
    }
    const { verdict, bytesToHost, bytesToServer, durationMs } = event;
    const rest = this.#sums.get(verdict);
    if (rest !== undefined) return addTo(rest, event);
    const line: EgressLine = {
      event: 'egress',
      host: '(others)',
      verdict,
      bytesToHost,
      bytesToServer,
      durationMs,
    };
    this.#sums.set(verdict, { line, count: 1 });
  }
}

function addTo(sum: { line: EgressLine; count: number }, event: EgressEvent): void {
  sum.count += 1;
  sum.line = {
    ...sum.line,
    bytesToHost: sum.line.bytesToHost + event.bytesToHost,
    bytesToServer: sum.line.bytesToServer + event.bytesToServer,
    durationMs: sum.line.durationMs + event.durationMs,
  };
}
