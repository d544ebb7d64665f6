import { canonicalJson, type JsonObject } from '../../pins/canonical-json.ts';
import { type DefinitionContext, sameContext } from '../../pins/definitions.ts';
import type { ReviewModel } from '../model.ts';
import { countWords, grouped } from '../plain-words.ts';
import { type Block, type Line, type Section, theirs } from './blocks.ts';

export function identitySection(model: ReviewModel): Section {
  const { profile, package: facts, approvedPackage: before } = model;
  const own = facts.packages.find(({ name, version }) => name === facts.name && version === facts.version);
  const rows: Array<readonly [string, Line]> = [
    ['profile', [theirs(profile.name), ': ', theirs(profile.description)]],
    [
      'package',
      [
        theirs(`${facts.name}@${facts.version}`),
        ...was(before && `${before.name}@${before.version}`, `${facts.name}@${facts.version}`),
      ],
    ],
    ['tarball', own === undefined ? ['not among the packages of the lockfile'] : [theirs(own.integrity)]],
    ['tree', [facts.tree, ...was(before?.tree, facts.tree)]],
    ['lockfile', [facts.lockfile, ...was(before?.lockfile, facts.lockfile)]],
    [
      'size',
      [
        `${countWords(facts.files, 'file')}, ${grouped(facts.bytes)} bytes, ${countWords(facts.packages.length, 'package')}`,
      ],
    ],
    ['entry', [theirs(facts.entry), ...was(before?.entry, facts.entry)]],
    ['runtime', [theirs(facts.runtime), ...was(before?.runtime, facts.runtime)]],
    [
      'arguments',
      profile.args.length === 0
        ? ['none']
        : [theirs(profile.args.map((arg) => JSON.stringify(arg)).join(' '))],
    ],
    ['approved', approvedWords(model)],
  ];
  return {
    id: 'identity',
    title: 'identity',
    count: undefined,
    blocks: [{ kind: 'facts', rows }, ...contextBlocks(model)],
  };
}

function was(before: string | undefined, now: string): Line {
  return before === undefined || before === now ? [] : [' (was ', theirs(before), ')'];
}

function approvedWords({ approval }: ReviewModel): Line {
  if (approval === undefined) return ['never'];
  return [
    theirs(approval.by),
    ', ',
    theirs(approval.at),
    `, with cordon `,
    theirs(approval.cordon),
    `, as ${approval.digest}`,
  ];
}

function contextBlocks({ contexts, approvedContexts }: ReviewModel): Block[] {
  const isIn = (all: readonly DefinitionContext[], context: DefinitionContext): boolean =>
    all.some((other) => sameContext(other, context));
  const gone = (approvedContexts ?? []).filter((context) => !isIn(contexts, context));
  return [
    { kind: 'heading', text: 'asked as' },
    {
      kind: 'list',
      items: contexts.map((context, index) => ({
        text: [
          `${contextName(index)}: `,
          ...contextWords(context),
          ...(approvedContexts === undefined || isIn(approvedContexts, context)
            ? []
            : ['; new: nothing was approved for it']),
        ],
      })),
    },
    ...(gone.length === 0
      ? []
      : [
          { kind: 'heading', text: 'approved, and not asked as any more' } as const,
          { kind: 'list', items: gone.map((context) => ({ text: contextWords(context) })) } as const,
        ]),
  ];
}

/** How definitions that differ by context refer to it. */
export function contextName(index: number): string {
  return `context ${index + 1}`;
}

function contextWords({ generation, protocolVersion, clientCapabilities, secrets }: DefinitionContext): Line {
  return [
    `${generation} protocol, version `,
    theirs(protocolVersion),
    Object.keys(clientCapabilities).length === 0 ? ', no client capabilities' : ', client capabilities ',
    ...(Object.keys(clientCapabilities).length === 0
      ? []
      : [theirs(canonicalJson(clientCapabilities as JsonObject))]),
    ...(secrets === undefined ? [] : [', with its optional secrets']),
  ];
}
