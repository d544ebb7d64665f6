import { expect, it } from 'vitest';
import { judgeOwners } from '../../../src/doctor/judge-owners.ts';

const fault = (path: string) => ({ path, why: 'must belong to root, but belongs to user 1000' });

it('owners: promised to nobody when unmanaged', () => {
  expect(judgeOwners(undefined)).toEqual([]);
  expect(judgeOwners({ looked: 12, faults: [] })).toMatchObject([{ verdict: 'ok' }]);
});

it('owners: names what is not root’s alone with a cure for each, and counts the rest', () => {
  const faults = [
    { path: "/etc/cordon/it's", why: 'must not be writable by group or others, but has mode 0666' },
    { path: '/etc/cordon/profiles', why: 'leads to what is not root’s alone: "/home" …' },
    ...Array.from({ length: 6 }, (_, number) => fault(`/etc/cordon/${number}`)),
  ];
  const [finding, ...more] = judgeOwners({ looked: 40, faults });
  expect(more).toEqual([]);
  expect(finding).toMatchObject({
    verdict: 'failed',
    detail: expect.stringMatching(/; and 3 more$/) as string,
  });
  expect(finding?.cure.slice(0, 2)).toEqual([
    `sudo chown root:root '/etc/cordon/it'\\''s' && sudo chmod go-w '/etc/cordon/it'\\''s'`,
    'see who put it there, then move it away: /etc/cordon/profiles',
  ]);
});
