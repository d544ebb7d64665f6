// Reads the clients' managed files. Only those in system places: what a user has configured is overruled by them or is not policy.
import fs from 'node:fs';
import path from 'node:path';
import { accessFault } from '../export/access.ts';
import { claudeFolder } from '../export/claude-code.ts';
import { entriesFor } from '../export/entries.ts';
import { checkFile, realPath } from '../export/files.ts';
import { isObject } from '../export/merge.ts';
import { CLIENTS, type System } from '../export/policy.ts';
import { policyFor } from '../export/policies.ts';
import type { Installation } from '../installation.ts';
import { decodeUtf8, readSmallFile } from '../profile/read-file.ts';
import type { ClaudeFacts, ClientPolicyFacts } from './client-facts.ts';
import type { ProfileFacts } from './probe-profiles.ts';

const MAX_BYTES = 2 * 1024 * 1024;

/**
 * @param programRoot folder that holds bin/, dist/ and profiles/
 * @param facts profiles that cannot be read are a finding of their own, and no server's here
 */
export function probeClients(
  { mode }: Installation,
  programRoot: string,
  facts: ProfileFacts,
): ClientPolicyFacts {
  const system: System = process.platform === 'darwin' ? 'macos' : 'linux';
  const program = path.join(programRoot, 'bin/cordon');
  const present = CLIENTS.filter((client) =>
    policyFor(client, [], program, system).files.some(
      (file) => checkFile(file).comparison.kind !== 'missing',
    ),
  );
  // What they are compared with is made for them alone: a machine may have a thousand profiles and no client.
  const profiles = (present.length > 0 && facts.kind === 'read' ? facts.pinned() : []).map(
    ({ name, source }) => ({ name, package: source.package, version: source.version }),
  );
  const entries = entriesFor(profiles, program);
  const clients = present.map((client) => {
    const { title, files } = policyFor(client, entries, program, system);
    return { client, title, files: files.map(checkFile) };
  });
  return {
    mode,
    program,
    profiles: profiles.map(({ name }) => name),
    clients,
    claude: probeClaude(
      claudeFolder(system),
      clients.flatMap(({ files }) => files.map((file) => file.path)),
    ),
  };
}

/** @param judged files whose owner and mode are judged with what is in them */
export function probeClaude(folder: string, judged: readonly string[]): ClaudeFacts | undefined {
  const dropIns = path.join(folder, 'managed-settings.d');
  const settingsFiles = [
    path.join(folder, 'managed-settings.json'),
    ...namesIn(dropIns)
      .filter((name) => name.endsWith('.json'))
      .toSorted()
      .map((name) => path.join(dropIns, name)),
  ];
  const broken: Array<ClaudeFacts['broken'][number]> = [];
  const read = (file: string): Readonly<Record<string, unknown>> | undefined => {
    const found = membersOf(file);
    if (found.kind === 'broken') broken.push({ path: file, why: found.why });
    return found.kind === 'read' ? found.members : undefined;
  };
  const mcp = read(path.join(folder, 'managed-mcp.json'));
  const settings = settingsFiles.flatMap((file) => {
    const members = read(file);
    return members === undefined ? [] : [{ path: file, members }];
  });
  if (mcp === undefined && settings.length === 0 && broken.length === 0) return undefined;
  const servers = mcp?.['mcpServers'];
  // Each of them can open what ours closes.
  const unsafe = settings.flatMap(({ path: file }) => {
    const fault = judged.includes(file) ? undefined : accessFault(file);
    return fault === undefined ? [] : [{ path: file, ...fault }];
  });
  return { servers: isObject(servers) ? servers : {}, settings, broken, unsafe };
}

type FoundMembers =
  | { readonly kind: 'missing' }
  | { readonly kind: 'broken'; readonly why: string }
  | { readonly kind: 'read'; readonly members: Readonly<Record<string, unknown>> };

function membersOf(file: string): FoundMembers {
  const found = readSmallFile(realPath(file), MAX_BYTES);
  if (found.kind === 'missing') return { kind: 'missing' };
  if (found.kind === 'unreadable') return { kind: 'broken', why: found.why };
  try {
    const value: unknown = JSON.parse(decodeUtf8(found.bytes) ?? '');
    if (isObject(value)) return { kind: 'read', members: value };
  } catch {
    // Said with what is no object.
  }
  return { kind: 'broken', why: 'is not JSON' };
}

function namesIn(folder: string): string[] {
  try {
    return fs.readdirSync(folder);
  } catch {
    return [];
  }
}
