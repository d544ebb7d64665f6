// Machine facts + how the sandbox came up -> findings. Pure.
import { type Finding, findingsOf } from './finding.ts';
import type { MachineFacts, SandboxOutcome } from './machine-facts.ts';

const finding = findingsOf('machine');

/** Groups that let their members become root or read disks, sandbox or not. */
const POWERFUL_GROUPS = new Set([
  'docker',
  'podman',
  'lxd',
  'incus',
  'incus-admin',
  'libvirt',
  'sudo',
  'wheel',
  'adm',
  'disk',
]);
const SECCOMP_ACTIONS = ['errno', 'kill_process', 'allow'] as const;
/** The first kernel that counts processes per user namespace, so that the limit of one server is its own. */
const COUNTS_PER_NAMESPACE = [5, 14] as const;

const SURROUNDINGS = {
  snap: {
    detail: 'started from inside a snap, which forbids sandboxes within',
    cure: 'install the MCP client from a deb or rpm package, or its snap with --classic',
  },
  flatpak: {
    detail: 'started from inside a flatpak, which forbids sandboxes within',
    cure: 'install the MCP client from a deb or rpm package',
  },
  wsl1: { detail: 'WSL 1 has no namespaces', cure: 'wsl.exe --set-version <distribution> 2' },
} as const;

export function judgeMachine(facts: MachineFacts, sandbox: SandboxOutcome): Finding[] {
  return [
    kernel(facts),
    bubblewrap(facts),
    programs(facts),
    seccomp(facts),
    ...userNamespaces(facts, sandbox),
    ...surroundings(facts, sandbox),
    account(facts),
    groups(facts),
    tracing(facts),
    starts(sandbox),
    ...controlGroup(sandbox),
    egress(facts),
  ];
}

function kernel({ kernel: release }: MachineFacts): Finding {
  const [major = 0, minor = 0] = release.split('.').map(Number);
  const [wantMajor, wantMinor] = COUNTS_PER_NAMESPACE;
  return major > wantMajor || (major === wantMajor && minor >= wantMinor)
    ? finding('kernel', 'kernel', 'ok', release)
    : finding(
        'kernel',
        'kernel',
        'weaker',
        `${release}: before ${wantMajor}.${wantMinor} the limit on processes counts all of this user, not of one server`,
        ['use a newer kernel'],
      );
}

function bubblewrap({ bwrap }: MachineFacts): Finding {
  if (bwrap.kind === 'refused')
    return finding('bubblewrap', 'bubblewrap', 'failed', bwrap.error.message, bwrap.error.hints);
  // 0.12.0 names what it no longer promises with this option, and is the first that follows no link while it makes
  // mount points (CVE-2026-87766). Versions are patched by distributions, so the option is asked for, not the version.
  const nested = bwrap.options.has('not-a-security-boundary')
    ? ''
    : " (before 0.12: protections inside writable grants rest on cordon's own checks)";
  return finding(
    'bubblewrap',
    'bubblewrap',
    'ok',
    `${bwrap.version} at ${bwrap.facts.path}, not setuid, has all options needed${nested}`,
  );
}

function programs({ missingPrograms }: MachineFacts): Finding {
  return missingPrograms.length === 0
    ? finding('programs', 'programs of the launch', 'ok', 'env and sh are there')
    : finding(
        'programs',
        'programs of the launch',
        'failed',
        `missing: ${missingPrograms.map((program) => program.path).join(', ')}`,
        [`apt-get install ${[...new Set(missingPrograms.map((program) => program.package))].join(' ')}`],
      );
}

function seccomp({ seccompActions }: MachineFacts): Finding {
  const missing = SECCOMP_ACTIONS.filter((action) => seccompActions?.includes(action) !== true);
  return missing.length === 0
    ? finding('seccomp', 'seccomp filters', 'ok', 'the kernel has them')
    : finding('seccomp', 'seccomp filters', 'failed', `the kernel lacks ${missing.join(', ')}`, [
        'use a kernel with CONFIG_SECCOMP_FILTER, 4.14 or newer',
      ]);
}

/** A setting that stands in the way is a failure only when the sandbox did not come up: root passes some of them. */
function userNamespaces({ settings, uid }: MachineFacts, sandbox: SandboxOutcome): Finding[] {
  const title = 'user namespaces';
  const started = sandbox.kind === 'started';
  const cures: string[] = [];
  if (settings.maxUserNamespaces === 0) cures.push('sudo sysctl -w user.max_user_namespaces=15000');
  if (settings.unprivilegedUserNamespaces === 0 && uid !== 0)
    cures.push('sudo sysctl -w kernel.unprivileged_userns_clone=1');
  if (settings.apparmorRestrictsUserNamespaces === 1 && uid !== 0) {
    if (started)
      return [
        finding('user-namespaces', title, 'ok', 'restricted by AppArmor, which lets bubblewrap make them'),
      ];
    cures.push(
      'sudo apt-get install apparmor-profiles && sudo install -m 0644 /usr/share/apparmor/extra-profiles/bwrap-userns-restrict /etc/apparmor.d/ && sudo apparmor_parser -r /etc/apparmor.d/bwrap-userns-restrict',
    );
  }
  if (settings.maxUserNamespaces === undefined && !started)
    cures.push('use a kernel with CONFIG_USER_NS: ls /proc/sys/user/max_user_namespaces');
  return cures.length === 0 || started
    ? [finding('user-namespaces', title, 'ok', 'no setting of the kernel forbids them')]
    : [finding('user-namespaces', title, 'failed', 'forbidden by a setting of the kernel', cures)];
}

/** Only when the sandbox did not come up: some snaps and containers leave enough for it. */
function surroundings({ surroundings: kind }: MachineFacts, sandbox: SandboxOutcome): Finding[] {
  if (kind === 'plain' || sandbox.kind === 'started') return [];
  const { detail, cure } = SURROUNDINGS[kind];
  return [finding('surroundings', 'surroundings', 'failed', detail, [cure])];
}

function account({ uid }: MachineFacts): Finding {
  return uid === 0
    ? finding(
        'account',
        'account',
        'weaker',
        'root: the same walls, but whoever got through one would be root instead of a user',
        ['run cordon and the MCP client as an ordinary user'],
      )
    : finding('account', 'account', 'ok', `an ordinary user (uid ${uid})`);
}

function groups({ groups: names, uid }: MachineFacts): Finding {
  if (names === undefined)
    return finding('groups', 'groups', 'weaker', 'could not be asked for, so none can be ruled out', [
      'id -Gn',
    ]);
  const powerful = uid === 0 ? [] : names.filter((name) => POWERFUL_GROUPS.has(name));
  return powerful.length === 0
    ? finding('groups', 'groups', 'ok', 'none that gives more than the user has')
    : finding(
        'groups',
        'groups',
        'weaker',
        `${powerful.join(', ')}: a sandbox cannot give groups up, so grants are also opened with their rights`,
        powerful.map((name) => `sudo gpasswd --delete "$USER" ${name}`),
      );
}

function tracing({ settings }: MachineFacts): Finding {
  const title = 'tracing by others';
  return settings.ptraceScope === undefined || settings.ptraceScope === 0
    ? finding(
        'tracing',
        title,
        'weaker',
        "programs of this user outside the sandbox can read a server's memory, its secrets too",
        settings.ptraceScope === undefined
          ? ['use a kernel with the Yama security module']
          : ['sudo sysctl -w kernel.yama.ptrace_scope=1'],
      )
    : finding('tracing', title, 'ok', 'programs cannot read the memory of others (Yama)');
}

function egress({ egress: probe, egressMode }: MachineFacts): Finding {
  const title = 'network grants';
  if (egressMode === 'transparent' && probe.way === 'proxy')
    return finding(
      'egress',
      title,
      'failed',
      `config.json asks for a way that this machine forbids: ${probe.why}`,
      ['set "mode": "auto" under "egress" in config.json'],
    );
  return probe.way === 'transparent'
    ? finding(
        'egress',
        title,
        'ok',
        'servers need not know of them: names resolve inside, no proxy variables',
      )
    : finding(
        'egress',
        title,
        'weaker',
        `given through proxy variables, which not every program obeys: ${probe.why}`,
        egressMode === 'proxy'
          ? ['set "mode": "auto" under "egress" in config.json']
          : [
              'check kernel.apparmor_restrict_unprivileged_userns and user.max_net_namespaces: sysctl kernel.apparmor_restrict_unprivileged_userns user.max_net_namespaces',
            ],
      );
}

function starts(sandbox: SandboxOutcome): Finding {
  const title = 'strict sandbox';
  switch (sandbox.kind) {
    case 'started':
      return finding('sandbox-starts', title, 'ok', 'it was started around a probe program');
    case 'refused':
      return finding(
        'sandbox-starts',
        title,
        'failed',
        sandbox.error.message,
        sandbox.error.hints
          .filter((hint) => hint !== 'cordon doctor')
          .concat(fallbackCure(sandbox.error.hints)),
      );
    case 'not-tried':
      return finding(
        'sandbox-starts',
        title,
        'failed',
        'not started, because something it needs is missing',
        ['cure what failed here, then run cordon doctor again'],
      );
  }
}

/** A launch that knows no better sends people here; from here there is nowhere else to send them. */
function fallbackCure(hints: readonly string[]): string[] {
  return hints.every((hint) => hint === 'cordon doctor')
    ? ['report it with the output of cordon doctor --json']
    : [];
}

function controlGroup(sandbox: SandboxOutcome): Finding[] {
  if (sandbox.kind !== 'started') return [];
  const title = 'limits of the whole server';
  return sandbox.confinement === 'none'
    ? [
        finding(
          'control-group',
          title,
          'weaker',
          'no control group can be made here: memory is limited for each process, not for all together',
          ['log in through systemd with control groups delegated: loginctl enable-linger "$USER"'],
        ),
      ]
    : [
        finding(
          'control-group',
          title,
          'ok',
          `a control group (${sandbox.confinement}) limits all its processes together`,
        ),
      ];
}
