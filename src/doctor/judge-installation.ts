// Installation facts -> findings. Pure. Whoever can write to a folder, or to one above it, decides what is in it.
import type { EgressConfig } from '../config/config.ts';
import { machineWords } from '../messages/config.ts';
import { shellQuote } from '../messages/wording.ts';
import { type Finding, findingsOf } from './finding.ts';
import type { FolderFacts, InstallationFacts } from './installation-facts.ts';

const finding = findingsOf('installation');

const GROUP_WRITE = 0o020;
const OTHERS_WRITE = 0o002;
const STICKY = 0o1000;
const READ_BY_OTHERS = 0o077;

export function judgeInstallation(facts: InstallationFacts): Finding[] {
  return [configuration(facts), runtime(facts), ...facts.folders.map((folder) => judgeFolder(folder, facts))];
}

function configuration({ config }: InstallationFacts): Finding {
  const title = 'configuration';
  switch (config.kind) {
    case 'absent':
      return finding('config', title, 'ok', `${config.path} is not there: the defaults hold`);
    case 'read':
      return finding('config', title, 'ok', `${config.path}: ${configText(config)}`);
    case 'refused': {
      const { message, details, hints } = config.error;
      return finding('config', title, 'failed', [message, ...details].join('; '), curesFrom(hints));
    }
  }
}

/** What a launch says sends people here; from here the findings of each folder and file say more. */
function curesFrom(hints: readonly string[]): readonly string[] {
  const cures = hints.filter((hint) => hint !== 'cordon doctor');
  return cures.length > 0 ? cures : ['cure what failed below, then run cordon doctor again'];
}

function configText({
  egress,
  machine,
}: Extract<InstallationFacts['config'], { readonly kind: 'read' }>): string {
  return [egressText(egress), ...machineWords(machine)].join('; ');
}

function egressText({ mode, proxy, hosts, caFile }: EgressConfig): string {
  const names = Object.keys(hosts).length;
  return [
    `egress is ${mode}`,
    ...(proxy === undefined ? [] : [`through the proxy ${proxy.host}, port ${proxy.port}`]),
    ...(names === 0 ? [] : [`${names} ${names === 1 ? 'name has' : 'names have'} fixed addresses`]),
    ...(caFile === undefined ? [] : [`servers also trust ${shellQuote(caFile)}`]),
  ].join('; ');
}

function runtime({ runtime: node, mode, uid }: InstallationFacts): Finding {
  const title = 'runtime';
  if (node.kind === 'refused')
    return finding('runtime', title, 'failed', node.error.message, curesFrom(node.error.hints));
  const detail = `node ${node.version} at ${node.path}, unchanged since it was recorded`;
  if (!node.userWritable || uid === 0) return finding('runtime', title, 'ok', detail);
  return finding(
    'runtime',
    title,
    mode === 'managed' ? 'failed' : 'weaker',
    `${detail}; but this user can change it, and with it every server`,
    ['install node as root, then: cordon install'],
  );
}

function judgeFolder(folder: FolderFacts, facts: InstallationFacts): Finding {
  const id = `folder-${folder.id}`;
  const own = folder.chain[0];
  const { closed, unwritable } = folder;
  if (closed !== undefined || unwritable !== undefined)
    return finding(
      id,
      folder.title,
      'failed',
      closed === undefined
        ? `${folder.path}: this user may not write to ${unwritable}`
        : `${folder.path}: this user may not enter ${closed}`,
      [accessCure(folder, facts.uid)],
    );
  if (own === undefined) return finding(id, folder.title, 'ok', `${folder.path} is not there yet`);
  const rootOnly = facts.mode === 'managed' && folder.id !== 'audit';
  for (const step of folder.chain) {
    const fault = faultOf(step, facts, rootOnly);
    if (fault !== undefined) return finding(id, folder.title, 'failed', fault.detail, [fault.cure]);
  }
  if (folder.id === 'audit' && (own.mode & STICKY) !== 0)
    return finding(id, folder.title, 'ok', `${folder.path}, shared: each user writes a file of their own`);
  if (folder.id === 'audit' && (own.mode & READ_BY_OTHERS) !== 0)
    return finding(
      id,
      folder.title,
      'weaker',
      `${own.path} is open to other users (mode ${octal(own.mode)})`,
      [`chmod 700 ${shellQuote(own.path)}`],
    );
  return finding(
    id,
    folder.title,
    'ok',
    `${folder.path}, writable by ${rootOnly ? 'root' : 'this user and root'} alone`,
  );
}

/** Of one in which this user may not do what a launch needs. */
function accessCure({ path, chain, closed, unwritable, isOutside }: FolderFacts, uid: number): string {
  const atFault = shellQuote(closed ?? unwritable ?? path);
  if (!isOutside) return `sudo chown ${uid} ${atFault}`;
  if (closed !== undefined) return `sudo chmod a+rX ${atFault}`;
  // Every user is to write there, each to a file of their own.
  return `sudo ${chain.length === 0 ? 'mkdir -m' : 'chmod'} 1777 ${shellQuote(path)}`;
}

/** The same rules by which a launch refuses (verify/store-folder.ts). */
function faultOf(
  step: FolderFacts['chain'][number],
  { uid, gid }: InstallationFacts,
  rootOnly: boolean,
): { readonly detail: string; readonly cure: string } | undefined {
  const where = shellQuote(step.path);
  if (step.uid !== 0 && (rootOnly || step.uid !== uid))
    return {
      detail: `${step.path} belongs to user ${step.uid}, expected ${rootOnly ? 'root' : `user ${uid} or root`}`,
      cure: `sudo chown ${rootOnly ? 'root:root' : uid} ${where}`,
    };
  // In a sticky folder (/tmp) others may add, but not replace what is there; in one of root's alone nobody may add.
  if ((step.mode & STICKY) !== 0 && !rootOnly) return undefined;
  const sudo = step.uid === uid ? '' : 'sudo ';
  if ((step.mode & OTHERS_WRITE) !== 0)
    return {
      detail: `${step.path} can be written by every user (mode ${octal(step.mode)})`,
      cure: `${sudo}chmod o-w ${where}`,
    };
  // Many systems give each user a group of their own and make folders group-writable: that group is the user.
  if ((step.mode & GROUP_WRITE) !== 0 && (rootOnly || step.gid !== gid))
    return {
      detail: `${step.path} can be written by its group (mode ${octal(step.mode)})`,
      cure: `${sudo}chmod g-w ${where}`,
    };
  return undefined;
}

function octal(mode: number): string {
  return mode.toString(8).padStart(4, '0');
}
