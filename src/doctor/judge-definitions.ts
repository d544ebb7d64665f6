// Profiles that show their client whatever the server says: an author's decision, and weaker than reviewed definitions. Pure.
import type { CordonError } from '../errors.ts';
import { quote } from '../escape.ts';
import type { Finding } from './finding.ts';

export type DefinitionFacts =
  /** Names of the profiles whose `definitions` are "unpinned". */
  | { readonly kind: 'read'; readonly unpinned: readonly string[] }
  | { readonly kind: 'refused'; readonly error: CordonError };

export function judgeDefinitions(facts: DefinitionFacts): Finding {
  const finding = { section: 'installation', id: 'definitions', title: 'definitions' } as const;
  if (facts.kind === 'refused')
    return { ...finding, verdict: 'failed', detail: facts.error.message, cure: facts.error.hints };
  const [first] = facts.unpinned;
  if (first === undefined)
    return { ...finding, verdict: 'ok', detail: 'every profile shows reviewed definitions alone', cure: [] };
  const names = facts.unpinned.map((name) => quote(name)).join(', ');
  return {
    ...finding,
    verdict: 'weaker',
    detail: `unpinned in ${names}: what the server says of its tools reaches the model, reviewed or not`,
    cure: [`remove "definitions": "unpinned" from the profile, then: cordon review ${first}`],
  };
}
