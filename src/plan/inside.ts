// Paths inside the sandbox that Cordon itself chooses. All lie in the launcher's own read-only root, never below
// content of a third party (CVE-2026-87766: bubblewrap before 0.12 follows links there while it makes mount points).
// On macOS, where nothing is mounted, they stand in a plan for the places of one start (sandbox/seatbelt/place.ts).
export const INSIDE = {
  root: '/cordon',
  package: '/cordon/package',
  runtimeFolder: '/cordon/runtime',
  runtime: '/cordon/runtime/node',
  home: '/cordon/home',
  state: '/cordon/state',
  /** Certificate authorities, in a company that has its own. */
  authorities: '/cordon/ca.pem',
  /** Secrets that a server reads from files. The place is a custom of containers, which servers know. */
  secrets: '/run/secrets',
  /** Cordon itself, where it must open the server's way out from inside. */
  stage: '/cordon/stage',
} as const;
