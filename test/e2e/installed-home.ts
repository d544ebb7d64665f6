// A home folder into which `cordon install` really brought the shipped profiles, once as root and once as an ordinary
// user when the tests run as root. Below /var/tmp: inside the sandbox /tmp is another one.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { type Column, columns, copyProgram, isRoot } from '../escape/columns.ts';
import { CORDON } from '../fixtures/launcher.ts';
import type { ServerCommand } from './sdk-clients.ts';

export const SHIPPED = ['everything', 'filesystem', 'memory', 'sequential-thinking'] as const;
export type Shipped = (typeof SHIPPED)[number];

/** What a client hands on with all the rest of its environment; none of it may reach a server. */
export const CLIENT_SECRET = 'canary-5d41402abc4b2a76';

export interface Home {
  readonly name: Column['name'];
  readonly home: string;
  /** Where clients start servers: a project below the home folder, as usual. */
  readonly workspace: string;
  /** The shipped profiles of the program that `server` starts. */
  readonly profiles: string;
  /** A file of a profile of the user's own. */
  ownProfile(profile: string, file: string): string;
  /** How a client of this user starts a server. */
  server(profile: string, cwd?: string): ServerCommand;
  /** Makes a file (and its folders) that belongs to this user. */
  readonly write: (file: string, content: string | Uint8Array) => string;
  /** Runs a command as this user, outside of any sandbox: the control. */
  outside(
    script: string,
    ...args: readonly string[]
  ): { readonly status: number | null; readonly stderr: string };
}

export interface InstalledHomes {
  readonly folder: string;
  readonly homes: readonly Home[];
  remove(): void;
}

export const HOME_NAMES: ReadonlyArray<Column['name']> = isRoot
  ? ['as root', 'as an ordinary user']
  : ['as an ordinary user'];

export function installShippedProfiles(profiles: readonly string[] = SHIPPED): InstalledHomes {
  const folder = fs.mkdtempSync('/var/tmp/cordon-e2e-');
  fs.chmodSync(folder, 0o755);
  // The checkout may lie below a folder that only root can enter.
  const cordon = isRoot ? copyProgram(folder).cordon : CORDON;
  const [first, ...others] = columns().map((column) => homeFor(column, folder, cordon));
  if (first === undefined) throw new Error('there is nobody to run as');
  const install = spawnSync(cordon, ['install', ...profiles], {
    cwd: first.workspace,
    env: { HOME: first.home, PATH: process.env['PATH'] ?? '' },
    encoding: 'utf8',
  });
  if (install.status !== 0) throw new Error(`cordon install: ${install.stderr}`);
  for (const other of others) {
    fs.cpSync(path.join(first.home, '.local'), path.join(other.home, '.local'), { recursive: true });
    spawnSync('/bin/chown', ['-R', '--reference', other.home, path.join(other.home, '.local')]);
  }
  return {
    folder,
    homes: [first, ...others],
    remove: () => {
      spawnSync('/bin/chmod', ['-R', 'u+w', folder]);
      fs.rmSync(folder, { recursive: true, force: true });
    },
  };
}

function homeFor(column: Column, folder: string, cordon: string): Home {
  const home = path.join(folder, column.uid === 0 ? 'root' : 'user');
  const workspace = path.join(home, 'project');
  const give = (place: string): void => {
    if (isRoot) fs.chownSync(place, column.uid, column.gid);
  };
  const write = (file: string, content: string | Uint8Array): string => {
    const first = fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.writeFileSync(file, content);
    if (isRoot) spawnSync('/bin/chown', ['-R', '--reference', home, first ?? file]);
    return file;
  };
  for (const place of [home, workspace]) {
    fs.mkdirSync(place);
    give(place);
  }
  return {
    name: column.name,
    home,
    workspace,
    write,
    profiles: path.join(path.dirname(path.dirname(cordon)), 'profiles'),
    ownProfile: (profile, file) => path.join(home, '.config/cordon/profiles', profile, file),
    server: (profile, cwd = workspace) => ({
      command: column.as([cordon, 'run', profile]),
      cwd,
      env: {
        HOME: home,
        PATH: '/usr/bin:/bin',
        GITHUB_TOKEN: CLIENT_SECRET,
        AWS_SECRET_ACCESS_KEY: CLIENT_SECRET,
        NODE_OPTIONS: '--no-warnings',
      },
    }),
    outside: (script, ...args) => {
      const [file = '', ...rest] = column.as(['/bin/sh', '-c', script, 'sh', ...args]);
      return spawnSync(file, rest, { cwd: workspace, env: { HOME: home }, encoding: 'utf8' });
    },
  };
}
