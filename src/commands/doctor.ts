// `cordon doctor`: looks at the machine and the installation, really starts the strict sandbox around a probe, and says of
// each protection whether it holds.
import fs from 'node:fs';
import path from 'node:path';
import type { AllowedRuntime } from '../config/machine.ts';
import type { InstallationFacts } from '../doctor/installation-facts.ts';
import type { Finding } from '../doctor/finding.ts';
import { countVerdicts } from '../doctor/finding.ts';
import { judgeBundle } from '../doctor/judge-bundle.ts';
import { judgeDefinitions } from '../doctor/judge-definitions.ts';
import { judgeClientVersions } from '../doctor/judge-client-versions.ts';
import { judgeClients } from '../doctor/judge-clients.ts';
import { judgeInstallation } from '../doctor/judge-installation.ts';
import { judgeOwners } from '../doctor/judge-owners.ts';
import { judgeMachine } from '../doctor/judge-machine.ts';
import { judgeSecrets } from '../doctor/judge-secrets.ts';
import type { MachineFacts, SandboxOutcome } from '../doctor/machine-facts.ts';
import { probeBundle } from '../doctor/probe-bundle.ts';
import { probeClientVersions } from '../doctor/probe-client-versions.ts';
import { probeClients } from '../doctor/probe-clients.ts';
import { definitionFacts, probeConfig, probeFolders } from '../doctor/probe-installation.ts';
import { probeMachine } from '../doctor/probe-machine.ts';
import { probeProfiles } from '../doctor/probe-profiles.ts';
import { probeOwners } from '../doctor/probe-owners.ts';
import { probeSecrets } from '../doctor/probe-secrets.ts';
import { findingsDocument, renderFindings } from '../doctor/render.ts';
import { examineEgress } from '../doctor/examine-egress.ts';
import { examine } from '../doctor/examine.ts';
import type { CordonError } from '../errors.ts';
import { closeInheritedFds } from '../launch/inherited-fds.ts';
import { toCordonError } from '../messages/render-error.ts';
import { probeLinux } from '../system/probe.ts';
import type { VerifiedRuntime } from '../verify/verified.ts';
import { verifyRuntime } from '../verify/verify-runtime.ts';
import type { CommandContext } from './context.ts';

/** Resolves with 0 when nothing failed, 1 otherwise. */
export async function doctorCommand(context: CommandContext): Promise<number> {
  // As `run` does: what the client leaked to us must not reach the probe.
  closeInheritedFds();
  const { installation } = context;
  const config = probeConfig(installation);
  const runtime = await openRuntime(context, config.kind === 'read' ? config.machine.runtimes : undefined);
  const { machine, inside } =
    process.platform === 'darwin' ? await onMac(config, runtime) : await onLinux(context, config, runtime);
  const profiles = probeProfiles(installation);
  const clients = probeClients(installation, programRoot(), profiles);
  const findings = [
    ...machine,
    ...judgeInstallation({
      mode: installation.mode,
      uid: process.getuid?.() ?? -1,
      gid: process.getgid?.() ?? -1,
      folders: probeFolders(installation, programRoot()),
      config,
      runtime: runtimeFacts(runtime),
    }),
    ...judgeOwners(probeOwners(installation, programRoot())),
    ...judgeBundle(probeBundle(installation), Date.now()),
    judgeDefinitions(definitionFacts(profiles)),
    judgeSecrets(probeSecrets(installation, profiles)),
    ...judgeClients(clients),
    ...judgeClientVersions(probeClientVersions(searchFolders(context)), clients.clients),
    ...inside,
  ];
  if (runtime.kind === 'verified') fs.closeSync(runtime.runtime.fd);
  context.out(
    context.json
      ? `${JSON.stringify(findingsDocument(findings), null, 2)}\n`
      : renderFindings(findings, { color: context.color }),
  );
  return countVerdicts(findings).failed === 0 ? 0 : 1;
}

interface Examined {
  readonly machine: readonly Finding[];
  /** Seen from inside a sandbox. */
  readonly inside: readonly Finding[];
}

async function onLinux(
  context: CommandContext,
  config: InstallationFacts['config'],
  runtime: OpenedRuntime,
): Promise<Examined> {
  const machine = await probeMachine(config.kind === 'read' ? config.egress.mode : 'auto');
  const { outcome, findings } = await startSandbox(context, machine, runtime);
  return { machine: judgeMachine(machine, outcome), inside: findings };
}

async function onMac(config: InstallationFacts['config'], opened: OpenedRuntime): Promise<Examined> {
  const [{ judgeMac }, { probeMacMachine }] = await Promise.all([
    import('../doctor/judge-mac.ts'),
    import('../doctor/probe-mac.ts'),
  ]);
  const facts = await probeMacMachine({
    runtime: opened.kind === 'verified' ? opened.runtime.path : undefined,
    starts: config.kind === 'read' ? config.machine.macos : 'refused',
  });
  return { machine: judgeMac(facts), inside: [] };
}

type OpenedRuntime =
  | { readonly kind: 'verified'; readonly runtime: VerifiedRuntime }
  | { readonly kind: 'refused'; readonly error: CordonError };

async function openRuntime(
  { installation }: CommandContext,
  allowed: readonly AllowedRuntime[] | undefined,
): Promise<OpenedRuntime> {
  try {
    return { kind: 'verified', runtime: await verifyRuntime(installation, allowed) };
  } catch (error) {
    return { kind: 'refused', error: toCordonError(error) };
  }
}

function runtimeFacts(opened: OpenedRuntime): InstallationFacts['runtime'] {
  if (opened.kind === 'refused') return opened;
  const { path: file, version, userWritable } = opened.runtime;
  return { kind: 'verified', path: file, version, userWritable };
}

async function startSandbox(
  { installation }: CommandContext,
  machine: MachineFacts,
  opened: OpenedRuntime,
): Promise<{ readonly outcome: SandboxOutcome; readonly findings: readonly Finding[] }> {
  if (machine.bwrap.kind === 'refused' || machine.missingPrograms.length > 0 || opened.kind === 'refused')
    return { outcome: { kind: 'not-tried' }, findings: [] };
  try {
    const homes = [installation.home, installation.accountHome];
    const facts = probeLinux();
    const { findings, confinement } = await examine(facts, opened.runtime, homes);
    const egress = await examineEgress(facts, opened.runtime, machine.egress.way);
    return { outcome: { kind: 'started', confinement }, findings: [...findings, ...egress] };
  } catch (error) {
    return { outcome: { kind: 'refused', error: toCordonError(error) }, findings: [] };
  }
}

/** dist/cordon -> the folder that holds bin/, dist/ and profiles/. */
function programRoot(): string {
  return path.dirname(path.dirname(process.execPath));
}

/** Of the user's shell, and where the clients' own installers put them. */
function searchFolders({ searchPath, installation }: CommandContext): readonly string[] {
  return [
    ...searchPath.split(':'),
    path.join(installation.home, '.local/bin'),
    '/usr/local/bin',
    '/usr/bin',
    '/opt/homebrew/bin',
  ];
}
