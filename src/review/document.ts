// Model -> the JSON document: for programs, and for whoever wants to look at one review in a year. Its shape is an interface;
// members are added, never changed. Text of others is in it as it is.
import type { PackageChange } from './compare-packages.ts';
import { reportOf } from './report/report.ts';
import type { ReviewModel } from './model.ts';

export function reviewDocument(model: ReviewModel): object {
  const { verdict } = reportOf(model);
  const { approvedPackage, approval, state } = model;
  return {
    schema: 1,
    kind: 'review',
    digest: model.digest,
    verdict: {
      state,
      headline: verdict.headline,
      points: verdict.points,
      findings: model.counts,
      rules: model.rules,
    },
    profile: model.profile,
    package: model.package,
    approved:
      approval === undefined
        ? null
        : { approval, package: approvedPackage === undefined ? null : identityOf(approvedPackage) },
    grants: { filesystem: model.grants, network: model.network, changes: model.grantChanges ?? null },
    packageChanges: model.packageChanges?.map(packageChange) ?? null,
    findings: model.findings.map(({ definition, ...finding }) => ({
      ...finding,
      definition: definition ?? null,
    })),
    contexts: model.contexts,
    server: model.server,
    definitions: model.definitions.map(({ kind, key, hash, pointer, contexts, value }) => {
      return { kind, key, sha256: hash, pointer, contexts, definition: value };
    }),
    changes:
      model.changes?.map(({ fields, renamed, ...change }) => ({
        ...change,
        renamed: renamed ?? null,
        fields: fields.map(({ words: _words, ...field }) => field),
      })) ?? null,
    otherProfiles: model.otherProfiles,
    probes: model.probes,
    publications: model.publications,
    notes: model.notes,
  };
}

function packageChange({ before, after, ...change }: PackageChange): object {
  const kind = before.length === 0 ? 'added' : after.length === 0 ? 'removed' : 'changed';
  return {
    ...change,
    change: kind,
    ...(before.length === 0 ? {} : { before: before.join(', ') }),
    ...(after.length === 0 ? {} : { after: after.join(', ') }),
  };
}

function identityOf({ name, version, tree, lockfile }: NonNullable<ReviewModel['approvedPackage']>): object {
  return { name, version, tree, lockfile };
}

// What JSON.stringify leaves as it is and a terminal or a reader does not.
const UNSAFE = /[\u007f-\u009f\p{Cf}\p{DI}\p{Zl}\p{Zp}\p{Co}\p{Cn}]/gu;

/** The document as text in which nothing is hidden: JSON has its own escapes for that. */
export function documentText(document: object): string {
  return JSON.stringify(document, null, 2).replace(UNSAFE, (character) =>
    Array.from(
      { length: character.length },
      (_, unit) => `\\u${character.charCodeAt(unit).toString(16).padStart(4, '0')}`,
    ).join(''),
  );
}
