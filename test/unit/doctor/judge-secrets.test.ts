import { expect, it } from 'vitest';
import { judgeSecrets } from '../../../src/doctor/judge-secrets.ts';
import { profileUnreadable } from '../../../src/messages.ts';

it('names the secrets that stand in the list of processes, as weaker', () => {
  expect(judgeSecrets({ kind: 'read', inArguments: [] })).toMatchObject({ verdict: 'ok', cure: [] });
  expect(judgeSecrets({ kind: 'read', inArguments: [{ profile: 'db', secret: 'PASSWORD' }] })).toMatchObject({
    section: 'installation',
    id: 'secrets',
    verdict: 'weaker',
    detail: expect.stringMatching(/^PASSWORD of "db": .*every user of this machine can read/) as string,
  });
});

it('says of profiles that cannot be read that nobody knows', () => {
  const error = profileUnreadable('/h/profiles', 'cannot be read (EACCES)');
  expect(judgeSecrets({ kind: 'refused', error })).toMatchObject({
    verdict: 'failed',
    cure: ['cordon list'],
  });
});
