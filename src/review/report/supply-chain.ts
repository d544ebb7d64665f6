import type { PackageFact, Publication } from '../material.ts';
import type { PackageChange } from '../compare-packages.ts';
import type { ReviewModel } from '../model.ts';
import { countWords } from '../plain-words.ts';
import { type Block, type Line, type Section, theirs } from './blocks.ts';

export function supplyChainSection(model: ReviewModel): Section {
  const { packages } = model.package;
  const scripted = packages.filter(({ installScripts }) => installScripts.length > 0);
  const native = packages.filter(({ native: files }) => files.length > 0);
  const unlicensed = packages.filter(({ license }) => license === null);
  return {
    id: 'supply-chain',
    title: 'supply chain',
    count: packages.length,
    blocks: [
      {
        kind: 'facts',
        rows: [
          [
            'packages',
            [
              countWords(packages.length, 'package'),
              ', each with the integrity of its tarball in the lockfile',
            ],
          ],
          ['published', published(model.publications.find(({ name }) => name === model.package.name))],
          ['scripts', amount(scripted, 'with install scripts, which were not run')],
          ['native code', amount(native, 'with files that are no JavaScript')],
          [
            'licences',
            [
              theirs(licences(packages)),
              ...(unlicensed.length === 0 ? [] : [`; ${unlicensed.length} without`]),
            ],
          ],
        ],
      },
      ...changeBlocks(model.packageChanges, model.publications),
      {
        kind: 'table',
        folded: `all ${countWords(packages.length, 'package')}`,
        head: ['package', 'version', 'integrity', 'licence', 'note'],
        rows: packages.map((fact) => [
          [theirs(fact.name)],
          [theirs(fact.version)],
          [theirs(beginning(fact.integrity))],
          [fact.license === null ? 'none' : theirs(fact.license)],
          mind(fact),
        ]),
      },
    ],
  };
}

function amount(facts: readonly PackageFact[], words: string): Line {
  if (facts.length === 0) return ['none'];
  return [
    `${countWords(facts.length, 'package')} ${words}: `,
    theirs(facts.map(({ name }) => name).join(', ')),
  ];
}

function licences(packages: readonly PackageFact[]): string {
  const counts = new Map<string, number>();
  for (const { license } of packages)
    if (license !== null) counts.set(license, (counts.get(license) ?? 0) + 1);
  return [...counts.keys()]
    .toSorted()
    .map((name) => `${name} (${counts.get(name) ?? 0})`)
    .join(', ');
}

function changeBlocks(
  changes: readonly PackageChange[] | undefined,
  publications: readonly Publication[],
): Block[] {
  if (changes === undefined) return [];
  return [
    { kind: 'heading', text: 'against what was approved' },
    changes.length === 0
      ? { kind: 'note', text: ['the same packages in the same versions'] }
      : {
          kind: 'list',
          items: changes.map((change) => ({
            mark: change.before.length === 0 ? 'added' : change.after.length === 0 ? 'removed' : 'changed',
            text: [...changeWords(change), ...publishedWith(change, publications)],
          })),
        },
  ];
}

function changeWords({ name, before, after, installScripts, native }: PackageChange): Line {
  const [was, is] = [before.join(', '), after.join(', ')];
  return [
    'package ',
    theirs(name),
    ...(was === is
      ? [' ', theirs(was), ' has another content']
      : [
          ...(was === '' ? [' is new: '] : [' ', theirs(was), is === '' ? ' is gone' : ' became ']),
          ...(is === '' ? [] : [theirs(is)]),
        ]),
    ...brings('install scripts', installScripts),
    ...brings('native code', native),
  ];
}

function brings(what: string, files: readonly string[]): Line {
  return files.length === 0 ? [] : [`; brings ${what}: `, theirs(files.join(', '))];
}

function publishedWith({ name }: PackageChange, publications: readonly Publication[]): Line {
  return publications
    .filter((publication) => publication.name === name)
    .flatMap((publication) => ['; published ', ...publicationWords(publication)]);
}

/** What the registry says, in its own words; nobody checked it. */
function published(publication: Publication | undefined): Line {
  return publication === undefined
    ? ['unknown: the registry was not asked or did not say']
    : publicationWords(publication);
}

function publicationWords({ version, published: when, by, provenance, deprecated }: Publication): Line {
  return [
    ...(when === null ? ['at a time that is not known'] : ['on ', theirs(when)]),
    ...(by === null ? [] : [' by ', theirs(by)]),
    ...(provenance === null
      ? [', without provenance']
      : [', with a provenance that nobody checked here, ', theirs(provenance)]),
    ...(deprecated === null ? [] : ['; deprecated: ', theirs(deprecated)]),
    ' (',
    theirs(version),
    ')',
  ];
}

/** The lockfile has all of it, and its digest stands above. */
function beginning(integrity: string): string {
  return integrity.length > 24 ? `${integrity.slice(0, 19)}…` : integrity;
}

function mind({ installScripts, native }: PackageFact): Line {
  return [
    ...(installScripts.length === 0 ? [] : ['scripts: ', theirs(installScripts.join(', '))]),
    ...(installScripts.length === 0 || native.length === 0 ? [] : ['; ']),
    ...(native.length === 0 ? [] : ['native: ', theirs(native.join(', '))]),
  ];
}
