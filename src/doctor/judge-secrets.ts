// Profiles that hand a secret over where every user of the machine can read it: an author's decision, and a weak one. Pure.
import type { CordonError } from '../errors.ts';
import { quote } from '../escape.ts';
import { deliveryWords } from '../messages/secrets.ts';
import type { Finding } from './finding.ts';

export type SecretFacts =
  /** Those that are handed over in an argument. */
  | {
      readonly kind: 'read';
      readonly inArguments: ReadonlyArray<{ readonly profile: string; readonly secret: string }>;
    }
  | { readonly kind: 'refused'; readonly error: CordonError };

export function judgeSecrets(facts: SecretFacts): Finding {
  const finding = { section: 'installation', id: 'secrets', title: 'secrets' } as const;
  if (facts.kind === 'refused')
    return { ...finding, verdict: 'failed', detail: facts.error.message, cure: facts.error.hints };
  if (facts.inArguments.length === 0)
    return { ...finding, verdict: 'ok', detail: 'no profile hands one over in an argument', cure: [] };
  const names = facts.inArguments.map(({ profile, secret }) => `${secret} of ${quote(profile)}`);
  return {
    ...finding,
    verdict: 'weaker',
    detail: `${names.join(', ')}: given ${deliveryWords.argument}`,
    cure: ['where the server takes them so, use "deliver": "environment" or "file"'],
  };
}
