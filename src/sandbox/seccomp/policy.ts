// What the server may not ask of the kernel, as data. Everything that is not named here is allowed: a list of denials
// with a ratchet (HIGHEST_JUDGED_SYSCALL) breaks no native package, and namespaces already took away what calls act on.
// This is the wall behind that wall: it closes what namespaces do not cover (keyrings, AF_VSOCK, AF_ALG, unix socket
// files) and the parts of the kernel that most exploits start from.
import type { SeccompPlan } from '../../plan/plan.ts';
import type { SyscallName } from './syscalls.ts';

/** Linux error numbers, equal on both architectures. */
export const ERRNO = { EPERM: 1, ENOSYS: 38, EPROTONOSUPPORT: 93, EAFNOSUPPORT: 97 } as const;

export type Verdict = 'allow' | keyof typeof ERRNO;

export interface Denials {
  readonly errno: 'EPERM' | 'ENOSYS';
  readonly why: string;
  readonly syscalls: readonly SyscallName[];
}

/** EPERM where a person should see a refusal; ENOSYS where libraries ask and then fall back. */
export const DENIALS: readonly Denials[] = [
  {
    errno: 'EPERM',
    why: 'a namespace of its own would give the server capabilities, and mounts that undo ours',
    syscalls: ['unshare', 'setns', 'mount', 'umount2', 'pivot_root', 'chroot', 'swapon', 'swapoff'],
  },
  {
    errno: 'EPERM',
    why: 'reads or steers other processes past /proc, the in-sandbox init with our arguments among them',
    syscalls: [
      'ptrace',
      'process_vm_readv',
      'process_vm_writev',
      'pidfd_getfd',
      'kcmp',
      'process_madvise',
      'process_mrelease',
    ],
  },
  {
    errno: 'EPERM',
    why: 'keyrings belong to the user, not to a namespace: kernel-held tickets and disk keys of the session',
    syscalls: ['add_key', 'request_key', 'keyctl'],
  },
  {
    errno: 'EPERM',
    why: 'large parts of the kernel that servers do not need and exploits like',
    syscalls: ['bpf', 'perf_event_open', 'userfaultfd', 'vmsplice', 'remap_file_pages', 'modify_ldt'],
  },
  {
    errno: 'EPERM',
    why: 'secret memory cannot be seen by whoever looks after the machine',
    syscalls: ['memfd_secret'],
  },
  {
    errno: 'EPERM',
    why: 'placement of memory on nodes of the machine, used in exploits to shape the heap',
    syscalls: [
      'move_pages',
      'mbind',
      'get_mempolicy',
      'set_mempolicy',
      'set_mempolicy_home_node',
      'migrate_pages',
    ],
  },
  {
    errno: 'EPERM',
    why: 'opens files by handle past the mount table, or watches a whole filesystem; device nodes',
    syscalls: [
      'name_to_handle_at',
      'open_by_handle_at',
      'fanotify_init',
      'fanotify_mark',
      'mknod',
      'mknodat',
    ],
  },
  {
    errno: 'EPERM',
    why: 'changes or reveals the machine itself',
    syscalls: [
      'syslog',
      'acct',
      'quotactl',
      'quotactl_fd',
      'kexec_load',
      'kexec_file_load',
      'init_module',
      'finit_module',
      'delete_module',
      'reboot',
      'settimeofday',
      'clock_settime',
      'clock_adjtime',
      'adjtimex',
      'sethostname',
      'setdomainname',
      'vhangup',
      'iopl',
      'ioperm',
    ],
  },
  {
    errno: 'EPERM',
    why: 'left over from old kernels',
    syscalls: [
      'uselib',
      '_sysctl',
      'create_module',
      'get_kernel_syms',
      'query_module',
      'nfsservctl',
      'ustat',
      'sysfs',
      'vserver',
      'lookup_dcookie',
    ],
  },
  {
    errno: 'ENOSYS',
    why: 'its flags lie behind a pointer that a filter cannot read; libraries fall back to clone (CVE-2021-41133)',
    syscalls: ['clone3'],
  },
  {
    errno: 'ENOSYS',
    why: 'runs opens, connects and sockets inside the kernel, where no rule of this filter sees them; libuv falls back',
    syscalls: ['io_uring_setup', 'io_uring_enter', 'io_uring_register'],
  },
  {
    errno: 'ENOSYS',
    why: 'the newer mount calls (CVE-2021-41133)',
    syscalls: [
      'open_tree',
      'open_tree_attr',
      'move_mount',
      'fsopen',
      'fsconfig',
      'fsmount',
      'fspick',
      'mount_setattr',
      'statmount',
      'listmount',
    ],
  },
  {
    errno: 'ENOSYS',
    why: 'asks about or changes security modules',
    syscalls: ['lsm_get_self_attr', 'lsm_set_self_attr', 'lsm_list_modules'],
  },
];

/**
 * A test on the low 32 bits of one argument. Every argument tested here is an `int` or `unsigned int` to the kernel, which
 * ignores the upper half: a filter that compared it too could be passed by setting a bit there (CVE-2019-10063).
 */
type Condition =
  | { readonly argument: ArgumentIndex; readonly mask?: number; readonly isOneOf: readonly number[] }
  | { readonly argument: ArgumentIndex; readonly hasAnyBitOf: number };

type ArgumentIndex = 0 | 1 | 2 | 3 | 4 | 5;

/** The first case whose conditions all hold decides; else `otherwise`. */
export interface ArgumentRule {
  readonly syscall: SyscallName;
  readonly why: string;
  readonly cases: ReadonlyArray<{ readonly when: readonly Condition[]; readonly verdict: Verdict }>;
  readonly otherwise: Verdict;
}

const CLONE_NEW =
  0x0002_0000 | // NEWNS
  0x0200_0000 | // NEWCGROUP
  0x0400_0000 | // NEWUTS
  0x0800_0000 | // NEWIPC
  0x1000_0000 | // NEWUSER
  0x2000_0000 | // NEWPID
  0x4000_0000; // NEWNET

const TIOCSTI = 0x5412;
const TIOCLINUX = 0x541c;

const PER_LINUX = 0;
const PER_LINUX32 = 8;
const UNAME26 = 0x0002_0000;
const PERSONALITY_QUERY = 0xffff_ffff;

const AF_UNIX = 1;
const AF_INET = 2;
const AF_INET6 = 10;
const AF_NETLINK = 16;
const NETLINK_ROUTE = 0;

/** Type without SOCK_NONBLOCK and SOCK_CLOEXEC. */
const SOCK_TYPE_MASK = 0xf;
const SOCK_STREAM = 1;
const SOCK_DGRAM = 2;
const IPPROTO_IP = 0;
const IPPROTO_TCP = 6;
const IPPROTO_UDP = 17;

const S_ISUID = 0o4000;
const S_ISGID = 0o2000;

/** A file made setuid in a granted folder would lend the user's rights to everybody on the machine: root's, as root. */
function withoutSetuid(syscall: SyscallName, modeArgument: ArgumentIndex): ArgumentRule {
  return {
    syscall,
    why: 'no setuid or setgid programs in granted folders',
    cases: [{ when: [{ argument: modeArgument, hasAnyBitOf: S_ISUID | S_ISGID }], verdict: 'EPERM' }],
    otherwise: 'allow',
  };
}

export function argumentRules({ unixSockets }: Pick<SeccompPlan, 'unixSockets'>): readonly ArgumentRule[] {
  const internet: Condition = { argument: 0, isOneOf: [AF_INET, AF_INET6] };
  return [
    {
      syscall: 'clone',
      why: 'threads and children are fine, new namespaces are not',
      cases: [{ when: [{ argument: 0, hasAnyBitOf: CLONE_NEW }], verdict: 'EPERM' }],
      otherwise: 'allow',
    },
    {
      syscall: 'ioctl',
      why: 'TIOCSTI and TIOCLINUX type into the terminal of the client (CVE-2017-5226, CVE-2023-28100)',
      cases: [{ when: [{ argument: 1, isOneOf: [TIOCSTI, TIOCLINUX] }], verdict: 'EPERM' }],
      otherwise: 'allow',
    },
    {
      syscall: 'personality',
      why: 'READ_IMPLIES_EXEC and ADDR_NO_RANDOMIZE undo protections against exploits',
      cases: [
        {
          when: [
            {
              argument: 0,
              isOneOf: [PER_LINUX, PER_LINUX32, UNAME26, UNAME26 | PER_LINUX32, PERSONALITY_QUERY],
            },
          ],
          verdict: 'allow',
        },
      ],
      otherwise: 'EPERM',
    },
    {
      syscall: 'socket',
      why: 'no family that network namespaces do not confine (AF_VSOCK reaches the hypervisor, AF_ALG wrote through read-only binds in CVE-2026-31431), no raw packets',
      cases: [
        // A read-only bind does not stop connect() to a socket file, and neither does an empty network namespace.
        ...(unixSockets
          ? [{ when: [{ argument: 0, isOneOf: [AF_UNIX] }] as const, verdict: 'allow' as const }]
          : []),
        // Listing one's own interfaces; the other netlink families configure the kernel.
        {
          when: [
            { argument: 0, isOneOf: [AF_NETLINK] },
            { argument: 2, isOneOf: [NETLINK_ROUTE] },
          ],
          verdict: 'allow',
        },
        // TCP and UDP by name, not "anything but raw": SOCK_PACKET and IPPROTO_SMC turn an AF_INET socket into another
        // family after this filter has looked.
        {
          when: [
            internet,
            { argument: 1, mask: SOCK_TYPE_MASK, isOneOf: [SOCK_STREAM, SOCK_DGRAM] },
            { argument: 2, isOneOf: [IPPROTO_IP, IPPROTO_TCP, IPPROTO_UDP] },
          ],
          verdict: 'allow',
        },
        {
          when: [internet, { argument: 1, mask: SOCK_TYPE_MASK, isOneOf: [SOCK_STREAM, SOCK_DGRAM] }],
          verdict: 'EPROTONOSUPPORT',
        },
        { when: [internet], verdict: 'EPERM' },
      ],
      otherwise: 'EAFNOSUPPORT',
    },
    {
      syscall: 'socketpair',
      why: 'connected to itself and to nothing else; child_process of Node is made of these',
      cases: [{ when: [{ argument: 0, isOneOf: [AF_UNIX] }], verdict: 'allow' }],
      otherwise: 'EAFNOSUPPORT',
    },
    // Creating a file with these bits needs no rule: the kernel takes them away at the first write.
    withoutSetuid('chmod', 1),
    withoutSetuid('fchmod', 1),
    withoutSetuid('fchmodat', 2),
    withoutSetuid('fchmodat2', 2),
  ];
}
