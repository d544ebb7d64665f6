import type { Installation } from '../installation.ts';
import type { ProfileOrigin } from '../profile/load.ts';
import { nameOfAccount } from '../system/account-home.ts';
import type { Asker } from './ask.ts';

/** The user on whose behalf sources are asked for a profile of that origin, and the client that started us. */
export function currentAsker(
  installation: Pick<Installation, 'home' | 'accountHome' | 'mode'>,
  origin: ProfileOrigin,
): Asker {
  const uid = process.getuid?.() ?? -1;
  return {
    uid,
    gid: process.getgid?.() ?? -1,
    home: installation.home,
    name: nameOfAccount(uid),
    bus: process.env['DBUS_SESSION_BUS_ADDRESS'],
    client: process.ppid,
    isManaged: installation.mode === 'managed',
    trusts: trusted(installation, origin),
  };
}

/**
 * A repository can make a client set `HOME` for a server, to a folder of its own with a configuration and with profiles: the
 * first would name programs that run outside every sandbox, the others would take the secrets of profiles of the same name.
 * So where the home folder is not the account's, only a profile that came with the program gets any, and from the keyring.
 */
function trusted(
  { home, accountHome, mode }: Pick<Installation, 'home' | 'accountHome' | 'mode'>,
  origin: ProfileOrigin,
): Asker['trusts'] {
  if (mode === 'managed' || home === accountHome) return 'all';
  return origin === 'shipped' ? 'keyring' : 'none';
}
