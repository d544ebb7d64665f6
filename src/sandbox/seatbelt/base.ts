// What every program needs on macOS, whatever its profile grants. Collected from the published policies of others and not yet
// tried by us on a Mac. Left out on purpose: launch services and Apple events (they start programs outside the sandbox), the
// keychain, the pasteboard, the window server, the system's log, and mDNSResponder (names resolve only through the launcher).
import type { Filter, Rule } from './policy.ts';

const at = (kind: 'literal' | 'subpath', ...paths: ReadonlyArray<`/${string}`>): Filter[] =>
  paths.map((path) => ({ kind, path: { kind: 'fixed', path } }));

const named = (
  kind: 'global-name' | 'sysctl-name' | 'sysctl-name-prefix',
  ...names: readonly string[]
): Filter[] => names.map((name) => ({ kind, name }));

export const BASE: readonly Rule[] = [
  {
    decision: 'allow',
    operations: ['process-fork'],
    filters: [],
    why: 'child processes, which inherit the sandbox',
  },
  {
    decision: 'allow',
    operations: ['signal', 'process-info*'],
    filters: [{ kind: 'same-sandbox' }],
    why: 'a server looks after its own children, and sees no other process',
  },
  {
    decision: 'allow',
    operations: ['file-read-data'],
    filters: at('literal', '/'),
    why: 'dyld ends the program with SIGABRT without it',
  },
  {
    decision: 'allow',
    operations: ['file-read-metadata', 'file-test-existence'],
    filters: at('literal', '/', '/etc', '/tmp', '/var', '/private', '/private/etc', '/private/var'),
    why: 'realpath looks at the links of the root',
  },
  {
    decision: 'allow',
    operations: ['file-read-metadata', 'file-test-existence'],
    filters: at(
      'literal',
      '/System',
      '/System/Cryptexes',
      '/System/Cryptexes/OS',
      '/System/Volumes',
      '/System/Volumes/Preboot',
    ),
    why: 'since macOS 13 dyld goes over these to its cache',
  },
  {
    decision: 'allow',
    operations: ['file-read*', 'file-test-existence', 'file-map-executable'],
    filters: at(
      'subpath',
      '/usr/lib',
      '/System/Library/Frameworks',
      '/System/Library/PrivateFrameworks',
      '/System/Volumes/Preboot/Cryptexes',
      '/private/var/db/dyld',
    ),
    why: 'system libraries and the cache that dyld maps them from',
  },
  {
    decision: 'allow',
    operations: ['file-read*', 'file-test-existence'],
    filters: [
      ...at('subpath', '/usr/share/icu', '/usr/share/zoneinfo', '/private/var/db/timezone'),
      ...at('literal', '/System/Library/CoreServices/SystemVersion.plist', '/private/etc/localtime'),
      ...at('literal', '/private/etc/ssl/openssl.cnf', '/private/etc/ssl/cert.pem'),
      // Node's own OpenSSL looks here, and ends the program where it may not.
      ...at('literal', '/System/Library/OpenSSL/openssl.cnf'),
    ],
    why: 'Intl and dates, platform.mac_ver(), settings and certificates of OpenSSL',
  },
  {
    decision: 'allow',
    operations: ['file-read*', 'file-test-existence'],
    filters: at('literal', '/dev/null', '/dev/random', '/dev/urandom', '/dev/autofs_nowait'),
    why: 'random numbers, and standard streams that lead nowhere',
  },
  {
    decision: 'allow',
    operations: ['file-write-data'],
    filters: at('literal', '/dev/null'),
    why: 'output that nobody wants',
  },
  {
    decision: 'allow',
    operations: ['file-ioctl', 'file-read-data', 'file-write-data'],
    filters: at('literal', '/dev/dtracehelper'),
    why: 'dyld registers probes at each start',
  },
  {
    decision: 'allow',
    operations: ['sysctl-read'],
    filters: [
      ...named('sysctl-name', 'hw.activecpu', 'hw.byteorder', 'hw.cpufrequency', 'hw.logicalcpu'),
      ...named('sysctl-name', 'hw.logicalcpu_max', 'hw.machine', 'hw.memsize', 'hw.ncpu', 'hw.pagesize'),
      ...named('sysctl-name', 'hw.physicalcpu', 'hw.physicalcpu_max', 'machdep.cpu.brand_string'),
      // By its number, as getpagesize() asks, the size of a page has this name.
      ...named('sysctl-name', 'hw.pagesize_compat'),
      ...named('sysctl-name', 'kern.argmax', 'kern.maxfilesperproc', 'kern.ngroups', 'kern.osproductversion'),
      ...named('sysctl-name', 'kern.osrelease', 'kern.ostype', 'kern.osversion', 'kern.usrstack64'),
      ...named('sysctl-name', 'kern.boottime', 'kern.version', 'vm.loadavg'),
      ...named('sysctl-name-prefix', 'hw.optional.', 'hw.perflevel'),
    ],
    why: 'V8 and libuv size themselves by processor and memory, and os.uptime() needs the boot time; no kern.proc, which lists the processes of others',
  },
  {
    decision: 'allow',
    operations: ['sysctl-read'],
    filters: named('sysctl-name', 'kern.hostname'),
    why: 'uname() fails without the name of the machine, and then the module os of Node does not load',
  },
  {
    decision: 'allow',
    operations: ['mach-lookup'],
    filters: named('global-name', 'com.apple.system.opendirectoryd.libinfo'),
    why: 'os.userInfo() and getpwuid(); not the log of the system, which is also asked there what others wrote to it',
  },
];
