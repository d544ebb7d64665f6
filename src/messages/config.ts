// Words about what the configuration of a machine does not allow.
import type { AllowedRuntime, MachineConfig } from '../config/machine.ts';
import { CordonError } from '../errors.ts';
import { escapeText, quote } from '../escape.ts';
import { MANAGED } from '../managed-places.ts';

const ASK = `ask whoever looks after ${MANAGED.config}`;

/** @param faults `limits.memory: …` */
export const limitsRefused = (faults: readonly string[]) =>
  new CordonError('POLICY_REFUSED', 'the profile asks for more than this machine allows a server', {
    details: faults,
    hints: ['lower it in the profile, or raise "limits" in config.json'],
  });

export const rootRefused = () =>
  new CordonError('POLICY_REFUSED', 'the configuration of this machine does not let root start servers', {
    hints: ['start the client as an ordinary user'],
  });

export const runtimeRefused = (path: string, version: string, sha256: string) =>
  new CordonError(
    'POLICY_REFUSED',
    `the configuration of this machine does not let servers run on Node.js ${version}, ${quote(path)}`,
    {
      details: [sha256],
      hints: ['install a Node.js that "runtimes" in config.json names, then: cordon install', ASK],
    },
  );

/** The end of a sentence that begins with a path. */
export const runtimeNotAllowed = (version: string) =>
  `is version ${version}, which "runtimes" in config.json does not allow`;

/** What the configuration narrows, one phrase each; none where it narrows nothing. */
export function machineWords({
  profileFolders,
  runtimes,
  userProfiles,
  auditFile,
  ceilings,
  runAsRoot,
}: MachineConfig): string[] {
  const limits = Object.entries(ceilings).map(([name, most]) => `${name} ${most}`);
  return [
    ...(profileFolders === undefined
      ? []
      : [`profiles come from ${profileFolders.map((folder) => quote(folder)).join(', then ')}`]),
    ...(runtimes === undefined ? [] : [`servers run only on ${runtimes.map(runtimeWords).join(' or ')}`]),
    ...(userProfiles === 'refused' ? [] : ['people may narrow profiles for themselves']),
    ...(limits.length === 0 ? [] : [`no server gets more than ${limits.join(', ')}`]),
    ...(runAsRoot === 'refused' ? ['root starts no server'] : []),
    ...(auditFile === undefined ? [] : [`the audit log is ${quote(auditFile)}`]),
  ];
}

function runtimeWords({ name, version, sha256 }: AllowedRuntime): string {
  const hash = sha256 === undefined ? '' : ` sha256:${sha256.slice(0, 12)}`;
  return `${name}${version === undefined ? '' : ` ${version}`}${hash}`;
}

/** `cordon list` shows the profiles all the same. */
export const configBroken = ({ message, details }: CordonError) =>
  `warning: no server starts: ${[message, ...details].map((line) => escapeText(line)).join('; ')}`;

/** @param names of folders of the user */
export const narrowsNothing = (names: readonly string[]) =>
  `warning: there is no managed profile of that name, so this narrows nothing: ${names.join(', ')}`;

export const onlyManaged = `counts only where policy is managed, in ${MANAGED.config}`;
