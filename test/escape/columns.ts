// The suite runs once as root and once as an ordinary user, because the kernel treats them differently: to root, files of
// root are its own. A test process that is itself an ordinary user has one column.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { CORDON, ROOT } from '../fixtures/launcher.ts';

export interface Column {
  readonly name: 'as root' | 'as an ordinary user';
  readonly uid: number;
  readonly gid: number;
  /** Argv that starts a command as that user. */
  readonly as: (command: readonly string[]) => readonly string[];
}

const ACCOUNT = 'cordon-test';
export const isRoot = process.getuid?.() === 0;
/**
 * Whether a test may have a machine of its own: files of root that are others, another user database, another resolver. In a
 * namespace that an ordinary user makes, what belongs to root belongs to nobody, and Cordon trusts none of it.
 */
export const hasOwnMachine = process.getuid?.() === 0;

export function columns(): readonly Column[] {
  if (!isRoot) {
    const { uid, gid } = os.userInfo();
    return [{ name: 'as an ordinary user', uid, gid, as: (command) => command }];
  }
  const { uid, gid } = ordinaryAccount();
  return [
    { name: 'as root', uid: 0, gid: 0, as: (command) => command },
    {
      name: 'as an ordinary user',
      uid,
      gid,
      as: (command) => [
        '/usr/bin/setpriv',
        `--reuid=${uid}`,
        `--regid=${gid}`,
        '--clear-groups',
        '--',
        ...command,
      ],
    },
  ];
}

function ordinaryAccount(): { readonly uid: number; readonly gid: number } {
  const lookUp = (): RegExpExecArray | null =>
    new RegExp(`^${ACCOUNT}:[^:]*:(\\d+):(\\d+):`, 'm').exec(fs.readFileSync('/etc/passwd', 'utf8'));
  if (lookUp() === null) {
    spawnSync(
      '/usr/sbin/useradd',
      ['--system', '--no-create-home', '--shell', '/usr/sbin/nologin', '--user-group', ACCOUNT],
      {
        stdio: 'inherit',
      },
    );
  }
  const found = lookUp();
  if (found === null) throw new Error(`the account ${ACCOUNT} cannot be made: useradd is needed`);
  return { uid: Number(found[1]), gid: Number(found[2]) };
}

/** A copy of the program where every user can read it: the checkout may lie below a folder of root. */
export function copyProgram(folder: string): { readonly root: string; readonly cordon: string } {
  const root = path.join(folder, 'program');
  for (const part of ['bin', 'dist', 'profiles']) {
    const from = path.join(ROOT, part);
    if (fs.existsSync(from)) fs.cpSync(from, path.join(root, part), { recursive: true });
  }
  spawnSync('/bin/chmod', ['-R', 'u+w,go-w,a+rX', root]);
  return { root, cordon: path.join(root, path.relative(ROOT, CORDON)) };
}
