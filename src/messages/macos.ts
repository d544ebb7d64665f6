// Every line about macOS, and why less holds there. Nothing here may claim more than was tried.
import { CordonError } from '../errors.ts';
import { escapeText, quote } from '../escape.ts';

/** Nothing starts there until somebody says in config.json that it may, knowing this. */
export const macosUntried = (configFile: string) =>
  new CordonError(
    'SANDBOX_UNAVAILABLE',
    'on macOS the sandbox was rendered and evaluated and not yet run by its authors, so nothing starts by itself',
    {
      hints: [
        `read "macOS" in SECURITY.md, then put "macos": "untried" into ${quote(configFile)}`,
        'cordon doctor',
      ],
    },
  );

export const sandboxExecUnsafe = (why: string) =>
  new CordonError('SANDBOX_UNAVAILABLE', `sandbox-exec ${escapeText(why)}`, {
    hints: ['ls -l /usr/bin/sandbox-exec'],
  });

/** Node looks for packages in every folder above, and nothing is mounted there that would hide one. */
export const parentModules = (folder: string) =>
  new CordonError(
    'INSTALLATION_UNSAFE',
    `${quote(folder)} is above the installed package, and programs would look for packages in it`,
    { hints: [`remove it, or install into a store that has none above it`] },
  );

export const launchFolderUnwritable = (folder: string, cause: unknown) =>
  new CordonError(
    'SANDBOX_SETUP_FAILED',
    `the private folders of the server cannot be made in ${quote(folder)}: ${cause instanceof Error ? ((cause as NodeJS.ErrnoException).code ?? escapeText(cause.message)) : quote(String(cause))}`,
    { hints: ['df -h', 'cordon doctor'], cause },
  );

export const grantSpelledOtherwise = (path: string, real: string) =>
  new CordonError(
    'GRANT_PATH_UNSAFE',
    `the profile grants ${quote(path)}, which is called ${quote(real)} on this disk: rules of the sandbox go by that name`,
  );

export const noOwnNetwork = 'macOS has no network of a program alone';

export const MACOS_NETWORK =
  'loopback-proxy: of the network the server may use one port of this machine alone, on which an HTTP proxy of cordon listens; it wants a password of this start, which is in the proxy variables. Cordon looks the name up outside, checks the address and dials it.';

/** What Linux gives and macOS does not, for `explain` and `doctor`. */
export const MACOS_WEAKNESSES = [
  {
    id: 'macos-untried',
    text: 'macOS: the policy was rendered and evaluated, and no run of it on a Mac is on record',
  },
  {
    id: 'macos-processes',
    text: 'macOS has no process namespaces: cordon ends the group of the server, what it started, and what still has its environment; a program that left all three lives on, in the sandbox and without a network',
  },
  {
    id: 'macos-limits',
    text: 'macOS limits neither memory nor processes nor the size of private folders here: only open files, file size and core dumps',
  },
  {
    id: 'macos-names',
    text: 'macOS mounts nothing: what was verified is opened again by its name, which any program of this user could change meanwhile; in a managed store only root can',
  },
  {
    id: 'macos-port',
    text: 'macOS has no network of the server alone: the port of the broker is open to every program of this machine, which must know a password to use it',
  },
] as const;
