// Which test files run on which system, and why not on the other. vitest.config.ts reads it; on Linux everything runs but
// what starts sandbox-exec, so that nothing is skipped anywhere without standing here.

/** Files that need Linux: by what they look at, or by what they start. */
const LINUX_ONLY: Readonly<Record<string, string>> = {
  'test/egress/**':
    'servers get a network of their own, which macOS has not; the broker itself is among the unit tests',
  'test/escape/!(macos).test.ts':
    'probes of system calls, /proc and namespaces; macos.test.ts asks the kernel of a Mac',
  'test/hostile/**': 'started in bubblewrap, and looked at through /proc',
  'test/e2e/!(macos).test.ts': 'real servers in bubblewrap; macos.test.ts starts one on a Mac',
  'test/browser/**': 'uses the Chromium of Debian',
  'test/integration/{doctor,explain,lifecycle,review,secrets,secret-sources,thousand-profiles}.test.ts':
    'started in bubblewrap, and looked at through /proc',
  'test/integration/cgroup.test.ts': 'control groups are of Linux alone',
  'test/integration/seatbelt-launch.test.ts':
    'reads /proc of a server that has no sandbox around it; seatbelt-end.test.ts is the rest, on both',
  'test/unit/seatbelt/decisions.test.ts': 'asks tinyscheme, a package of Debian',
  'test/unit/doctor/probe.test.ts': 'asks the probe about /proc',
  'test/unit/launch/own-code.test.ts': 'reads what the kernel writes of it in /proc',
  'test/unit/secrets/ask.test.ts': 'asks programs that Linux has',
  'test/unit/system/probe-grants.test.ts': 'grants are opened by descriptor, which macOS cannot',
};

const MACOS_ONLY: Readonly<Record<string, string>> = {
  'test/{escape,e2e}/macos.test.ts': 'starts sandbox-exec',
};

export function otherPlatform(platform: NodeJS.Platform): string[] {
  return Object.keys(platform === 'darwin' ? LINUX_ONLY : MACOS_ONLY);
}
