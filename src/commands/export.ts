// `cordon export <client> [profile...]`: the policy that makes a client start these profiles through Cordon and nothing else.
import path from 'node:path';
import { escapeText } from '../escape.ts';
import { entriesFor, type ExportedProfile } from '../export/entries.ts';
import { checkFile, type Checked, writePolicyFiles } from '../export/files.ts';
import {
  CLIENTS,
  type Client,
  jsonText,
  type Policy,
  type PolicyFile,
  type System,
} from '../export/policy.ts';
import { policyFor } from '../export/policies.ts';
import { closest } from '../json/closest.ts';
import { clientUnknown, exportWords, outAndCheck, systemUnknown } from '../messages/export.ts';
import { usageInvalid } from '../messages/usage.ts';
import { resolvePackage } from '../resolve/resolve.ts';
import { canNonRootWrite } from '../verify/verify-runtime.ts';
import type { CommandContext } from './context.ts';
import { requested } from './profiles.ts';

export interface ExportOptions {
  readonly out?: string;
  readonly check?: boolean;
  readonly system?: string;
}

/** Exit status 0; with `check` 1 when anything on this machine is not as it should be. */
export async function exportCommand(
  context: CommandContext,
  [clientName, ...names]: readonly string[],
  options: ExportOptions,
): Promise<number> {
  if (clientName === undefined) throw usageInvalid(`cordon export takes a client: ${CLIENTS.join(', ')}`);
  const client = readClient(clientName);
  const system = readSystem(options.system);
  if (options.out !== undefined && options.check === true) throw outAndCheck();
  // dist/cordon -> bin/cordon, which drops the client's environment first: the one that policies name.
  const program = path.join(path.dirname(path.dirname(process.execPath)), 'bin/cordon');
  const { profiles, warnings } = exportable(context, names, program);
  const policy = policyFor(client, entriesFor(profiles, program), program, system);
  for (const warning of warnings) context.err(`${warning}\n`);
  if (options.check === true) return check(context, policy);
  if (options.out !== undefined) return write(context, policy, options.out);
  context.out(context.json ? `${JSON.stringify(policyDocument(policy), null, 2)}\n` : policyText(policy));
  return 0;
}

function readClient(name: string): Client {
  const client = CLIENTS.find((one) => one === name);
  // `claude` is what people call it.
  const meant = closest(name, CLIENTS) ?? CLIENTS.find((one) => one.startsWith(`${name}-`));
  if (client === undefined) throw clientUnknown(name, CLIENTS, meant);
  return client;
}

function readSystem(given: string | undefined): System {
  if (given === undefined) return process.platform === 'darwin' ? 'macos' : 'linux';
  if (given === 'linux' || given === 'macos') return given;
  throw systemUnknown(given);
}

function exportable(
  context: CommandContext,
  names: readonly string[],
  program: string,
): { readonly profiles: readonly ExportedProfile[]; readonly warnings: readonly string[] } {
  const profiles: ExportedProfile[] = [];
  const warnings: string[] = [];
  // Only what has pins: the rest does not start.
  const all = requested(context, names, (profile) => {
    resolvePackage(profile);
    return profile;
  });
  for (const request of all) {
    if ('error' in request) {
      // Named by hand, it is what was asked for; among all others it is one that would not start anyway.
      if (names.length > 0) throw request.error;
      warnings.push(exportWords.leftOut(request.name, request.error.code));
      continue;
    }
    const { source } = request.server;
    profiles.push({ name: request.name, package: source.package, version: source.version });
  }
  if (profiles.length === 0) warnings.push(exportWords.noProfiles);
  if (isChangeable(program)) warnings.push(exportWords.unmanaged(program));
  return { profiles, warnings };
}

function isChangeable(program: string): boolean {
  try {
    return canNonRootWrite(program);
  } catch {
    return true;
  }
}

function write(context: CommandContext, { files }: Policy, root: string): number {
  // Every user's client reads these, whatever umask the administrator's shell has.
  process.umask(0o022);
  const written = writePolicyFiles(files, path.resolve(root));
  if (context.json) context.out(`${JSON.stringify({ files: written }, null, 2)}\n`);
  else {
    for (const { path: place, changed } of written)
      context.out(`${changed ? exportWords.written(place) : exportWords.unchanged(place)}\n`);
    if (files.length === 0) context.out(`${exportWords.nothingToWrite}\n`);
  }
  return 0;
}

function check(context: CommandContext, { client, files }: Policy): number {
  const checked = files.map(checkFile);
  const isRight = checked.every(
    ({ comparison, unsafe }) => comparison.kind === 'same' && unsafe === undefined,
  );
  if (context.json)
    context.out(`${JSON.stringify({ client, asItShouldBe: isRight, files: checked }, null, 2)}\n`);
  else {
    for (const one of checked) context.out(`${one.path}: ${checkedWords(one)}\n`);
    if (files.length === 0) context.out(`${exportWords.nothingToWrite}\n`);
    for (const hint of cures(client, checked)) context.err(`hint: ${hint}\n`);
  }
  return isRight ? 0 : 1;
}

/** What is to be pasted, in this order: what is written into a folder is safe once the folder is. */
function cures(client: Client, checked: readonly Checked[]): readonly string[] {
  const opened = checked.flatMap(({ unsafe }) => (unsafe === undefined ? [] : [escapeText(unsafe.cure)]));
  const written = checked.every(({ comparison }) => comparison.kind === 'same')
    ? []
    : [`cordon export ${client} --out /`];
  return [...new Set([...opened, ...written])];
}

function checkedWords({ comparison, unsafe }: Checked): string {
  const words = comparisonWords(comparison);
  return unsafe === undefined ? words : exportWords.unsafe(words, unsafe.why);
}

function comparisonWords(comparison: Checked['comparison']): string {
  switch (comparison.kind) {
    case 'same':
      return comparison.others.length === 0 ? exportWords.same : exportWords.others(comparison.others);
    case 'missing':
      return exportWords.missing;
    case 'differs':
      return exportWords.differs(comparison.members);
    case 'invalid':
      return exportWords.invalid;
    case 'unreadable':
      return comparison.why;
  }
}

function contentOf(file: PolicyFile): string {
  return file.format === 'json' ? jsonText(file.members) : file.content;
}

function policyDocument({ files, ...policy }: Policy): object {
  return { ...policy, files: files.map((file) => ({ path: file.path, content: contentOf(file) })) };
}

function policyText({ title, files, paste, limits }: Policy): string {
  const parts = [
    ...files.map((file) => `${exportWords.file(file.path)}\n${indented(contentOf(file))}`),
    ...paste.map(({ where, text }) => `${exportWords.paste(where)}\n${indented(text)}`),
    `${exportWords.limits(title)}\n${limits.map((limit) => `  - ${limit}`).join('\n')}`,
  ];
  return `${parts.join('\n\n')}\n`;
}

function indented(text: string): string {
  return text
    .replace(/\n+$/, '')
    .split('\n')
    .map((line) => (line === '' ? '' : `  ${line}`))
    .join('\n');
}
