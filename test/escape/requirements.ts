// Every way out that was thought of, as data: what is tried, what must come of it, and what proves it. coverage.test.ts
// fails when a row has no proof; matrix.test.ts runs the rows that are proved by a probe.

/** Words that an outcome may be; by attempt where attempts differ (`*` is for those not named). */
export type Words = readonly string[] | Readonly<Record<string, readonly string[]>>;

export type Proof =
  | {
      readonly by: 'probe';
      /** Which server the probe runs in (profiles.ts). */
      readonly server: 'workspace' | 'bare' | 'terminal';
      /** What each attempt must come to inside. */
      readonly inside: Words;
      /** What each attempt may come to outside; the first word must be seen at least once, or nothing is proved. */
      readonly outside?: readonly [string, ...string[]];
      /** The outside half needs files that only root can make (setuid, capabilities). */
      readonly needsRoot?: true;
    }
  /** Tests of their own, which name the row. */
  | { readonly by: 'test'; readonly file: string }
  /** Not shown by this suite on Linux; why. */
  | { readonly by: 'later'; readonly with: 'macos'; readonly why: string };

export interface Requirement {
  readonly id: string;
  readonly category: string;
  readonly what: string;
  readonly expected: string;
  readonly proof: Proof;
}

const NO_SUCH_FILE = ['ENOENT'];
const NOT_PERMITTED = ['EPERM'];
const READ_ONLY = ['EROFS'];
const NOT_HERE = ['clean', 'ENOENT', 'EACCES', 'EPERM'];
const NO_FAMILY = ['EAFNOSUPPORT'];
const NO_NETWORK = ['ENETUNREACH', 'ECONNREFUSED'];

const probe = (
  server: 'workspace' | 'bare' | 'terminal',
  inside: Words,
  outside: readonly [string, ...string[]] = ['OK'],
): Proof => ({ by: 'probe', server, inside, outside });

const MACOS = (why: string): Proof => ({ by: 'later', with: 'macos', why });
const SESSIONS: Proof = { by: 'test', file: 'test/escape/sessions.test.ts' };
const EGRESS: Proof = { by: 'test', file: 'test/egress/attacks.test.ts' };
const NAMES: Proof = { by: 'test', file: 'test/egress/names.test.ts' };
const FLOODS: Proof = { by: 'test', file: 'test/egress/floods.test.ts' };
const LIFECYCLE: Proof = { by: 'test', file: 'test/integration/lifecycle.test.ts' };

const row = (id: string, category: string, what: string, expected: string, proof: Proof): Requirement => ({
  id,
  category,
  what,
  expected,
  proof,
});

export const REQUIREMENTS: readonly Requirement[] = [
  // --- files ---
  row(
    'F01',
    'files',
    'read keys and credentials in the home folder',
    'ENOENT',
    probe('workspace', NO_SUCH_FILE),
  ),
  row(
    'F02',
    'files',
    'list the home folder when the runtime and the workspace lie in it',
    'only parents of what is granted',
    probe('workspace', ['clean'], ['shows']),
  ),
  row(
    'F04',
    'files',
    'read /etc/shadow, /etc/machine-id, /etc/ssh',
    'ENOENT',
    probe('bare', NO_SUCH_FILE, ['OK', 'EACCES']),
  ),
  row(
    'F05',
    'files',
    'list /run /var /home /root /mnt /media /boot /sys /srv',
    'ENOENT',
    probe('bare', NO_SUCH_FILE, ['OK', 'EACCES']),
  ),
  row(
    'F06',
    'files',
    'fill /tmp and the private home',
    'ENOSPC at the limit',
    probe('workspace', ['ENOSPC']),
  ),
  row('F09', 'files', 'make device nodes', 'EPERM', probe('workspace', NOT_PERMITTED)),
  row(
    'F11',
    'files',
    'walk out through /proc/*/root and /proc/*/cwd',
    'the sandbox only',
    probe('workspace', ['ENOENT', 'EACCES', 'ENOTDIR']),
  ),
  row(
    'F13',
    'files',
    'rename or remove a protected path to replace it',
    'EBUSY',
    probe('workspace', {
      '*': ['EBUSY'],
      'rename the workspace': ['EBUSY', 'EROFS'],
      'remove the protected folder': ['EBUSY', 'EROFS'],
    }),
  ),
  row('F14', 'files', 'mount again, writable', 'EPERM', probe('workspace', NOT_PERMITTED)),
  row('F15', 'files', 'change the package while it runs', 'EROFS', probe('workspace', READ_ONLY)),
  row('F16', 'files', 'write below a read grant', 'EROFS', probe('workspace', READ_ONLY)),
  row(
    'F17',
    'files',
    'plant hooks, editor tasks and client configuration in a writable grant',
    'EROFS, or reported when the path was missing',
    probe('workspace', READ_ONLY),
  ),
  row(
    'F18',
    'files',
    'make a setuid or setgid program in a writable grant',
    'EPERM',
    probe('workspace', NOT_PERMITTED),
  ),
  row(
    'L01',
    'links',
    'plant a link in a grant and read a key through it',
    'ENOENT',
    probe('workspace', ['ENOENT', 'EACCES']),
  ),
  row(
    'L03',
    'links',
    'plant a link where the next start mounts',
    'refused, nothing written outside',
    SESSIONS,
  ),

  // --- /proc ---
  row('P01', 'proc', 'read the environment of the launcher through /proc', 'nothing', {
    by: 'probe',
    server: 'workspace',
    inside: NOT_HERE,
    outside: ['shows'],
  }),
  row('P02', 'proc', 'read the options of the sandbox', 'nothing', probe('workspace', NOT_HERE, ['shows'])),
  row('P03', 'proc', 'list processes', 'its own only', probe('workspace', ['clean'], ['shows'])),
  row(
    'P04',
    'proc',
    'signal processes of the user',
    'ESRCH, its own only',
    probe('workspace', { '*': ['ESRCH'], 'processes that can be signalled': ['own'] }),
  ),
  row('P05', 'proc', 'read the memory of the init', 'no secrets', probe('workspace', NOT_HERE, ['shows'])),
  row(
    'P06',
    'proc',
    'open /proc/sys for writing',
    'EROFS',
    probe('workspace', ['EROFS', 'EACCES', 'EPERM', 'ENOENT']),
  ),
  row(
    'P07',
    'proc',
    'open sysrq-trigger, kcore, kmsg, kallsyms',
    'EACCES or absent',
    probe('workspace', ['EACCES', 'EPERM', 'ENOENT', 'EROFS', 'zeros']),
  ),
  row(
    'P08',
    'proc',
    'read the command line of the kernel, keys, timers',
    'masked',
    probe('workspace', ['empty', 'EACCES', 'EPERM', 'ENOENT', 'none']),
  ),
  row(
    'P09',
    'proc',
    'escape the out-of-memory killer, raise limits and priority',
    'EACCES',
    probe('workspace', ['EACCES', 'EPERM', 'EROFS']),
  ),
  row(
    'P10',
    'proc',
    'write uid_map and setgroups',
    'EPERM',
    probe('workspace', ['EPERM', 'EROFS', 'EACCES']),
  ),
  row(
    'P11',
    'proc',
    'read secrets from mountinfo',
    'none (paths of grants show)',
    probe('workspace', ['clean'], ['clean']),
  ),
  row(
    'P12',
    'proc',
    'see connections and sockets of the machine',
    'its own only',
    probe('workspace', ['clean'], ['shows']),
  ),
  row(
    'P13',
    'proc',
    'overwrite or chmod a running program through /proc/*/exe (CVE-2019-5736)',
    'EROFS or ETXTBSY',
    probe('workspace', ['EROFS', 'ETXTBSY', 'EACCES', 'EPERM', 'ENOENT']),
  ),

  // --- devices, terminals ---
  row('D01', 'devices', 'find devices of the machine', 'ENOENT', probe('workspace', NO_SUCH_FILE)),
  row(
    'D02',
    'devices',
    'create files in /dev, chmod what is there',
    'EROFS or EPERM',
    probe('workspace', ['EROFS', 'EPERM', 'ENXIO']),
  ),
  row('D03', 'devices', 'fill /dev/shm', 'ENOSPC', probe('workspace', ['ENOSPC'])),
  row('T03', 'terminal', 'TIOCLINUX and TIOCSTI', 'EPERM', probe('workspace', NOT_PERMITTED)),
  row(
    'T04',
    'terminal',
    "take the client's terminal or its foreground group",
    'ENXIO, ENOTTY, EPERM',
    probe('terminal', ['ENXIO', 'ENOTTY', 'EPERM']),
  ),
  row('T05', 'terminal', 'escape sequences on stderr', 'escaped', SESSIONS),

  // --- namespaces ---
  row('N01', 'namespaces', 'unshare(NEWUSER)', 'EPERM', probe('workspace', NOT_PERMITTED)),
  row('N02', 'namespaces', 'unshare the other namespaces', 'EPERM', probe('workspace', NOT_PERMITTED)),
  row(
    'N03',
    'namespaces',
    'clone(NEWUSER), clone3(NEWUSER)',
    'EPERM, ENOSYS',
    probe('workspace', { clone: ['EPERM'], clone3: ['ENOSYS'] }),
  ),
  row('N06', 'namespaces', 'mount, umount, pivot_root, chroot', 'EPERM', probe('workspace', NOT_PERMITTED)),
  row('N07', 'namespaces', 'the newer mount calls', 'ENOSYS', probe('workspace', ['ENOSYS'])),

  // --- capabilities ---
  row(
    'C02',
    'capabilities',
    'no_new_privs and the filter are on, no capability is left',
    '1, 2, none',
    probe('workspace', { NoNewPrivs: ['1'], Seccomp: ['2'], capabilities: ['none'] }),
  ),
  row(
    'C03',
    'capabilities',
    'setuid, setgid, setgroups',
    'EPERM or EINVAL',
    probe('workspace', ['EPERM', 'EINVAL']),
  ),
  row('C04', 'capabilities', 'run a setuid program', 'no more rights', {
    by: 'probe',
    server: 'workspace',
    inside: ['same'],
    needsRoot: true,
  }),
  row('C05', 'capabilities', 'run a program with file capabilities', 'no capability', {
    by: 'probe',
    server: 'workspace',
    inside: ['none'],
    needsRoot: true,
  }),
  row(
    'C06',
    'capabilities',
    'give a file to another user',
    'EPERM or EINVAL',
    probe('workspace', ['EPERM', 'EINVAL']),
  ),

  // --- system calls ---
  row('Q01', 'calls', 'x32 numbers', 'ENOSYS', probe('workspace', ['ENOSYS'])),
  row(
    'Q02',
    'calls',
    'int 0x80',
    'killed by SIGSYS',
    probe('workspace', ['SIGSYS'], ['OK', 'SIGSEGV', 'SIGSYS']),
  ),
  row('Q03', 'calls', 'calls newer than the table', 'ENOSYS', probe('workspace', ['ENOSYS'])),
  row(
    'Q04',
    'calls',
    'io_uring',
    'ENOSYS',
    // Reached the kernel and was told off for its arguments; EPERM where an administrator has switched it off.
    probe('workspace', ['ENOSYS'], ['EFAULT', 'EBADF', 'EINVAL', 'EPERM']),
  ),
  row('Q05', 'calls', 'ptrace, process_vm_*, pidfd_getfd, kcmp', 'EPERM', probe('workspace', NOT_PERMITTED)),
  row(
    'Q06',
    'calls',
    'bpf, perf_event_open, userfaultfd',
    'EPERM',
    // An ordinary user is refused bpf on most machines; one of the three is enough to show that the probe can ask.
    probe('workspace', NOT_PERMITTED, ['OK', 'EPERM', 'EACCES']),
  ),
  row(
    'Q07',
    'calls',
    'personality(READ_IMPLIES_EXEC, ADDR_NO_RANDOMIZE)',
    'EPERM',
    probe('workspace', NOT_PERMITTED),
  ),
  row(
    'K01',
    'calls',
    "the user's keyrings",
    'EPERM',
    probe('workspace', NOT_PERMITTED, ['OK', 'ENOKEY', 'EDQUOT']),
  ),

  // --- sockets ---
  row(
    'A01',
    'sockets',
    'abstract sockets of the user',
    'EAFNOSUPPORT',
    probe('workspace', ['EAFNOSUPPORT', 'ECONNREFUSED']),
  ),
  row(
    'A02',
    'sockets',
    'bus, docker, ssh-agent, gpg-agent and their like',
    'not there, and no way to connect',
    probe('workspace', ['ENOENT', 'EAFNOSUPPORT']),
  ),
  row('A03', 'sockets', 'a socket file inside a read grant', 'EAFNOSUPPORT', probe('workspace', NO_FAMILY)),
  row(
    'A06',
    'sockets',
    'netlink other than its own interfaces',
    'EAFNOSUPPORT',
    probe('workspace', NO_FAMILY, ['OK', 'EPROTONOSUPPORT']),
  ),
  row(
    'A07',
    'sockets',
    'hand a descriptor to the launcher over stdio',
    'ENOTSOCK: stdio are pipes',
    probe('workspace', ['ENOTSOCK']),
  ),
  row('A08', 'sockets', 'socketpair of another family', 'EAFNOSUPPORT', probe('workspace', NO_FAMILY)),

  // --- network ---
  row(
    'W01',
    'network',
    'connect by TCP, UDP, IPv6, ICMP',
    'ENETUNREACH, EPERM',
    probe('workspace', {
      '*': NO_NETWORK,
      icmp: ['EPERM'],
      icmp6: ['EPERM'],
      'sock packet': ['EPERM'],
      packet: NO_FAMILY,
    }),
  ),
  row(
    'W02',
    'network',
    'resolve a name',
    'EAI_AGAIN, and no packet arrives',
    probe('workspace', ['EAI_AGAIN', 'ENOTFOUND', 'ECONNREFUSED', 'ETIMEOUT', 'ENETUNREACH']),
  ),
  row('W04', 'network', 'metadata addresses, directly and through the broker', 'blocked', EGRESS),
  row('W05', 'network', 'ask the broker for a host that was not granted', 'refused', EGRESS),
  row('W07', 'network', 'numbers in place of names', 'refused', EGRESS),
  row('W08', 'network', 'names that look like a granted one', 'refused', EGRESS),
  row('W09', 'network', 'another name inside TLS', 'closed', EGRESS),
  row('W10', 'network', 'a granted name that resolves to a private address', 'refused', NAMES),
  row('W11', 'network', 'a second request for another host', 'refused', EGRESS),
  row(
    'W13',
    'network',
    'sockets of its own, without any variables',
    'no network',
    probe('workspace', NO_NETWORK),
  ),
  row('W14', 'network', 'listen on 0.0.0.0 and be reached from the machine', 'not reachable', SESSIONS),
  row('W15', 'network', 'take its ports, flood the broker', 'nothing changes', FLOODS),
  row(
    'W16',
    'network',
    'other ports of localhost',
    'EPERM',
    MACOS('Linux has a network of its own per server; the rule of the policy is among the decisions'),
  ),

  // --- environment, descriptors ---
  row(
    'E01',
    'environment',
    'names of all variables',
    'those of the plan',
    probe('workspace', ['HOME LANG NODE_DISABLE_COMPILE_CACHE PATH PWD TMPDIR']),
  ),
  row('E02', 'environment', 'variables that steer interpreters', 'absent', probe('workspace', ['absent'])),
  row('E03', 'environment', "the client's tokens and sockets", 'absent', probe('workspace', ['absent'])),
  row(
    'H01',
    'descriptors',
    'descriptors that the client leaked',
    'none',
    probe('workspace', ['none'], ['shows']),
  ),
  row(
    'H02',
    'descriptors',
    'step out through an open folder',
    'none',
    probe('workspace', ['none'], ['shows']),
  ),

  // --- resources ---
  row('G02', 'resources', 'stop oneself so that the client hangs', 'ended with the client', SESSIONS),
  row('R01', 'resources', 'fork without end', 'EAGAIN', probe('workspace', ['EAGAIN'])),
  row('R03', 'resources', 'open files without end', 'EMFILE', probe('workspace', ['EMFILE'])),
  row('R05', 'resources', 'spin on four threads', 'the launcher still answers', SESSIONS),
  row(
    'R06',
    'resources',
    'dump memory into a core file',
    'limit 0, and it stays',
    probe('workspace', { 'core size': ['OK'], 'raise CORE': ['EPERM'] }),
  ),

  // --- life ---
  row('X02', 'life', 'outlive a killed launcher', 'all gone', LIFECYCLE),
  row('X05', 'life', 'leave a daemon behind', 'killed', LIFECYCLE),
  row('X07', 'life', 'exit, crash, fail to start', 'told apart', LIFECYCLE),
  row('X08', 'life', 'launcher killed while it starts', 'nothing left', LIFECYCLE),
  row('X09', 'life', 'wrapper killed, launcher orphaned', 'ends by itself', LIFECYCLE),
  row('X10', 'life', 'start and stop 200 times', 'nothing left', LIFECYCLE),
  row('M04', 'life', 'daemon after the launcher was killed, on macOS', 'killed', {
    by: 'test',
    file: 'test/integration/seatbelt-end.test.ts',
  }),

  // --- persistence ---
  row('Z02', 'persistence', 'leave something in the home folder', 'gone at the next start', SESSIONS),
  row(
    'Z03',
    'persistence',
    "poison the user's package caches",
    'not there',
    probe('workspace', NO_SUCH_FILE),
  ),
  row(
    'Z04',
    'persistence',
    "change Cordon's profiles, store, log",
    'not there',
    probe('workspace', ['ENOENT', 'EROFS', 'EACCES']),
  ),
];
