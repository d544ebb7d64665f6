// An account's home folder and name, from the user database. Not from os.userInfo(): inside the executable that says what the
// variables HOME and USER say, which are the client's words.
import fs from 'node:fs';

/** Absolute path; `/nonexistent` for an account that the database does not know (a container's stray uid). */
export function homeOfAccount(uid: number): string {
  return homeIn(readPasswd(), uid) ?? homeIn(askDatabase(uid), uid) ?? '/nonexistent';
}

/** undefined for an account that the database does not know. */
export function nameOfAccount(uid: number): string | undefined {
  return nameIn(readPasswd(), uid) ?? nameIn(askDatabase(uid), uid);
}

/** The home folder in text of passwd(5). */
export function homeIn(passwd: string, uid: number): string | undefined {
  for (const line of passwd.split('\n')) {
    const [, , id, , , home] = line.split(':');
    if (id === String(uid) && home?.startsWith('/') === true) return home;
  }
  return undefined;
}

/** The name of the account in text of passwd(5). */
export function nameIn(passwd: string, uid: number): string | undefined {
  for (const line of passwd.split('\n')) {
    const [name, , id] = line.split(':');
    if (id === String(uid) && name !== undefined && name !== '') return name;
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

/** Accounts of a directory service are not in the file, and on macOS none of a person is. */
function askDatabase(uid: number): string {
  if (process.platform === 'darwin') return fromMasterPasswd(ask('/usr/bin/id', ['-P', String(uid)]));
  return ask('/usr/bin/getent', ['passwd', String(uid)]);
}

/** A line of master.passwd(5), which has class, change and expire before the name of the person, as passwd(5) has it. */
export function fromMasterPasswd(text: string): string {
  const fields = text.trim().split(':');
  if (fields.length !== 10) return '';
  return [...fields.slice(0, 4), ...fields.slice(7)].join(':');
}

function ask(program: string, args: readonly string[]): string {
  // Loaded for the few that come here: it brings streams and sockets along, 2 ms of a start.
  const { spawnSync } = process.getBuiltinModule('node:child_process');
  const { stdout } = spawnSync(program, args, {
    env: {},
    encoding: 'utf8',
    timeout: 2000,
  });
  return stdout ?? '';
}
