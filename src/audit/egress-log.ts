// Writes what the broker tells into the audit log, each event as one line while they are few. A server that opens
// connections or asks for names without end must neither fill the disk nor hide among its own noise what it reached: then
// what is alike is added up and written at intervals, hosts that were reached first.
import type { EgressEvent } from '../egress/event.ts';
import { escapeText } from '../escape.ts';
import type { AuditEvent } from './event.ts';

type Egress = Extract<AuditEvent, { event: 'egress' }>;
export type EgressLine = Omit<Egress, 'profile' | 'package' | 'digest'>;

/** `stray`: denied, and the host is one that the server made up, so that there is no end of them. */
type Rank = EgressLine['verdict'] | 'stray';

/** Lines written at once, and how many more each second: some tens of megabytes a day at the very most. */
const BURST = 264;
const PER_SECOND = 1;
/** Of these, kept for sums. */
const RESERVE = 64;
const FLUSH_MS = 5000;
/** Sums of each rank. What is stray is without number; hosts that are granted mostly fit. */
const MAX_KINDS = 128;
/** What a name may be is up to the server; longer than any that can be granted says nothing more. */
const MAX_HOST = 253;

interface Sum {
  line: EgressLine;
  count: number;
}

export class EgressLog {
  readonly #write: (line: EgressLine) => void;
  readonly #now: () => number;
  #tokens = BURST;
  #refilled: number;
  /** In the order in which they are written. */
  readonly #sums: Readonly<Record<Rank, Map<string, Sum>>> = {
    allowed: new Map(),
    failed: new Map(),
    denied: new Map(),
    stray: new Map(),
  };
  #timer: NodeJS.Timeout | undefined;

  /** @param now milliseconds on a clock that only goes forward */
  constructor(write: (line: EgressLine) => void, now: () => number = () => performance.now()) {
    this.#write = write;
    this.#now = now;
    this.#refilled = now();
  }

  add(given: EgressEvent): void {
    const host = escapeText(given.host.slice(0, MAX_HOST)).slice(0, MAX_HOST);
    const line: EgressLine = { event: 'egress', ...given, host };
    this.#refill();
    if (this.#tokens > RESERVE) {
      this.#tokens -= 1;
      this.#write(line);
      return;
    }
    this.#sum(line);
    this.#timer ??= setTimeout(() => this.flush(), FLUSH_MS).unref();
  }

  /** Writes what was added up. */
  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#refill();
    for (const sums of Object.values(this.#sums)) {
      const kinds = [...sums].filter(([kind]) => kind !== REST);
      const lines = Math.min(kinds.length, Math.floor(this.#tokens));
      this.#tokens -= lines;
      for (const [, sum] of kinds.slice(lines)) addToRest(sums, sum);
      const rest = sums.get(REST);
      for (const { line, count } of [
        ...kinds.slice(0, lines).map(([, sum]) => sum),
        ...(rest === undefined ? [] : [rest]),
      ])
        this.#write({ ...line, count });
      sums.clear();
    }
  }

  #sum(line: EgressLine): void {
    const sums = this.#sums[rankOf(line)];
    const kind = JSON.stringify([line.host, line.port, line.reason]);
    const known = sums.get(kind);
    if (known !== undefined) addTo(known, line, 1);
    else if (sums.size < MAX_KINDS) sums.set(kind, { line, count: 1 });
    else addToRest(sums, { line, count: 1 });
  }

  #refill(): void {
    const time = this.#now();
    this.#tokens = Math.min(BURST, this.#tokens + ((time - this.#refilled) / 1000) * PER_SECOND);
    this.#refilled = time;
  }
}

function rankOf({ verdict, reason }: EgressLine): Rank {
  const isStray =
    reason === 'name-not-granted' || reason === 'address-unknown' || reason === 'request-invalid';
  return isStray ? 'stray' : verdict;
}

/** Key of the sum of everything that has no sum of its own. */
const REST = '';

function addToRest(sums: Map<string, Sum>, { line, count }: Sum): void {
  const rest = sums.get(REST);
  if (rest !== undefined) return addTo(rest, line, count);
  const { event, verdict, bytesToHost, bytesToServer, durationMs } = line;
  const others: EgressLine = { event, host: '(others)', verdict, bytesToHost, bytesToServer, durationMs };
  sums.set(REST, { line: others, count });
}

function addTo(sum: Sum, line: EgressLine, count: number): void {
  sum.count += count;
  sum.line = {
    ...sum.line,
    bytesToHost: sum.line.bytesToHost + line.bytesToHost,
    bytesToServer: sum.line.bytesToServer + line.bytesToServer,
    durationMs: sum.line.durationMs + line.durationMs,
  };
}
