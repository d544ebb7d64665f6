import { expect, it } from 'vitest';
import { judgeSecrets } from '../../../src/doctor/judge-secrets.ts';
import { profileUnreadable } from '../../../src/messages/profile.ts';
import { unusedSources } from '../../../src/secrets/unused-sources.ts';

it('names the secrets that stand in the list of processes, as weaker', () => {
  expect(judgeSecrets({ kind: 'read', inArguments: [], unused: [] })).toMatchObject({
    verdict: 'ok',
    cure: [],
  });
  const inArguments = [{ profile: 'db', secret: 'PASSWORD' }];
  expect(judgeSecrets({ kind: 'read', inArguments, unused: [] })).toMatchObject({
    section: 'installation',
    id: 'secrets',
    verdict: 'weaker',
    detail: expect.stringMatching(/^PASSWORD of "db": .*every user of this machine can read/) as string,
  });
});

it('names what the configuration says for nobody', () => {
  const profiles = [
    { name: 'db', status: { kind: 'loaded', profile: { secrets: { PASSWORD: {} } } } },
    { name: 'broken', status: { kind: 'failed' } },
  ] as unknown as Parameters<typeof unusedSources>[1];
  const keyring = [{ from: 'keyring' }] as const;
  const config = { db: { PASSWORD: keyring, PASWORD: keyring }, bd: { X: keyring }, broken: { X: keyring } };
  const unused = unusedSources(config, profiles);
  expect(judgeSecrets({ kind: 'read', inArguments: [], unused })).toMatchObject({
    verdict: 'weaker',
    detail:
      'the configuration has a source for "PASWORD", for which the profile "db" does not ask; did you mean "PASSWORD"?; ' +
      'the configuration has secrets for the profile "bd", which is not there; did you mean "db"?',
    cure: ['correct or remove it under "secrets" in config.json'],
  });
  expect(unusedSources({ db: { PASSWORD: keyring } }, profiles)).toEqual([]);
  // A name that every object has is one like any other.
  expect(unusedSources({ db: { constructor: keyring } }, profiles)).toMatchObject([
    { secret: 'constructor' },
  ]);
});

it('says of profiles that cannot be read that nobody knows', () => {
  const error = profileUnreadable('/h/profiles', 'cannot be read (EACCES)');
  expect(judgeSecrets({ kind: 'refused', error })).toMatchObject({
    verdict: 'failed',
    cure: ['cordon list'],
  });
});
