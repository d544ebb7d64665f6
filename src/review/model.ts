// Material -> everything that a report shows, in one value that all four renderers draw. Texts of others stay raw in it: a
// renderer escapes for where it writes to, through `reveal`.
import type { Digest } from '../digest.ts';
import type { ExplainedGrant } from '../explain/explanation.ts';
import type { ExplainedNetwork } from '../explain/network.ts';
import type { Approval } from '../pins/approval.ts';
import { canonicalJson, type Json, type JsonObject } from '../pins/canonical-json.ts';
import type { DefinitionContext } from '../pins/definitions.ts';
import { type DefinitionDiff, type FieldChange, compareWithApproved } from './compare.ts';
import { comparePackages, type PackageChange } from './compare-packages.ts';
import { type Finding, findingsOf, rulesMatching } from './findings.ts';
import { type GrantChange, grantChanges } from './grants.ts';
import type { PackageFacts, ProbeReport, Publication, ReviewMaterial, ReviewedProfile } from './material.ts';
import { type ParameterRow, parameterRows } from './parameters.ts';
import { RULES } from './rules/all.ts';
import { encodedRules } from './rules/encoded.ts';
import { hiddenRules } from './rules/hidden.ts';
import { instructionRules } from './rules/instructions.ts';
import { layoutRules } from './rules/layout.ts';
import { SEVERITIES, type Severity } from './rules/rule.ts';
import { secretRules } from './rules/secrets.ts';
import { type Entry, type Subject, byText, subjectOf } from './subject.ts';

export interface ReviewModel {
  readonly state: 'first' | 'unchanged' | 'changed';
  readonly counts: Readonly<Record<Severity, number>>;
  readonly rules: number;
  readonly profile: ReviewedProfile;
  readonly package: PackageFacts;
  readonly approval: Approval | undefined;
  readonly approvedPackage:
    | Pick<PackageFacts, 'name' | 'version' | 'tree' | 'lockfile' | 'entry' | 'runtime'>
    | undefined;
  readonly grants: readonly ExplainedGrant[];
  readonly network: ExplainedNetwork;
  /** Undefined when there is nothing to hold them against. */
  readonly grantChanges: readonly GrantChange[] | undefined;
  readonly packageChanges: readonly PackageChange[] | undefined;
  readonly findings: readonly Finding[];
  readonly contexts: readonly DefinitionContext[];
  /** In which the approved definitions were asked for; undefined before the first approval. */
  readonly approvedContexts: readonly DefinitionContext[] | undefined;
  readonly definitions: readonly ReviewedDefinition[];
  readonly server: readonly ServerStatement[];
  /** Undefined on a first review. */
  readonly changes: readonly ReviewedChange[] | undefined;
  readonly otherProfiles: readonly string[];
  readonly crossProfile: readonly Finding[];
  readonly probes: readonly ProbeReport[];
  readonly publications: readonly Publication[];
  readonly notes: readonly string[];
  readonly digest: Digest;
}

export interface ReviewedDefinition extends Entry {
  readonly input: readonly ParameterRow[];
  readonly output: readonly ParameterRow[];
  readonly findings: readonly Finding[];
}

/** What the server says of itself, once for all contexts in which it says the same. */
export interface ServerStatement {
  readonly part: 'instructions' | 'serverInfo' | 'capabilities';
  readonly value: JsonObject | string | null;
  readonly contexts: readonly number[];
}

export interface ReviewedChange extends Omit<DefinitionDiff, 'fields'> {
  readonly fields: readonly ReviewedField[];
}

export interface ReviewedField extends FieldChange {
  /** Rules that match the new text and did not match the old one. */
  readonly newly: readonly string[];
}

export function reviewModel(material: ReviewMaterial): ReviewModel {
  const subject = subjectOf(material);
  const findings = findingsOf(material, subject);
  const { approved } = material;
  const changes = approved && compareWithApproved(approved.definitions, material.definitions);
  const grants = approved?.profile && grantChanges(approved.profile, material.profile);
  return {
    state:
      approved === undefined
        ? 'first'
        : approved.approval.digest === material.digest
          ? 'unchanged'
          : 'changed',
    counts: countBySeverity(findings),
    rules: RULES.length,
    profile: material.profile,
    package: material.package,
    approval: approved?.approval,
    approvedPackage: approved?.package,
    grants: material.grants,
    network: material.network,
    grantChanges: grants,
    packageChanges:
      approved?.package && comparePackages(approved.package.packages, material.package.packages),
    findings,
    contexts: material.definitions.map(({ context }) => context),
    approvedContexts: approved?.definitions.map(({ context }) => context),
    definitions: subject.entries.map((entry) => ({
      ...entry,
      input: parameterRows(entry.value['inputSchema'], '/inputSchema'),
      output: parameterRows(entry.value['outputSchema'], '/outputSchema'),
      findings: findings.filter(
        ({ pointer }) => pointer === entry.pointer || pointer.startsWith(`${entry.pointer}/`),
      ),
    })),
    server: serverStatements(material),
    changes: changes?.map((diff) => ({
      ...diff,
      fields: diff.fields.map((field) => withNewRules(field, subject)),
    })),
    otherProfiles: material.others.map(({ profile }) => profile).toSorted(byText),
    crossProfile: findings.filter(({ rule }) => CROSS_PROFILE.has(rule)),
    probes: material.probes,
    publications: material.publications,
    notes: material.notes,
    digest: material.digest,
  };
}

const CROSS_PROFILE = new Set(['name-collision', 'server-name-collision', 'cross-profile-mention']);

function countBySeverity(findings: readonly Finding[]): Record<Severity, number> {
  return Object.fromEntries(
    SEVERITIES.map((severity) => [
      severity,
      findings.filter((finding) => finding.severity === severity).length,
    ]),
  ) as Record<Severity, number>;
}

const TEXT_RULES = [
  ...hiddenRules,
  ...instructionRules,
  ...secretRules,
  ...layoutRules,
  ...encodedRules,
].filter((rule) => rule.severity !== 'info');

function withNewRules(field: FieldChange, subject: Subject): ReviewedField {
  const matching = (value: Json | undefined): ReadonlySet<string> => {
    if (value === undefined) return new Set();
    return rulesMatching(typeof value === 'string' ? value : canonicalJson(value), subject, TEXT_RULES);
  };
  const known = matching(field.before);
  return { ...field, newly: [...matching(field.after)].filter((id) => !known.has(id)) };
}

function serverStatements({ definitions }: ReviewMaterial): ServerStatement[] {
  return (['serverInfo', 'capabilities', 'instructions'] as const).flatMap((part) => {
    const byValue = new Map<string, ServerStatement>();
    for (const [context, set] of definitions.entries()) {
      const identity = canonicalJson(set[part]);
      const known = byValue.get(identity);
      byValue.set(identity, { part, value: set[part], contexts: [...(known?.contexts ?? []), context] });
    }
    return [...byValue.values()];
  });
}
