// The files section: what is granted, what is protected inside a grant, what comes with every sandbox, what is hidden.
import { columns, paragraph } from '../commands/layout.ts';
import { escapeText } from '../escape.ts';
import { shellQuote } from '../messages/wording.ts';
import { MACOS_HIDDEN } from '../messages/macos.ts';
import { INSIDE } from '../plan/inside.ts';
import type { SandboxPlan } from '../plan/plan.ts';
import type { SeatbeltPlaces } from '../sandbox/seatbelt/render.ts';
import type { ExplainedGrant, Explanation } from './explanation.ts';
import { INDENT, sizeText } from './sections.ts';

export function filesSection(explanation: Explanation): string[] {
  const { grants, plan, places } = explanation;
  const granted = grants.filter((grant) => grant.exists || grant.access === 'write');
  const absent = grants.filter((grant) => !grant.exists && grant.access !== 'write');
  return [
    ...columns(
      [
        ...granted.map((grant) => [access(grant), shellQuote(grant.path), reason(grant)]),
        ...(places === undefined ? linuxRows(plan) : macRows(places)),
      ],
      INDENT,
    ),
    ...absentLines(absent, explanation.workspace),
    ...paragraph(places === undefined ? hidden(explanation) : MACOS_HIDDEN, INDENT),
  ];
}

const VERIFIED = 'the package, read-only, from the very folder that was hashed';

function linuxRows(plan: SandboxPlan): string[][] {
  const system = plan.mounts.flatMap((mount) => (mount.kind === 'system' ? [mount.target] : []));
  const tmp = sizeText(plan.limits.tmpBytes);
  return [
    ['read', INSIDE.package, VERIFIED],
    [
      'read',
      '/usr and libraries',
      `programs and libraries of the system: ${system.map(shellQuote).join(', ')}`,
    ],
    ['private', `/tmp, ${INSIDE.home}`, `empty at the start, ${tmp} each, gone at the end`],
  ];
}

function macRows({ package: tree, home, tmp }: SeatbeltPlaces): string[][] {
  return [
    ['read', shellQuote(tree), 'the package, read-only, by the name of the folder that was hashed'],
    ['read', '/usr/lib and libraries', 'libraries of the system, and no program of it'],
    ['private', shellQuote(home), 'home folder of one start, gone at its end'],
    ['private', shellQuote(tmp), 'temporary files, likewise'],
  ];
}

function access(grant: ExplainedGrant): string {
  switch (grant.access) {
    case 'write':
      return 'write';
    case 'read':
      return 'read';
    case 'protect':
      return 'protected';
  }
}

function reason(grant: ExplainedGrant): string {
  const parts = [grant.why === null ? 'no reason given' : escapeText(grant.why)];
  if (grant.inside !== grant.path) parts.push(`seen as ${grant.inside}`);
  if (!grant.exists) parts.push('made at the first start');
  return parts.join('; ');
}

/** Paths that are not there now: what a protection of them can and cannot do. */
function absentLines(absent: readonly ExplainedGrant[], workspace: string | null): string[] {
  const list = (kind: ExplainedGrant['access']): string =>
    absent
      .filter((grant) => grant.access === kind)
      .map((grant) => shellQuote(relativeTo(workspace, grant.path)))
      .join(', ');
  const [protect, read] = [list('protect'), list('read')];
  return [
    ...(protect === ''
      ? []
      : paragraph(
          `to be protected but not there now; the server could make them, which is reported when it ends: ${protect}`,
          INDENT,
        )),
    ...(read === '' ? [] : paragraph(`granted for reading but not there now: ${read}`, INDENT)),
  ];
}

function relativeTo(workspace: string | null, path: string): string {
  return workspace !== null && path.startsWith(`${workspace}/`) ? path.slice(workspace.length + 1) : path;
}

function hidden({ home, workspace, grants, plan }: Explanation): string {
  const others = workspace === null ? 'every project' : 'every other project';
  const grantedInHome = grants.some((grant) => grant.path.startsWith(`${home}/`));
  const ofHome = grantedInHome ? `the rest of ${shellQuote(home)}` : shellQuote(home);
  const madeUp = plan.mounts.filter((mount) => mount.kind === 'file' && mount.target.startsWith('/etc/'));
  return `hidden: all else, as if it did not exist: ${ofHome}, ${others}, /etc but for the above and ${madeUp.length} made-up files, /run and its sockets (agents, Docker, D-Bus), /var, /sys, the /tmp of this machine, devices, other processes`;
}
