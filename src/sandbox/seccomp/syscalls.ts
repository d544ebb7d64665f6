// Numbers of the system calls that the policy names: [x86-64, aarch64], null where the architecture has no such call.
// From the kernel's asm/unistd_64.h and asm-generic/unistd.h; a test compares them with the headers of the machine.

export const SYSCALLS = {
  // argument rules
  chmod: [90, null],
  clone: [56, 220],
  fchmod: [91, 52],
  fchmodat: [268, 53],
  fchmodat2: [452, 452],
  ioctl: [16, 29],
  personality: [135, 92],
  socket: [41, 198],
  socketpair: [53, 199],

  // x86 only, or left over from old kernels
  _sysctl: [156, null],
  create_module: [174, null],
  get_kernel_syms: [177, null],
  ioperm: [173, null],
  iopl: [172, null],
  lookup_dcookie: [212, 18],
  modify_ldt: [154, null],
  nfsservctl: [180, 42],
  query_module: [178, null],
  sysfs: [139, null],
  uselib: [134, null],
  ustat: [136, null],
  vserver: [236, null],

  // namespaces and mounts
  chroot: [161, 51],
  clone3: [435, 435],
  fsconfig: [431, 431],
  fsmount: [432, 432],
  fsopen: [430, 430],
  fspick: [433, 433],
  listmount: [458, 458],
  mount: [165, 40],
  mount_setattr: [442, 442],
  move_mount: [429, 429],
  open_tree: [428, 428],
  open_tree_attr: [467, 467],
  pivot_root: [155, 41],
  setns: [308, 268],
  statmount: [457, 457],
  swapoff: [168, 225],
  swapon: [167, 224],
  umount2: [166, 39],
  unshare: [272, 97],

  // other processes
  kcmp: [312, 272],
  pidfd_getfd: [438, 438],
  process_madvise: [440, 440],
  process_mrelease: [448, 448],
  process_vm_readv: [310, 270],
  process_vm_writev: [311, 271],
  ptrace: [101, 117],

  // kernel programs, tracing, asynchronous calls
  bpf: [321, 280],
  io_uring_enter: [426, 426],
  io_uring_register: [427, 427],
  io_uring_setup: [425, 425],
  perf_event_open: [298, 241],
  userfaultfd: [323, 282],

  // keyring
  add_key: [248, 217],
  keyctl: [250, 219],
  request_key: [249, 218],

  // memory
  get_mempolicy: [239, 236],
  mbind: [237, 235],
  memfd_secret: [447, 447],
  migrate_pages: [256, 238],
  move_pages: [279, 239],
  remap_file_pages: [216, 234],
  set_mempolicy: [238, 237],
  set_mempolicy_home_node: [450, 450],
  vmsplice: [278, 75],

  // files past the mount table
  fanotify_init: [300, 262],
  fanotify_mark: [301, 263],
  mknod: [133, null],
  mknodat: [259, 33],
  name_to_handle_at: [303, 264],
  open_by_handle_at: [304, 265],

  // the machine itself
  acct: [163, 89],
  adjtimex: [159, 171],
  clock_adjtime: [305, 266],
  clock_settime: [227, 112],
  delete_module: [176, 106],
  finit_module: [313, 273],
  init_module: [175, 105],
  kexec_file_load: [320, 294],
  kexec_load: [246, 104],
  lsm_get_self_attr: [459, 459],
  lsm_list_modules: [461, 461],
  lsm_set_self_attr: [460, 460],
  quotactl: [179, 60],
  quotactl_fd: [443, 443],
  reboot: [169, 142],
  setdomainname: [171, 162],
  sethostname: [170, 161],
  settimeofday: [164, 170],
  syslog: [103, 116],
  vhangup: [153, 58],
} as const satisfies Record<string, readonly [x64: number | null, arm64: number | null]>;

export type SyscallName = keyof typeof SYSCALLS;

/**
 * The newest call that was judged (file_setattr of Linux 6.17). Anything above answers ENOSYS, so that a list of
 * denials does not open by itself when a kernel learns a new call. Raise it only after reading what the new ones do.
 */
export const HIGHEST_JUDGED_SYSCALL = 469;
