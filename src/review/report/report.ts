// Model -> report. The order is the order of reading: what it is, what it may do, what it is made of, what stands out,
// everything that it says, what changed, and the digest last, below all of it.
import { escapeText } from '../../escape.ts';
import type { ReviewModel } from '../model.ts';
import { changesSection } from './changes.ts';
import type { Report } from './blocks.ts';
import { approvalSection, crossProfileSection, limitsSection, probesSection } from './closing.ts';
import { definitionsSection } from './definitions.ts';
import { findingsSection } from './findings.ts';
import { grantsSection } from './grants.ts';
import { identitySection } from './identity.ts';
import { supplyChainSection } from './supply-chain.ts';
import { verdictOf } from './verdict.ts';

export function reportOf(model: ReviewModel): Report {
  return {
    title: `review of ${escapeText(model.profile.name)}`,
    verdict: verdictOf(model),
    sections: [
      identitySection(model),
      grantsSection(model),
      supplyChainSection(model),
      findingsSection(model),
      definitionsSection(model),
      changesSection(model),
      crossProfileSection(model),
      probesSection(model),
      limitsSection(model),
      approvalSection(model),
    ],
  };
}
