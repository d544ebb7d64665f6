import os from 'node:os';
import { describe, expect, it } from 'vitest';
import {
  fromMasterPasswd,
  homeIn,
  homeOfAccount,
  nameIn,
  nameOfAccount,
} from '../../../src/system/account-home.ts';

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

describe('fromMasterPasswd', () => {
  it('takes what `id -P` says on macOS', () => {
    const line = fromMasterPasswd('ada:********:501:20::0:0:Ada L.:/Users/ada:/bin/zsh\n');
    expect(homeIn(line, 501)).toBe('/Users/ada');
    expect(nameIn(line, 501)).toBe('ada');
    expect(homeIn(line, 20)).toBeUndefined();
  });

  it('and nothing else', () => {
    expect(fromMasterPasswd('id: 4242: no such user\n')).toBe('');
    expect(fromMasterPasswd('')).toBe('');
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
