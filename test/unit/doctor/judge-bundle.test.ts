import { describe, expect, it } from 'vitest';
import { type BundleFacts, judgeBundle } from '../../../src/doctor/judge-bundle.ts';
import { digestFromHex } from '../../../src/digest.ts';
import { installedUnreadable, signersUnreadable } from '../../../src/messages/bundle.ts';

const bundle = {
  schema: 1,
  name: 'corp-policy',
  version: 7,
  index: digestFromHex('ab'.repeat(32)),
  expires: '2027-03-01T00:00:00Z',
} as const;
const installed: BundleFacts = { kind: 'installed', bundle, signersError: undefined };
const judge = (facts: BundleFacts, now = '2027-01-01T00:00:00Z') =>
  judgeBundle(facts, Date.parse(now)).map(({ verdict, detail, cure }) => [verdict, detail, ...cure]);

describe('the bundle that a machine has its policy from', () => {
  it('is named, with the day until which it is renewed', () => {
    expect(judge(installed)).toEqual([['ok', 'corp-policy 7, good until 2027-03-01T00:00:00Z']]);
    expect(judge({ kind: 'none' })).toEqual([]);
  });

  it('is weaker when nobody renewed it, or nobody can', () => {
    expect(judge(installed, '2027-03-01T00:00:00Z')).toEqual([
      [
        'weaker',
        'corp-policy 7; it expired at 2027-03-01T00:00:00Z, and nobody has brought a newer one',
        'cordon bundle install <file>',
      ],
    ]);
    const signersError = signersUnreadable('/etc/cordon/allowed_signers', 'does not exist');
    expect(judge({ ...installed, signersError })).toEqual([
      [
        'weaker',
        'corp-policy 7; no newer one would be taken: nobody is known who may sign: "/etc/cordon/allowed_signers" does not exist',
        ...signersError.hints,
      ],
    ]);
  });

  it('has failed when the record was spoilt: it is what keeps older ones out', () => {
    const error = installedUnreadable('/etc/cordon/bundle.json', ['version: is missing']);
    expect(judge({ kind: 'refused', error })).toEqual([
      [
        'failed',
        '"/etc/cordon/bundle.json", which says what this machine has, cannot be read; version: is missing',
        ...error.hints,
      ],
    ]);
  });
});
