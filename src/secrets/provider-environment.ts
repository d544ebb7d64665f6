// The environment of programs that keep secrets: what they need to find the user's vault, and nothing that the client says
// unchecked. A cloned repository may set variables for the servers of a client.
import fs from 'node:fs';

export interface ProviderUser {
  readonly uid: number;
  /** Absolute. */
  readonly home: string;
  /** undefined for an account that the user database does not know. */
  readonly name: string | undefined;
  /** DBUS_SESSION_BUS_ADDRESS as given. */
  readonly bus: string | undefined;
}

export function providerEnvironment(user: ProviderUser): Record<string, string> {
  const { uid, home, name } = user;
  const runtime = `/run/user/${uid}`;
  const bus = sessionBus(user);
  return {
    HOME: home,
    PATH: '/usr/local/bin:/usr/bin:/bin',
    LANG: 'C.UTF-8',
    ...(name === undefined ? {} : { USER: name, LOGNAME: name }),
    ...(isOwn(runtime, uid, 'folder') ? { XDG_RUNTIME_DIR: runtime } : {}),
    ...(bus === undefined ? {} : { DBUS_SESSION_BUS_ADDRESS: bus }),
  };
}

/** Other kinds of address start programs (unixexec:) or lead to sockets of which nobody knows whose they are. */
const SOCKET_ADDRESS = /^unix:path=(\/[\w./-]+)(?:,guid=[0-9a-f]{32})?$/;

/** An address of a socket that belongs to this user; undefined when there is none. */
export function sessionBus({ uid, bus }: Pick<ProviderUser, 'uid' | 'bus'>): string | undefined {
  const given = SOCKET_ADDRESS.exec(bus ?? '')?.[1];
  return [given, `/run/user/${uid}/bus`]
    .filter((path) => path !== undefined && isOwn(path, uid, 'socket'))
    .map((path) => `unix:path=${path}`)[0];
}

function isOwn(path: string, uid: number, kind: 'folder' | 'socket'): boolean {
  const stat = fs.lstatSync(path, { throwIfNoEntry: false });
  if (stat === undefined || stat.uid !== uid) return false;
  return kind === 'folder' ? stat.isDirectory() : stat.isSocket();
}
