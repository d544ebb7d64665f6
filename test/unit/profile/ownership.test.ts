import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { linksTo, requireRootDecides, requireRootOwned } from '../../../src/profile/ownership.ts';

let folder = '';
beforeEach(() => {
  folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'cordon-owner-')));
});
afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

/** Of the system's, and root's alone all the way. */
const ROOTS = fs.realpathSync('/etc/passwd');

const refusal = (place: string) =>
  expect.objectContaining({
    code: 'INSTALLATION_UNSAFE',
    message: expect.stringContaining(place) as string,
  }) as Error;

describe('a file that is root’s alone', () => {
  it('is so by its own name and by that of its folder', () => {
    expect(() => requireRootOwned(ROOTS)).not.toThrow();
  });

  it('is not so by a link in a folder that others can write to', () => {
    const link = path.join(folder, 'link');
    fs.symlinkSync(ROOTS, link);
    expect(() => requireRootOwned(link)).toThrow(refusal(os.tmpdir()));
  });

  it('is not found through more links than the kernel follows', () => {
    const link = path.join(folder, 'round');
    fs.symlinkSync('round', link);
    expect(() => requireRootOwned(link)).toThrow(refusal('too many links'));
  });

  it('that is not there is no matter of owners', () => {
    expect(() => requireRootOwned('/etc/there-is-no-such-file')).toThrow(
      expect.objectContaining({ code: 'ENOENT' }) as Error,
    );
  });
});

describe('a file that need not be there', () => {
  it('is root’s to make where each folder on the way is', () => {
    expect(() => requireRootDecides('/etc/there-is-no-such-folder/file')).not.toThrow();
    expect(() => requireRootDecides(ROOTS)).not.toThrow();
  });

  it('is not where others can write to the last folder that there is', () => {
    expect(() => requireRootDecides(path.join(folder, 'no/such/file'))).toThrow(refusal(os.tmpdir()));
  });
});

describe('the links on the way to a file', () => {
  const at = (name: string) => path.join(folder, name);

  it('are all of them, by where they stand', () => {
    fs.mkdirSync(at('real'));
    fs.symlinkSync('real', at('second'));
    fs.symlinkSync(at('second'), at('first'));
    fs.writeFileSync(at('real/file'), '');
    fs.symlinkSync('file', at('real/name'));
    expect(linksTo(at('first/name'))).toEqual([at('first'), at('second'), at('real/name')]);
    expect(linksTo(at('real/file'))).toEqual([]);
  });

  it('are those that there are, of a file that is not there or cannot be', () => {
    fs.symlinkSync('gone/further', at('link'));
    fs.symlinkSync('round', at('round'));
    expect(linksTo(at('link/x'))).toEqual([at('link')]);
    expect(new Set(linksTo(at('round')))).toEqual(new Set([at('round')]));
  });
});
