import { addressRules } from './addresses.ts';
import { annotationRules } from './annotations.ts';
import { behaviourRules } from './behaviour.ts';
import { encodedRules } from './encoded.ts';
import { grantRules } from './grants.ts';
import { hiddenRules } from './hidden.ts';
import { instructionRules } from './instructions.ts';
import { layoutRules } from './layout.ts';
import { nameRules } from './names.ts';
import { referenceRules } from './references.ts';
import type { Rule } from './rule.ts';
import { schemaRules } from './schemas.ts';
import { secretRules } from './secrets.ts';
import { supplyChainRules } from './supply-chain.ts';

/** In the order in which findings of one severity are shown. */
export const RULES: readonly Rule[] = [
  ...hiddenRules,
  ...instructionRules,
  ...secretRules,
  ...layoutRules,
  ...encodedRules,
  ...nameRules,
  ...referenceRules,
  ...annotationRules,
  ...schemaRules,
  ...addressRules,
  ...behaviourRules,
  ...grantRules,
  ...supplyChainRules,
];
