// Words about the sandbox, what it is granted, and how it is set up.
import { escapeText, quote } from '../escape.ts';
import { fault, shellQuote } from './wording.ts';

export const sandboxUnavailable = (what: string, hints: readonly string[] = ['cordon doctor']) =>
  fault('SANDBOX_UNAVAILABLE', what, hints);

export const sandboxTooOld = (options: readonly string[]) =>
  sandboxUnavailable(
    `this bubblewrap is too old: it lacks ${options.map((option) => escapeText(option)).join(', ')}`,
    ['apt-get install --only-upgrade bubblewrap'],
  );

/** The launch watches for the filter of its sandbox, to know that the sandbox ends with it. */
export const filtersUncounted = () =>
  sandboxUnavailable(
    'cordon was started under a system call filter, and this kernel does not tell how many filters a program has',
    ['use Linux 5.9 or newer, or start the client without a filter of its own'],
  );

export const platformUnsupported = (platform: string) =>
  fault(
    'PLATFORM_UNSUPPORTED',
    `cordon does not run on ${quote(platform)}`,
    [],
    ['supported: linux-x64 and linux-arm64 with glibc, darwin-arm64 and darwin-x64'],
  );

export const grantPathMissing = (path: string) =>
  fault('GRANT_PATH_MISSING', `the profile grants ${quote(path)}, which does not exist`, [
    `mkdir -p ${shellQuote(path)}`,
  ]);

export const grantPathUnsafe = (path: string, why: string, hints: readonly string[] = []) =>
  fault('GRANT_PATH_UNSAFE', `the profile grants ${quote(path)}, which ${escapeText(why)}`, hints);

export const grantIsAlias = (path: string, folder: string) =>
  grantPathUnsafe(path, `is ${quote(folder)} by another name, a bind mount`, [
    'start the client in the folder of one project',
  ]);

export const grantReachesCordon = (path: string, folder: string) =>
  grantPathUnsafe(path, `would let the server write to cordon's own ${quote(folder)}`, [
    'start it in the folder of a project, not in the folder of cordon',
  ]);

export const sandboxSetupFailed = (stderr: string, hints: readonly string[] = ['cordon doctor']) =>
  fault('SANDBOX_SETUP_FAILED', `the sandbox could not be set up: ${quote(tellingLine(stderr), 300)}`, hints);

export const usernsUnavailable = (stderr: string, hints: readonly string[]) =>
  fault(
    'USERNS_UNAVAILABLE',
    `this machine does not allow the namespaces that the sandbox needs: ${quote(tellingLine(stderr), 300)}`,
    hints,
  );

export const limitUnenforceable = (what: string) =>
  fault('LIMIT_UNENFORCEABLE', `the limit ${quote(what)} could not be set`, ['cordon doctor']);

/** The first line of a program that makes the sandbox, among what several wrote. */
function tellingLine(stderr: string): string {
  const lines = stderr.trim().split('\n');
  return lines.find((line) => /^(?:bwrap|unshare|mount|cordon|sandbox-exec): /.test(line)) ?? lines[0] ?? '';
}
