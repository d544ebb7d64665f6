// Explanation -> text for a person who has to decide. Pure. Everything that is not ours is escaped here.
import { columns, paragraph } from '../commands/layout.ts';
import { escapeText } from '../escape.ts';
import { shellQuote } from '../messages/wording.ts';
import { MACOS_SANDBOX, MACOS_UNLIMITED } from '../messages/macos.ts';
import { deliveryWords } from '../messages/secrets.ts';
import { INSIDE } from '../plan/inside.ts';
import { placeServer } from '../sandbox/seatbelt/place.ts';
import { DENIALS } from '../sandbox/seccomp/policy.ts';
import type { Explanation } from './explanation.ts';
import { filesSection } from './render-files.ts';
import { networkSection } from './render-network.ts';
import { INDENT, item, section, sizeText } from './sections.ts';

/** One screen or two of text, a newline at its end. */
export function renderExplanation(explanation: Explanation): string {
  return [
    ...header(explanation),
    ...section('command', command(explanation)),
    ...section('files', filesSection(explanation)),
    ...section(
      'network',
      networkSection(
        explanation.network,
        explanation.routes,
        explanation.places === undefined ? 'linux' : 'macos',
      ),
    ),
    ...section('environment', environment(explanation)),
    ...section('secrets', secrets(explanation)),
    ...section('mcp', mcp(explanation)),
    ...section('limits', limits(explanation)),
    ...section('sandbox', sandbox(explanation)),
    ...(explanation.machine.length === 0
      ? []
      : section('config.json of this machine', explanation.machine.flatMap(item))),
    ...section('weaker here', weaker(explanation)),
  ]
    .join('\n')
    .concat('\n');
}

function header({ profile, plan, lockfile, platform, package: state }: Explanation): string[] {
  const rows = [
    ['package', plan.package],
    ['tree', `${plan.digest} (${platform})`],
    ['lockfile', lockfile],
    ['profile', `${escapeText(profile.folder)} (${profile.origin})`],
    ...(profile.narrowedBy === null ? [] : [['narrowed by', escapeText(profile.narrowedBy)]]),
    ['installed', installed(profile.name, state)],
  ];
  return [`${profile.name}: ${escapeText(profile.description)}`, ...columns(rows, INDENT)];
}

function installed(name: string, state: Explanation['package']): string {
  switch (state) {
    case 'installed':
      return 'yes; every file is hashed again at each start';
    case 'not-installed':
      return `not yet: cordon install ${name}`;
    case 'damaged':
      return `damaged in the store, would be refused: cordon install ${name}`;
  }
}

function command({ plan, runtime, places }: Explanation): string[] {
  const runtimeText =
    runtime.state === 'recorded'
      ? `node ${runtime.version} at ${escapeText(runtime.path)}, recorded at install; ${places === undefined ? `seen as ${INSIDE.runtime}, ` : ''}read-only`
      : `${escapeText(runtime.message)} [${runtime.code}]; ${runtime.hints.map((hint) => `hint: ${escapeText(hint)}`).join('; ')}`;
  const server = serverOf(plan, places);
  const { uid, gid, hostname } = plan.identity;
  return columns(
    [
      ['runtime', runtimeText],
      ['runs', server.command.map(shellQuote).join(' ')],
      ['in', escapeText(server.workingDirectory)],
      ['as', places === undefined ? `user ${uid}, group ${gid}, on host ${hostname}` : 'this user'],
    ],
    INDENT,
  );
}

/** As it will be told: on macOS the places of a plan are others. */
function serverOf(plan: Explanation['plan'], places: Explanation['places']) {
  const { network, workingDirectory, environment: variables } = plan;
  if (places === undefined || network.kind === 'transparent' || network.kind === 'proxy') {
    const words = [plan.command.program, ...plan.command.args];
    return { command: words, workingDirectory, environment: variables };
  }
  return placeServer({ ...plan, network }, places, undefined);
}

function environment({ plan, places }: Explanation): string[] {
  return [
    ...columns(
      Object.entries(serverOf(plan, places).environment).map(([name, value]) => [
        escapeText(name),
        shellQuote(value),
      ]),
      INDENT,
    ),
    `${INDENT}nothing else: the client's own environment does not pass`,
  ];
}

function secrets({ secrets: wanted }: Explanation): string[] {
  if (wanted.length === 0) return [`${INDENT}none`];
  return wanted.flatMap(({ name, required, deliver, sources, why }) => [
    ...columns([[escapeText(name), required ? 'required' : 'optional', escapeText(why)]], INDENT),
    ...item(`given ${deliveryWords[deliver]}`),
    ...item(`from ${sources.join(', else ')}`),
  ]);
}

function mcp({ profile }: Explanation): string[] {
  const { tools, extensions, ...others } = profile.mcp;
  const also = [
    ...Object.entries(others).flatMap(([name, asked]) => (asked ? [name] : [])),
    ...extensions.map(escapeText),
  ];
  return [
    ...columns(
      [
        ['tools', tools === true ? 'all' : tools === false ? 'none' : tools.map(escapeText).join(', ')],
        ['also', also.length === 0 ? 'nothing' : also.join(', ')],
      ],
      INDENT,
    ),
    ...paragraph(
      'every message is parsed and judged before it is passed on; what is not granted here does not exist for the server, and what the client is shown is what was approved',
      INDENT,
    ),
  ];
}

function limits({ plan, places }: Explanation): string[] {
  const { memoryBytes, processes, files, fileSizeBytes, tmpBytes, messageBytes } = plan.limits;
  if (places !== undefined)
    return columns(
      [
        ['open files', `${files} for each process`],
        ['file size', sizeText(fileSizeBytes)],
        ['message', `${sizeText(messageBytes)} of JSON-RPC from the server`],
        ['not limited', MACOS_UNLIMITED],
      ],
      INDENT,
    );
  return columns(
    [
      [
        'memory',
        `${sizeText(memoryBytes)} for each process, and for all together where a control group can be made`,
      ],
      ['processes', `${processes}, threads included`],
      ['open files', `${files} for each process`],
      ['file size', sizeText(fileSizeBytes)],
      ['/tmp, home', `${sizeText(tmpBytes)} each, in memory, gone at the end`],
      ['message', `${sizeText(messageBytes)} of JSON-RPC from the server`],
    ],
    INDENT,
  );
}

function sandbox({ plan, places }: Explanation): string[] {
  if (places !== undefined) return MACOS_SANDBOX.flatMap((text) => paragraph(text, INDENT));
  const refused = DENIALS.reduce((sum, denial) => sum + denial.syscalls.length, 0);
  return [
    ...paragraph(
      'bubblewrap starts the server in user, process, mount, network, IPC and host name namespaces of its own, with no capability, no new privileges, no terminal, no inherited descriptor and no way to make namespaces within; the kernel ends all of it when cordon ends.',
      INDENT,
    ),
    ...paragraph(
      `A seccomp filter (${plan.seccomp.architecture}) refuses ${refused} system calls by name, among them mount, ptrace, bpf, keyctl and io_uring, every call newer than itself, and all sockets but TCP and UDP; a call of another architecture kills the process.`,
      INDENT,
    ),
  ];
}

function weaker({ weaker: found }: Explanation): string[] {
  return found.length === 0
    ? [`${INDENT}nothing that can be seen without starting it; cordon doctor starts it`]
    : found.flatMap(({ text }) => item(text));
}
