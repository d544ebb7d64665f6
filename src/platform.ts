/** The platforms that pins.json holds a tree digest for. Trees differ by optional native packages (integrity.md 1.5). */
export const PLATFORMS = ['linux-x64-glibc', 'linux-arm64-glibc', 'darwin-arm64', 'darwin-x64'] as const;
export type Platform = (typeof PLATFORMS)[number];

/** npm's words for a platform, as `npm-install-checks` and Arborist take them. */
export interface NpmPlatform {
  os: 'linux' | 'darwin';
  cpu: 'x64' | 'arm64';
  libc?: 'glibc';
}

export function npmPlatform(platform: Platform): NpmPlatform {
  switch (platform) {
    case 'linux-x64-glibc':
      return { os: 'linux', cpu: 'x64', libc: 'glibc' };
    case 'linux-arm64-glibc':
      return { os: 'linux', cpu: 'arm64', libc: 'glibc' };
    case 'darwin-arm64':
      return { os: 'darwin', cpu: 'arm64' };
    case 'darwin-x64':
      return { os: 'darwin', cpu: 'x64' };
  }
}

/** The platform for Node's `process.platform` and `process.arch`; undefined where Cordon does not run. */
export function platformOf(os: string, cpu: string): Platform | undefined {
  return PLATFORMS.find((platform) => {
    const npm = npmPlatform(platform);
    return npm.os === os && npm.cpu === cpu;
  });
}
