// Templates -> absolute paths. Also the last look at what the templates turned out to be: a workspace that is the home
// folder would make `${workspace}` mean everything.
import { profileInvalid, workspaceTooBroad } from '../messages/profile.ts';
import { grantPathUnsafe } from '../messages/sandbox.ts';
import { parseGrantPath } from './grant-path.ts';
import { compareByTree, contains, isNormalised, joinPath } from './paths.ts';
import type { FilesystemGrant, ProfileDocument } from './schema.ts';
import { readSecretArgument, type SecretArgument } from './secret-arguments.ts';
import { notWritable, tooBroad } from './system-folders.ts';
import { fillTemplates, type Template, usesTemplate } from './templates.ts';

/** All absolute and normalised, without links. */
export interface TemplateValues {
  /** Where the client started the server. */
  readonly workspace: string;
  /** The home folder as `HOME` names it. */
  readonly home: string;
  /** The home folder as the user database names it. */
  readonly accountHome: string;
  /** This profile's private writable folder, outside. */
  readonly state: string;
  /** Where the server sees that folder. */
  readonly stateInside: string;
}

export interface ExpandedGrant {
  /** Absolute path outside. */
  readonly source: string;
  /** Where the server sees it: the same path, except below `${state}`. */
  readonly target: string;
  readonly access: 'read' | 'write';
  readonly optional: boolean;
  /** As the profile writes it. */
  readonly written: string;
  /** Position in `permissions.filesystem`. */
  readonly index: number;
}

export interface ExpandedProfile {
  /** Those that end with a secret, without the value: as they are shown. */
  readonly args: readonly string[];
  /** By position in `args`. */
  readonly secretArguments: ReadonlyMap<number, SecretArgument>;
  readonly env: Readonly<Record<string, string>>;
  /** Parents before children, no path twice. */
  readonly grants: readonly ExpandedGrant[];
  /** The workspace, when the profile uses it at all. */
  readonly workspace: string | undefined;
}

type Expandable = Pick<ProfileDocument, 'args' | 'env' | 'permissions'>;

/** @throws CordonError WORKSPACE_TOO_BROAD, GRANT_PATH_UNSAFE, or PROFILE_INVALID when two grants turn out to be one */
export function expandProfile(profile: Expandable, values: TemplateValues): ExpandedProfile {
  const workspace = usesWorkspace(profile) ? values.workspace : undefined;
  if (workspace !== undefined) refuseBroadWorkspace(workspace, values);
  const inside = { workspace: values.workspace, home: values.home, state: values.stateInside };
  return {
    args: profile.args.map((text) => fillTemplates(text, inside)),
    secretArguments: secretArguments(profile.args, (text) => fillTemplates(text, inside)),
    env: Object.fromEntries(
      Object.entries(profile.env).map(([name, text]) => [name, fillTemplates(text, inside)]),
    ),
    grants: expandGrants(profile, values),
    workspace,
  };
}

function secretArguments(
  args: readonly string[],
  fill: (text: string) => string,
): ReadonlyMap<number, SecretArgument> {
  const found = new Map<number, SecretArgument>();
  for (const [index, text] of args.entries()) {
    const argument = readSecretArgument(text);
    if (argument !== undefined) found.set(index, { ...argument, before: fill(argument.before) });
  }
  return found;
}

function usesWorkspace({ args, env, permissions }: Expandable): boolean {
  const texts = [...args, ...Object.values(env), ...permissions.filesystem.map((grant) => grant.path)];
  return texts.some((text) => usesTemplate(text, 'workspace'));
}

function refuseBroadWorkspace(workspace: string, values: TemplateValues): void {
  if (!isNormalised(workspace)) throw workspaceTooBroad(workspace, 'is not a plain absolute path');
  for (const home of [values.home, values.accountHome]) {
    if (workspace === home) throw workspaceTooBroad(workspace, 'is your home folder');
    if (contains(workspace, home)) throw workspaceTooBroad(workspace, 'contains your home folder');
  }
  const why = tooBroad(workspace) ?? notWritable(workspace);
  if (why !== undefined) throw workspaceTooBroad(workspace, why);
}

function expandGrants(profile: Expandable, values: TemplateValues): readonly ExpandedGrant[] {
  const bySource = new Map<string, ExpandedGrant>();
  for (const [index, grant] of profile.permissions.filesystem.entries()) {
    const { base, segments } = parseGrantPath(grant.path);
    const source = grantSource(grant, values);
    const expanded: ExpandedGrant = {
      source,
      target: base === 'state' ? joinPath(values.stateInside, segments) : source,
      access: grant.access,
      optional: grant.optional === true,
      written: grant.path,
      index,
    };
    if (base !== 'state') refuseBroadGrant(expanded, values);
    const other = bySource.get(source);
    bySource.set(source, other === undefined ? expanded : merged(other, expanded));
  }
  return [...bySource.values()].toSorted((one, next) => compareByTree(one.source, next.source));
}

/** Where it is outside. */
export function grantSource({ path }: Pick<FilesystemGrant, 'path'>, values: TemplateValues): string {
  const bases: Readonly<Record<Template | '/', string>> = { ...values, '/': '/' };
  const { base, segments } = parseGrantPath(path);
  return joinPath(bases[base], segments);
}

/** An absolute path, or a home folder that is an unusual one, may turn out to hold everything. */
function refuseBroadGrant(grant: ExpandedGrant, { home, accountHome }: TemplateValues): void {
  const { source } = grant;
  if (!isNormalised(source)) throw grantPathUnsafe(source, 'is not a plain absolute path');
  const holdsHome = contains(source, home) || contains(source, accountHome);
  const why = holdsHome
    ? 'is or contains your home folder'
    : (tooBroad(source) ?? (grant.access === 'write' ? notWritable(source) : undefined));
  if (why !== undefined) throw grantPathUnsafe(source, why);
}

/** `${workspace}` may be a folder that is also granted by another name. */
function merged(one: ExpandedGrant, other: ExpandedGrant): ExpandedGrant {
  if (one.access === other.access && one.target === other.target)
    return { ...one, optional: one.optional && other.optional };
  const place = (grant: ExpandedGrant) =>
    `permissions.filesystem[${grant.index}].path: ${grant.written}, for ${grant.access}`;
  throw profileInvalid([`${place(one)} and ${place(other)} are the same folder here`]);
}
