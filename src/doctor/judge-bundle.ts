// The bundle that a managed machine has its policy from -> a finding. Pure. What no start asks for: whether anybody still looks
// after it.
import { secondsOf } from '../bundle/index-file.ts';
import type { InstalledBundle } from '../bundle/installed-bundle.ts';
import type { CordonError } from '../errors.ts';
import { bundleState } from '../messages/bundle.ts';
import type { Finding } from './finding.ts';

export type BundleFacts =
  /** Its policy came in another way. */
  | { readonly kind: 'none' }
  | {
      readonly kind: 'installed';
      readonly bundle: InstalledBundle;
      /** Why nobody is known who could sign the next one. */
      readonly signersError: CordonError | undefined;
    }
  | { readonly kind: 'refused'; readonly error: CordonError };

/** @param now milliseconds since 1970 */
export function judgeBundle(facts: BundleFacts, now: number): Finding[] {
  const finding = { section: 'installation', id: 'bundle', title: 'bundle of policy' } as const;
  switch (facts.kind) {
    case 'none':
      return [];
    case 'refused': {
      const { message, details, hints } = facts.error;
      return [{ ...finding, verdict: 'failed', detail: [message, ...details].join('; '), cure: hints }];
    }
    case 'installed': {
      const { bundle, signersError } = facts;
      const isOver = (secondsOf(bundle.expires) ?? 0) * 1000 <= now;
      const weaker = [
        ...(isOver ? [bundleState.expired(bundle.expires)] : []),
        ...(signersError === undefined ? [] : [bundleState.noneTaken(signersError.message)]),
      ];
      const name = bundleState.installed(bundle.name, bundle.version);
      if (weaker.length === 0)
        return [
          { ...finding, verdict: 'ok', detail: `${name}, ${bundleState.until(bundle.expires)}`, cure: [] },
        ];
      return [
        {
          ...finding,
          verdict: 'weaker',
          detail: [name, ...weaker].join('; '),
          cure: [...(isOver ? [bundleState.renew] : []), ...(signersError?.hints ?? [])],
        },
      ];
    }
  }
}
