// Explanation -> text for a person who has to decide. Pure. Everything that is not ours is escaped here.
import { columns, paragraph } from '../commands/layout.ts';
import { escapeText } from '../escape.ts';
import { shellQuote } from '../messages.ts';
import { deliveryWords } from '../messages/secrets.ts';
import { INSIDE } from '../plan/inside.ts';
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
    ...section('network', networkSection(explanation.network)),
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

function command({ plan, runtime }: Explanation): string[] {
  const runtimeText =
    runtime.state === 'recorded'
      ? `node ${runtime.version} at ${escapeText(runtime.path)}, recorded at install; seen as ${INSIDE.runtime}, read-only`
      : `${escapeText(runtime.message)} [${runtime.code}]; ${runtime.hints.map((hint) => `hint: ${escapeText(hint)}`).join('; ')}`;
  const words = [plan.command.program, ...plan.command.args].map(shellQuote);
  return columns(
    [
      ['runtime', runtimeText],
      ['runs', words.join(' ')],
      ['in', escapeText(plan.workingDirectory)],
      ['as', `user ${plan.identity.uid}, group ${plan.identity.gid}, on host ${plan.identity.hostname}`],
    ],
    INDENT,
  );
}

function environment({ plan }: Explanation): string[] {
  return [
    ...columns(
      Object.entries(plan.environment).map(([name, value]) => [escapeText(name), shellQuote(value)]),
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

function limits({ plan }: Explanation): string[] {
  const { memoryBytes, processes, files, fileSizeBytes, tmpBytes, messageBytes } = plan.limits;
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

function sandbox({ plan }: Explanation): string[] {
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
