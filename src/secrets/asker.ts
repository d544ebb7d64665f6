import type { Installation } from '../installation.ts';
import { nameOfAccount } from '../system/account-home.ts';
import type { Asker } from './ask.ts';

/** The user on whose behalf sources are asked, and the client that started us. */
export function currentAsker({ home, mode }: Pick<Installation, 'home' | 'mode'>): Asker {
  const uid = process.getuid?.() ?? -1;
  return {
    uid,
    gid: process.getgid?.() ?? -1,
    home,
    name: nameOfAccount(uid),
    bus: process.env['DBUS_SESSION_BUS_ADDRESS'],
    client: process.ppid,
    isManaged: mode === 'managed',
  };
}
