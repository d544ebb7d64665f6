// Owners and modes of a managed installation -> a finding. Pure.
import { quote } from '../escape.ts';
import { shellQuote } from '../messages/wording.ts';
import type { Finding } from './finding.ts';

export interface OwnerFacts {
  readonly looked: number;
  /** What is not root's alone; `why` is the end of a sentence. */
  readonly faults: ReadonlyArray<{ readonly path: string; readonly why: string }>;
}

const SHOWN = 5;

/** @param facts undefined when unmanaged: then nobody promises it */
export function judgeOwners(facts: OwnerFacts | undefined): Finding[] {
  if (facts === undefined) return [];
  const { looked, faults } = facts;
  const finding = { section: 'installation', id: 'owners', title: 'owners and modes' } as const;
  if (faults.length === 0)
    return [
      {
        ...finding,
        verdict: 'ok',
        detail: `${looked} files and folders, all of them root’s alone`,
        cure: [],
      },
    ];
  const shown = faults.slice(0, SHOWN);
  const more = faults.length - shown.length;
  return [
    {
      ...finding,
      verdict: 'failed',
      detail: `${shown.map(({ path, why }) => `${quote(path)} ${why}`).join('; ')}${more === 0 ? '' : `; and ${more} more`}`,
      cure: shown.map(({ path, why }) =>
        why.startsWith('leads')
          ? `see who put it there, then move it away: ${shellQuote(path)}`
          : `sudo chown root:root ${shellQuote(path)} && sudo chmod go-w ${shellQuote(path)}`,
      ),
    },
  ];
}
