import { expect, it } from 'vitest';
import { judgeDefinitions } from '../../../src/doctor/judge-definitions.ts';
import { profileUnreadable } from '../../../src/messages/profile.ts';

it('names the profiles that give up on reviewed definitions, as weaker', () => {
  expect(judgeDefinitions({ kind: 'read', unpinned: [] })).toMatchObject({ verdict: 'ok', cure: [] });
  expect(judgeDefinitions({ kind: 'read', unpinned: ['one', 'two'] })).toMatchObject({
    section: 'installation',
    id: 'definitions',
    verdict: 'weaker',
    detail: expect.stringContaining('"one", "two"') as string,
    cure: [expect.stringContaining('cordon review one')],
  });
});

it('says of profiles that cannot be read that nobody knows', () => {
  const error = profileUnreadable('/h/profiles', 'cannot be read (EACCES)');
  expect(judgeDefinitions({ kind: 'refused', error })).toMatchObject({
    verdict: 'failed',
    detail: expect.stringContaining('EACCES') as string,
    cure: ['cordon list'],
  });
});
