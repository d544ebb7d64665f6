import { deliveryWords } from '../../messages/secrets.ts';
import type { ReviewModel } from '../model.ts';
import { type Block, type Line, type Section, theirs } from './blocks.ts';

export function grantsSection(model: ReviewModel): Section {
  const { profile, grants, network, grantChanges } = model;
  const changed: Block[] =
    grantChanges === undefined
      ? []
      : [
          { kind: 'heading', text: 'against what was approved' },
          grantChanges.length === 0
            ? { kind: 'note', text: ['nothing changed'] }
            : {
                kind: 'list',
                items: grantChanges.map(({ change, wider, words }) => ({
                  mark: wider ? 'wider' : change,
                  text: words,
                })),
              },
        ];
  return {
    id: 'grants',
    title: 'grants',
    count: undefined,
    blocks: [
      ...changed,
      { kind: 'heading', text: 'files' },
      grants.length === 0
        ? { kind: 'note', text: ['none of the user: only its package and what every sandbox has, read-only'] }
        : {
            kind: 'table',
            head: ['access', 'path', 'on this machine', 'why'],
            rows: grants.map(({ access, path, inside, exists, why }) => [
              [access === 'protect' ? 'protected' : access],
              [theirs(path), ...(inside === path ? [] : [', seen as ', theirs(inside)])],
              [exists ? 'exists' : 'does not exist'],
              [why === null ? 'no reason given' : theirs(why)],
            ]),
          },
      { kind: 'heading', text: 'network' },
      ...networkBlocks(network),
      { kind: 'heading', text: 'the rest' },
      { kind: 'facts', rows: otherRows(profile) },
    ],
  };
}

function networkBlocks(network: ReviewModel['network']): Block[] {
  if (network.hosts.length === 0) return [{ kind: 'note', text: ['none: an empty network of its own'] }];
  return [
    {
      kind: 'table',
      head: ['host', 'ports', 'why', 'note'],
      rows: network.hosts.map(({ host, ports, protocol, addresses, why, leak }) => [
        [theirs(host), ...(addresses.length === 0 ? [] : [' at ', theirs(addresses.join(', '))])],
        [`${ports.join(', ')} ${protocol}`],
        [why === null ? 'no reason given' : theirs(why)],
        [...(host.startsWith('*.') ? ['every name below it; '] : []), leak ?? ''],
      ]),
    },
    ...(network.limits.length === 0
      ? []
      : [
          {
            kind: 'list' as const,
            items: network.limits.map((limit) => ({ text: [`does not work here: ${limit}`] })),
          },
        ]),
  ];
}

function otherRows({
  permissions,
  env,
  secrets,
  limits,
  definitions,
}: ReviewModel['profile']): Array<readonly [string, Line]> {
  const { tools, ...others } = permissions.mcp;
  const granted = Object.entries(others).flatMap(([name, value]) => grantedRight(name, value));
  const variables = Object.entries(env).map(([name, value]) => `${name}=${value}`);
  const wanted = Object.entries(secrets).map(
    ([name, { required, deliver = 'environment' }]) =>
      `${name} (${required ? 'required' : 'optional'}, ${deliveryWords[deliver]})`,
  );
  return [
    [
      'tools',
      [tools === true ? 'all of the approved ones' : tools === false ? 'none' : theirs(tools.join(', '))],
    ],
    [
      'also',
      [
        granted.length === 0
          ? 'no prompts, resources, sampling, elicitation, roots or extensions'
          : theirs(granted.join(', ')),
      ],
    ],
    ['environment', [variables.length === 0 ? 'nothing of the profile' : theirs(variables.join(', '))]],
    ['secrets', [wanted.length === 0 ? 'none' : theirs(wanted.join(', '))]],
    [
      'limits',
      [
        theirs(
          Object.entries(limits)
            .map(([name, value]) => `${name} ${value}`)
            .join(', '),
        ),
      ],
    ],
    [
      'definitions',
      [
        definitions === 'pinned'
          ? 'pinned: another text than the approved one does not reach the client'
          : 'not pinned: the server may change them at any time',
      ],
    ],
  ];
}

function grantedRight(name: string, value: unknown): string[] {
  if (value === true) return [name];
  return Array.isArray(value) && value.length > 0 ? [`${name}: ${value.join(', ')}`] : [];
}
