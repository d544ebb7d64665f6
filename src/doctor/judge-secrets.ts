// Profiles that hand a secret over where every user of the machine can read it, an author's decision and a weak one; and
// sources in the configuration for which no profile asks. Pure.
import type { CordonError } from '../errors.ts';
import { quote } from '../escape.ts';
import { deliveryWords, sourcesUnused } from '../messages/secrets.ts';
import type { UnusedSources } from '../secrets/unused-sources.ts';
import type { Finding } from './finding.ts';

export type SecretFacts =
  | {
      readonly kind: 'read';
      /** Those that are handed over in an argument. */
      readonly inArguments: ReadonlyArray<{ readonly profile: string; readonly secret: string }>;
      readonly unused: readonly UnusedSources[];
    }
  | { readonly kind: 'refused'; readonly error: CordonError };

export function judgeSecrets(facts: SecretFacts): Finding {
  const finding = { section: 'installation', id: 'secrets', title: 'secrets' } as const;
  if (facts.kind === 'refused')
    return { ...finding, verdict: 'failed', detail: facts.error.message, cure: facts.error.hints };
  const { inArguments, unused } = facts;
  if (inArguments.length === 0 && unused.length === 0)
    return {
      ...finding,
      verdict: 'ok',
      detail: 'no profile hands one over in an argument, and every source has one that asks for it',
      cure: [],
    };
  const names = inArguments.map(({ profile, secret }) => `${secret} of ${quote(profile)}`);
  return {
    ...finding,
    verdict: 'weaker',
    detail: [
      ...(names.length === 0 ? [] : [`${names.join(', ')}: given ${deliveryWords.argument}`]),
      ...unused.map(sourcesUnused),
    ].join('; '),
    cure: [
      ...(names.length === 0
        ? []
        : ['where the server takes them so, use "deliver": "environment" or "file"']),
      ...(unused.length === 0 ? [] : ['correct or remove it under "secrets" in config.json']),
    ],
  };
}
