// One machine, one profile, as values: what explain is tested with.
import { digestFromHex } from '../../../src/digest.ts';
import type { ExplainRequest } from '../../../src/explain/explanation.ts';
import { INSIDE } from '../../../src/plan/inside.ts';
import { planSandbox } from '../../../src/plan/plan-sandbox.ts';
import { expandProfile } from '../../../src/profile/expand.ts';
import { type Profile, type ProfileDocument, profileSchemas } from '../../../src/profile/schema.ts';
import type { LinuxFacts, ProbedGrant } from '../../../src/system/facts.ts';

export const FACTS: LinuxFacts = {
  system: 'linux',
  platform: 'linux-x64-glibc',
  uid: 1001,
  gid: 1001,
  bwrap: { path: '/usr/bin/bwrap' },
  roots: [{ path: '/bin', kind: 'link', to: 'usr/bin' }],
  systemPaths: ['/etc/ld.so.cache', '/etc/ssl/certs'],
  tellingProc: [{ path: '/proc/kcore', kind: 'file', canOpen: true }],
};

const digest = digestFromHex('12'.repeat(32));

/** `missing`: paths outside that do not exist. */
export function requestFor(
  document: Partial<Record<keyof ProfileDocument, unknown>>,
  missing: readonly string[] = [],
  facts: LinuxFacts = FACTS,
  bwrapOptions: ReadonlySet<string> = new Set(['args', 'not-a-security-boundary']),
): ExplainRequest {
  const profile: Profile = {
    ...profileSchemas().profile.parse({
      schema: 1,
      description: 'Files of the workspace.',
      source: { type: 'npm', package: '@scope/server-files', version: '1.2.3' },
      ...document,
    }),
    name: 'files',
    folder: '/opt/cordon/profiles/files',
    origin: 'shipped',
  };
  const expanded = expandProfile(profile, {
    workspace: '/home/ann/project',
    home: '/home/ann',
    accountHome: '/home/ann',
    state: '/home/ann/.local/state/cordon/profiles/files',
    stateInside: INSIDE.state,
  });
  const probed = expanded.grants.map(
    ({ source, target, access }): ProbedGrant =>
      missing.includes(source)
        ? { kind: 'missing', source, target, access }
        : { kind: 'present', source, target, access, type: 'folder', fd: 10 },
  );
  return {
    profile,
    narrowedBy: undefined,
    lockfile: digestFromHex('34'.repeat(32)),
    package: 'not-installed',
    runtime: { state: 'recorded', path: '/usr/bin/node', version: '20.20.2', userWritable: false },
    installation: { mode: 'unmanaged', home: '/home/ann' },
    workspace: expanded.workspace,
    expanded: expanded.grants,
    probed,
    facts,
    bwrapOptions,
    secretSources: {},
    egress: { mode: 'auto', hosts: {} },
    machine: { userProfiles: 'refused', ceilings: {}, runAsRoot: 'allowed', macos: 'refused' },
    plan: planSandbox({
      profile,
      package: '@scope/server-files@1.2.3',
      digest,
      entry: 'node_modules/@scope/server-files/dist/index.js',
      args: expanded.args,
      environment: expanded.env,
      workspace: expanded.workspace,
      grants: probed,
      network: { kind: 'none' },
      authorities: undefined,
      secrets: { secrets: profile.secrets, secretArguments: expanded.secretArguments },
      facts,
    }),
  };
}

export const FILES = {
  args: ['${workspace}'],
  env: { MODE: 'a b' },
  permissions: {
    filesystem: [
      { path: '${workspace}', access: 'write', why: 'the server edits project files' },
      { path: '${workspace}/.git', access: 'read', optional: true, why: 'git runs what stands here' },
      { path: '${workspace}/.vscode', access: 'read', optional: true, why: 'the editor runs tasks' },
      { path: '${home}/notes', access: 'read', optional: true },
      { path: '${state}', access: 'write', why: 'its own memory' },
    ],
    mcp: { tools: ['read_file', 'write_file'], prompts: true },
  },
} as const;
