// The home folder of an account, from the user database. Not from os.userInfo(): inside the executable that says what the
// variable HOME says, which is the client's word.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';

/** Absolute path; `/nonexistent` for an account that the database does not know (a container's stray uid). */
export function homeOfAccount(uid: number): string {
  return homeIn(readPasswd(), uid) ?? homeIn(askDatabase(uid), uid) ?? '/nonexistent';
}

/** The home folder in text of passwd(5). */
export function homeIn(passwd: string, uid: number): string | undefined {
  for (const line of passwd.split('\n')) {
    const [, , id, , , home] = line.split(':');
    if (id === String(uid) && home?.startsWith('/') === true) return home;
  }
  return undefined;
}

function readPasswd(): string {
  try {
    return fs.readFileSync('/etc/passwd', 'utf8');
  } catch {
    return '';
  }
}

/** Accounts of a directory service are not in the file. */
function askDatabase(uid: number): string {
  const { stdout } = spawnSync('/usr/bin/getent', ['passwd', String(uid)], {
    env: {},
    encoding: 'utf8',
    timeout: 2000,
  });
  return stdout ?? '';
}
