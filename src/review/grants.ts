// What a profile grants now and did not, or no longer, when it was approved.
import { deliveryWords } from '../messages/secrets.ts';
import type { Json, JsonObject } from '../pins/canonical-json.ts';
import { canonicalJson } from '../pins/canonical-json.ts';
import type { FilesystemGrant } from '../profile/schema.ts';
import { sizeInBytes } from '../profile/size.ts';
import type { ReviewedProfile } from './material.ts';
import { pointer } from './pointer.ts';
import type { Inline } from './rules/rule.ts';

export interface GrantChange {
  readonly pointer: string;
  readonly change: 'added' | 'removed' | 'changed';
  /** The server can do more than before. */
  readonly wider: boolean;
  readonly words: readonly Inline[];
}

export function grantChanges(before: ReviewedProfile, after: ReviewedProfile): GrantChange[] {
  return [
    ...fileChanges(before.permissions.filesystem, after.permissions.filesystem),
    ...networkChanges(before, after),
    ...memberChanges('mcp', before.permissions.mcp, after.permissions.mcp, grewRight),
    ...memberChanges(
      'secrets',
      demands(before),
      demands(after),
      (one, other) =>
        one === undefined || (typeof other === 'string' && other.endsWith(deliveryWords.argument)),
    ),
    ...memberChanges('env', before.env, after.env, () => false),
    ...memberChanges('limits', before.limits, after.limits, (was, is) => amountOf(is) > amountOf(was)),
    ...memberChanges('', { args: before.args }, { args: after.args }, () => false),
    ...memberChanges(
      '',
      { definitions: before.definitions },
      { definitions: after.definitions },
      (_, now) => now === 'unpinned',
    ),
  ];
}

/** Without the reasons, which may be mended. */
function demands({ secrets }: ReviewedProfile): Record<string, string> {
  return Object.fromEntries(
    Object.entries(secrets).map(([name, { required, deliver = 'environment' }]) => [
      name,
      `${required ? 'required' : 'optional'}, ${deliveryWords[deliver]}`,
    ]),
  );
}

function fileChanges(before: readonly FilesystemGrant[], after: readonly FilesystemGrant[]): GrantChange[] {
  const changes: GrantChange[] = [];
  const at = (path: string): string => pointer('permissions', 'filesystem', path);
  const isInside = (path: string): boolean =>
    after.some((other) => other.access === 'write' && path.startsWith(`${other.path}/`));
  for (const { path, access, optional = false } of after) {
    const known = before.find((grant) => grant.path === path);
    if (known === undefined)
      changes.push({
        pointer: at(path),
        change: 'added',
        wider: access === 'write' || !isInside(path),
        words: [`${access} on `, { theirs: path }, ' is new'],
      });
    else if (known.access !== access)
      changes.push({
        pointer: at(path),
        change: 'changed',
        wider: access === 'write',
        words: [{ theirs: path }, ` was for ${known.access}, is for ${access}`],
      });
    // Without the file such a protection is not there, and a start that was refused is one that is only watched.
    else if ((known.optional ?? false) !== optional)
      changes.push({
        pointer: at(path),
        change: 'changed',
        wider: optional && access === 'read' && isInside(path),
        words: [{ theirs: path }, optional ? ' need not be there any more' : ' must be there now'],
      });
  }
  for (const { path, access } of before)
    if (!after.some((grant) => grant.path === path))
      changes.push({
        pointer: at(path),
        change: 'removed',
        // A read grant inside a writable one was a protection.
        wider: access === 'read' && isInside(path),
        words: [
          `${access} on `,
          { theirs: path },
          access === 'read' && isInside(path) ? ' no longer protects it' : ' is gone',
        ],
      });
  return changes;
}

function networkChanges(before: ReviewedProfile, after: ReviewedProfile): GrantChange[] {
  const known = new Map(before.permissions.network.map((grant) => [networkKey(grant), grant]));
  const now = new Map(after.permissions.network.map((grant) => [networkKey(grant), grant]));
  const at = (host: string): string => pointer('permissions', 'network', host);
  return [
    ...[...now].flatMap(([key, { host }]): GrantChange[] =>
      known.has(key)
        ? []
        : [{ pointer: at(host), change: 'added', wider: true, words: [{ theirs: key }, ' is new'] }],
    ),
    ...[...known].flatMap(([key, { host }]): GrantChange[] =>
      now.has(key)
        ? []
        : [{ pointer: at(host), change: 'removed', wider: false, words: [{ theirs: key }, ' is gone'] }],
    ),
  ];
}

function networkKey({
  host,
  port,
  protocol,
  addresses,
}: ReviewedProfile['permissions']['network'][number]): string {
  const ports = [port].flat().toSorted((one, other) => one - other);
  const where = addresses === undefined ? '' : ` at ${addresses.toSorted().join(', ')}`;
  return `${host}:${ports.join(',')} ${protocol}${where}`;
}

/** Of a limit: a number, or a size with its unit. */
function amountOf(limit: Json | undefined): number {
  if (typeof limit === 'number') return limit;
  return typeof limit === 'string' ? sizeInBytes(limit) : 0;
}

function memberChanges(
  group: string,
  before: object,
  after: object,
  isWider: (before: Json | undefined, after: Json | undefined) => boolean,
): GrantChange[] {
  const [one, other] = [before as JsonObject, after as JsonObject];
  const base = group === 'mcp' ? pointer('permissions', 'mcp') : group === '' ? '' : pointer(group);
  return [...new Set([...Object.keys(one), ...Object.keys(other)])]
    .toSorted()
    .flatMap((name): GrantChange[] => {
      const [was, is] = [one[name], other[name]];
      if (textOf(was) === textOf(is)) return [];
      return [
        {
          pointer: base + pointer(name),
          change: was === undefined ? 'added' : is === undefined ? 'removed' : 'changed',
          wider: isWider(was, is),
          words: [
            { theirs: `${group === '' ? '' : `${group}.`}${name}` },
            ...(was === undefined
              ? [' is new']
              : is === undefined
                ? [' is gone']
                : [' was ', { theirs: textOf(was) }]),
            ...(is === undefined ? [] : [was === undefined ? ': ' : ', is ', { theirs: textOf(is) }]),
          ],
        },
      ];
    });
}

function textOf(value: Json | undefined): string {
  return value === undefined ? '' : canonicalJson(value);
}

function grewRight(before: Json | undefined, after: Json | undefined): boolean {
  if (Array.isArray(after)) {
    const known = Array.isArray(before) ? (before as readonly Json[]) : [];
    return before !== true && (after as readonly Json[]).some((name) => !known.includes(name));
  }
  return after === true && before !== true;
}
