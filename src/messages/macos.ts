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

/** A review starts what nobody has looked at yet. */
export const reviewNeedsLinux = () =>
  new CordonError('PLATFORM_UNSUPPORTED', 'a review starts the server in a sandbox of Linux', {
    hints: ['review and approve it on Linux: what was approved there is approved here'],
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

export const MACOS_NO_NETWORK =
  'none: no rule of the policy lets the server connect or listen, on this machine, its local services included, or beyond; no name resolves; unix sockets are refused';

/** What Linux gives and macOS does not, for `explain` and `doctor`. */
export const MACOS_WEAKNESSES = [
  {
    id: 'macos-untried',
    text: 'macOS: the policy was rendered and evaluated, and no run of it on a Mac is on record',
  },
  {
    id: 'macos-processes',
    text: 'macOS has no process namespaces: cordon ends the group of the server, what it started, and what still has its environment; a program that left all three, or that is another process each time it is looked for, lives on, in the sandbox, and of the network it has the port of its broker, whoever listens there next',
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
    text: 'macOS has no network of the server alone: the port of the broker is open to every program of this machine, which must know a password to use it; and the server reaches what another one has under the same number for UDP or on ::1',
  },
  {
    id: 'macos-hostname',
    text: 'macOS has no name of the machine for the server alone: it can read the real one, without which Node does not load its module os',
  },
  {
    id: 'macos-accounts',
    text: 'macOS has no accounts made up for the server: it can ask for the names, home folders and groups of all that this machine knows, also through a directory of the company; os.userInfo() needs that',
  },
] as const;

/** In the place of what the folder of a start, and a runtime that is not recorded, will be called. */
export const MACOS_UNNAMED = { start: '<start>', runtime: '<runtime>' } as const;

export const MACOS_UNLIMITED = 'memory, processes, private folders: macOS has no such limit for one server';

export const MACOS_HIDDEN =
  'hidden: all else. The names of folders on the way to a grant can be asked about, and their contents not; sockets, devices, other processes, the keychain, the pasteboard and the window server cannot be reached';

export const MACOS_SANDBOX: readonly string[] = [
  'sandbox-exec starts the server under a policy that denies by default and that all of its children inherit, with no inherited descriptor, in a session of its own; it can start its runtime and programs of its package, and none of the system.',
  'This policy was rendered and evaluated, not yet run by its authors: servers start only where config.json says "macos": "untried".',
];

export const macosWords = {
  root: 'root: whoever got through the policy would be root, not a user',
  rootCure: 'start the client as an ordinary user',
  systemCure: 'a part of macOS is missing or was changed: install macOS again',
  nested:
    'cannot apply a policy: this program runs in a sandbox already, and a sandbox within another cannot be made',
  nestedCure: 'start the client without a sandbox of its own, or use one that is not from the App Store',
  denied: 'a program was refused the file that its policy denies',
  notDenied: 'a program was not refused the file that its policy denies',
  noServer: 'run no server on this machine; report it with the output of cordon doctor --json',
  notTried: 'not tried: there is no sandbox, or no runtime was recorded',
  notTriedCure: 'cordon install',
  libraries:
    'was aborted as it started: it needs libraries that the policy does not show, as a Node.js of Homebrew does',
  librariesCure: 'install Node.js from nodejs.org, whose executable stands alone, then: cordon install',
  startsUntried: 'config.json lets servers start, although no run of the sandbox on a Mac is on record',
  startsRefused: 'refused, until config.json says "macos": "untried"',
} as const;
