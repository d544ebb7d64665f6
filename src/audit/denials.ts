import type { AuditLog } from './log.ts';
import type { AuditEvent } from './event.ts';

type Denied = Extract<AuditEvent, { event: 'denied' }>;
type Denial = Pick<Denied, 'direction' | 'reason' | 'detail'>;
type Subject = Pick<Denied, 'profile' | 'package' | 'digest'>;

const MAX_KINDS = 64;

/**
 * Counts denials by kind, so that a flood costs neither memory nor disk: the first of each kind is written at once, the
 * totals when the session ends.
 */
export class DenialCounter {
  readonly #counts = new Map<string, { readonly denial: Denial; count: number }>();
  readonly #first: (denial: Denial) => void;

  constructor(first: (denial: Denial) => void) {
    this.#first = first;
  }

  add(denial: Denial): void {
    const key = `${denial.direction} ${denial.reason} ${denial.detail ?? ''}`;
    const known = this.#counts.get(key);
    if (known !== undefined) {
      known.count += 1;
    } else if (this.#counts.size < MAX_KINDS) {
      this.#counts.set(key, { denial, count: 1 });
      this.#first(denial);
    }
  }

  async recordTotals(audit: AuditLog, subject: Subject): Promise<void> {
    for (const { denial, count } of this.#counts.values()) {
      if (count > 1) await audit.record({ ...subject, event: 'denied', ...denial, count });
    }
  }
}
