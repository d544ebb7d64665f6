// Where things are on this machine. When managed policy exists nothing else is read: not the home folder, not the
// current directory, not environment variables (design 2.8).
import fs from 'node:fs';
import path from 'node:path';
import { MANAGED } from './managed-places.ts';
import { policyUnreadable } from './messages/usage.ts';
import { linksTo } from './profile/ownership.ts';
import { homeOfAccount } from './system/account-home.ts';

export interface Installation {
  readonly mode: 'managed' | 'unmanaged';
  /** What holds for every profile; need not exist when unmanaged. */
  readonly configFile: string;
  /** Folders that hold profiles, the first that has the name wins: shipped ones cannot be shadowed. */
  readonly profileFolders: ReadonlyArray<{
    readonly path: string;
    readonly origin: 'shipped' | 'user' | 'managed';
  }>;
  /** Where users narrow managed profiles for themselves, when the configuration lets them. */
  readonly narrowings?: string;
  readonly store: string;
  /** Private, writable, per profile: `${state}`. */
  readonly stateRoot: string;
  readonly auditFile: string;
  /** Home folder by its real path: as `HOME` names it when unmanaged, else the account's. */
  readonly home: string;
  /** Home folder as the user database names it. */
  readonly accountHome: string;
}

/**
 * @param programRoot folder that holds bin/, dist/ and profiles/
 * @param homeVariable `HOME` as given; used only when unmanaged
 * @throws CordonError INSTALLATION_UNSAFE when it cannot be told whether there is managed policy
 */
export function locateInstallation(programRoot: string, homeVariable: string | undefined): Installation {
  const managed = isManaged();
  const accountHome = realPath(homeOfAccount(process.getuid?.() ?? -1));
  const home =
    !managed && homeVariable !== undefined && path.isAbsolute(homeVariable)
      ? realPath(homeVariable)
      : accountHome;
  const stateRoot = path.join(home, '.local/state/cordon');
  const common = {
    stateRoot: path.join(stateRoot, 'profiles'),
    auditFile: path.join(stateRoot, 'audit.jsonl'),
    home,
    accountHome,
  };
  if (managed) {
    return {
      mode: 'managed',
      configFile: MANAGED.config,
      profileFolders: [{ path: MANAGED.profiles, origin: 'managed' }],
      store: MANAGED.store,
      ...common,
    };
  }
  return {
    mode: 'unmanaged',
    configFile: path.join(home, '.config/cordon/config.json'),
    profileFolders: [
      { path: path.join(programRoot, 'profiles'), origin: 'shipped' },
      { path: path.join(home, '.config/cordon/profiles'), origin: 'user' },
    ],
    store: path.join(home, '.local/share/cordon/store'),
    ...common,
  };
}

/** Only its absence means that there is no policy: one that this user may not look at, or a dangling link, is one. */
function isManaged(): boolean {
  try {
    return fs.lstatSync(MANAGED.config, { throwIfNoEntry: false }) !== undefined;
  } catch (error) {
    throw policyUnreadable(MANAGED.config, error);
  }
}

/** As far as it exists. */
export function realPath(folder: string): string {
  try {
    return fs.realpathSync(folder);
  } catch {
    const parent = path.dirname(folder);
    return parent === folder ? folder : path.join(realPath(parent), path.basename(folder));
  }
}

/**
 * Everything that Cordon trusts or writes: no server may write there, whatever its profile grants. Also where they really
 * are, and each link on the way: people keep ~/.config in a repository of their own, and link to it.
 */
export function ownFolders(installation: Installation, programRoot: string): readonly string[] {
  const folders = [
    programRoot,
    ...installation.profileFolders.map((folder) => folder.path),
    ...(installation.narrowings === undefined ? [] : [installation.narrowings]),
    installation.store,
    path.dirname(installation.stateRoot),
    path.dirname(installation.auditFile),
    path.dirname(installation.configFile),
    MANAGED.policy,
  ];
  return [...new Set(folders.flatMap((folder) => [folder, realPath(folder), ...linksTo(folder)]))];
}

/** On macOS, where nothing is mounted: the private folders of all that runs, a folder for each start. */
export function launchesFolder(installation: Installation): string {
  return path.join(path.dirname(installation.stateRoot), 'launches');
}

/** The folder that `${state}` means for one profile. */
export function stateFolder(installation: Installation, profile: string): string {
  return path.join(installation.stateRoot, profile);
}
