import { describe, expect, it } from 'vitest';
import { CordonError } from '../../src/errors.ts';
import { refusalLine, withoutProfileName } from '../../src/messages/render-error.ts';
import { outputUnwritable } from '../../src/messages/usage.ts';

const error = (
  message: string,
  details: readonly string[] = [],
  hints: readonly string[] = [],
): CordonError => new CordonError('PROFILE_INVALID', message, { details, hints });

describe('the line for the client', () => {
  it('has the code first and the cure last', () => {
    expect(refusalLine(error('no', ['first', 'second'], ['cordon list', 'more']))).toBe(
      'PROFILE_INVALID: no (first); fix: cordon list',
    );
  });

  it.each([
    [
      'a long detail',
      error('no', ['x'.repeat(1000)], ['cordon list']),
      /^PROFILE_INVALID: no \(x+…; fix: cordon list$/,
    ],
    [
      'a long message',
      error('x'.repeat(1000), [], ['cordon list']),
      /^PROFILE_INVALID: x+…; fix: cordon list$/,
    ],
    [
      'a long cure',
      error('no', ['y'.repeat(1000)], ['x'.repeat(1000)]),
      /^PROFILE_INVALID: no \(y{200,}…; fix: x+$/,
    ],
    [
      'what grows when it is escaped',
      error('no', ['\u202e'.repeat(400)], ['cordon list']),
      /; fix: cordon list$/,
    ],
  ])('is under 480 characters and keeps both with %s', (_what, long, form) => {
    expect(refusalLine(long).length).toBeLessThan(480);
    expect(refusalLine(long)).toMatch(form);
  });
});

describe('the name of a profile, which a client would redact', () => {
  it.each([
    ['files', 'cordon install files', 'cordon install <profile>'],
    [
      'files',
      'correct /home/u/profiles/files/profile.json',
      'correct /home/u/profiles/<profile>/profile.json',
    ],
    ['files', 'cordon verify my-files files2', 'cordon verify my-files files2'],
    // Names that are also something else.
    ['install', 'cordon install install', 'cordon install <profile>'],
    ['c', 'install Node.js, then: cordon install', 'install Node.js, then: cordon install'],
    ['', 'cordon list', 'cordon list'],
    ['a.*(', 'cordon list', 'cordon list'],
  ])('%j in the hint %j', (name, hint, neutral) => {
    expect(withoutProfileName(error('no', [], [hint]), name).hints).toEqual([neutral]);
  });

  it('in paths of what is said, and nowhere else', () => {
    const said = withoutProfileName(
      error('"/p/files/profile.json" has files', ['/p/files', 'files: files']),
      'files',
    );
    expect(said.message).toBe('"/p/<profile>/profile.json" has files');
    expect(said.details).toEqual(['/p/<profile>', 'files: files']);
  });
});

describe('what could not be written', () => {
  const cause = (code: string, place?: string) =>
    Object.assign(new Error(code), { code, ...(place === undefined ? {} : { path: place }) });

  it.each([
    [cause('EROFS', '/etc/a b/file'), '"/etc/a b/file": EROFS', "ls -ld '/etc/a b'"],
    [cause('ENOSPC', '/opt/file'), '"/opt/file": ENOSPC', 'df -h /opt'],
    [cause('ENOSPC'), ': ENOSPC', 'df -h'],
    ['gone', '"gone"', 'df -h'],
  ])('says where, and what to look at: %s', (thrown, words, hint) => {
    const { message, hints } = outputUnwritable(thrown);
    expect([message, hints]).toEqual([expect.stringContaining(words), [hint]]);
  });
});
