import os from 'node:os';
import { describe, expect, it } from 'vitest';
import { homeIn, homeOfAccount, nameIn, nameOfAccount } from '../../../src/system/account-home.ts';

const PASSWD = `root:x:0:0:root:/root:/bin/bash
ada:x:1000:1000:Ada,,,:/home/ada:/bin/sh
broken:x:1001
relative:x:1002:1002::home/x:/bin/sh
`;

describe('homeIn', () => {
  it('finds the account by its number, not by a name that looks like one', () => {
    expect(homeIn(PASSWD, 1000)).toBe('/home/ada');
    expect(homeIn(PASSWD, 0)).toBe('/root');
  });

  it('knows nothing of unknown, broken and relative entries', () => {
    expect(homeIn(PASSWD, 4242)).toBeUndefined();
    expect(homeIn(PASSWD, 1001)).toBeUndefined();
    expect(homeIn(PASSWD, 1002)).toBeUndefined();
  });
});

describe('homeOfAccount', () => {
  it('agrees with the user database for this account', () => {
    // Node asks the database; the executable's runtime would repeat HOME.
    expect(homeOfAccount(process.getuid?.() ?? -1)).toBe(os.userInfo().homedir);
  });

  it('an account that nobody knows has no home', () => {
    expect(homeOfAccount(4_000_000)).toBe('/nonexistent');
  });
});

describe('nameOfAccount', () => {
  it('goes by the number', () => {
    expect(nameIn(PASSWD, 1000)).toBe('ada');
    expect(nameIn(PASSWD, 4242)).toBeUndefined();
  });

  it('agrees with the user database for this account', () => {
    expect(nameOfAccount(process.getuid?.() ?? -1)).toBe(os.userInfo().username);
    expect(nameOfAccount(4_000_000)).toBeUndefined();
  });
});
