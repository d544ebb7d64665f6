// What a package may cost before it is refused (SC-18). Far above anything published, far below what fills a disk.
const MiB = 1024 * 1024;

export const LIMITS = {
  tarballBytes: 256 * MiB,
  packageBytes: 1024 * MiB,
  packageFiles: 50_000,
  treeBytes: 2048 * MiB,
  treeFiles: 150_000,
} as const;
