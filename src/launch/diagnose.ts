// bubblewrap's own words for the known cases (facts: sandbox.md part 7) -> a refusal that says what to do.
import type { CordonError } from '../errors.ts';
import { sandboxSetupFailed, sandboxTooOld, usernsUnavailable } from '../messages/sandbox.ts';

interface KnownFailure {
  readonly pattern: RegExp;
  readonly error: (stderr: string) => CordonError;
}

const APPARMOR = [
  'sudo apt-get install apparmor-profiles && sudo install -m 0644 /usr/share/apparmor/extra-profiles/bwrap-userns-restrict /etc/apparmor.d/ && sudo apparmor_parser -r /etc/apparmor.d/bwrap-userns-restrict',
];

const KNOWN: readonly KnownFailure[] = [
  {
    pattern: /Unknown option/,
    error: (text) => sandboxTooOld([/Unknown option (\S+)/.exec(text)?.[1] ?? 'an option']),
  },
  {
    pattern: /setting up uid map: Permission denied|Failed RTM_NEW(?:ADDR|LINK)/,
    error: (text) => usernsUnavailable(text, APPARMOR),
  },
  {
    pattern: /No permissions to creat|unshare failed: Operation not permitted/,
    error: (text) =>
      usernsUnavailable(text, [
        'sudo sysctl -w kernel.unprivileged_userns_clone=1',
        'in a container: start it with --security-opt seccomp=unconfined --security-opt systempaths=unconfined',
      ]),
  },
  {
    pattern:
      /nesting depth or \/proc\/sys\/user\/max_\*_namespaces exceeded|unshare failed: No space left on device/,
    error: (text) => usernsUnavailable(text, ['sudo sysctl -w user.max_user_namespaces=15000']),
  },
  {
    pattern: /Can't mount proc on|Failed to make \/ slave|Failed to mount tmpfs: Permission denied/,
    error: (text) =>
      sandboxSetupFailed(text, [
        'in a container: start it with --security-opt systempaths=unconfined --security-opt apparmor=unconfined',
      ]),
  },
  {
    pattern: /max_user_namespaces: Permission denied/,
    error: (text) => usernsUnavailable(text, ['enable nesting for this container (security.nesting=true)']),
  },
  {
    pattern: /PR_SET_SECCOMP/,
    error: (text) =>
      sandboxSetupFailed(text, [
        'the kernel must have CONFIG_SECCOMP_FILTER: cat /proc/sys/kernel/seccomp/actions_avail',
      ]),
  },
  { pattern: /Resource temporarily unavailable/, error: (text) => sandboxSetupFailed(text, ['ulimit -u']) },
];

/** From what bubblewrap wrote before the server could have run. */
export function diagnoseSetup(stderr: string): CordonError {
  const known = KNOWN.find((failure) => failure.pattern.test(stderr));
  return known === undefined ? sandboxSetupFailed(stderr) : known.error(stderr);
}
