import { expect, it } from 'vitest';
import { refuseOwnFolders } from '../../../src/plan/own-folders.ts';

const own = {
  folders: ['/opt/cordon', '/home/u/.local/state/cordon'],
  state: '/home/u/.local/state/cordon/profiles/p',
};
const judge =
  (source: string, access: 'read' | 'write', target = source) =>
  () =>
    refuseOwnFolders([{ source, target, access }], own);
const refused = expect.objectContaining({ code: 'GRANT_PATH_UNSAFE' });

it.each(['/opt', '/opt/cordon', '/opt/cordon/profiles', '/home/u/.local'])(
  'FS-05: %s cannot be granted for writing',
  (source) => expect(judge(source, 'write')).toThrow(refused),
);

it.each(['/cordon', '/cordon/package', '/cordon/runtime/node', '/cordon/home/project'])(
  'P1: %s cannot be granted at all: it would be mounted over package or runtime',
  (source) => {
    expect(judge(source, 'write')).toThrow(refused);
    expect(judge(source, 'read')).toThrow(refused);
  },
);

it.each([
  ['/opt/cordon', 'read', '/opt/cordon'],
  ['/cordonbleu', 'write', '/cordonbleu'],
  ['/home/u/cordon', 'write', '/home/u/cordon'],
  [own.state, 'write', '/cordon/state'],
  [`${own.state}/sub`, 'write', '/cordon/state/sub'],
] as const)('%s may be granted (%s)', (source, access, target) => {
  expect(judge(source, access, target)).not.toThrow();
});

it('FS-05: nor can the state of a profile, where a configuration puts the log into it', () => {
  for (const inside of [own.state, `${own.state}/log`]) {
    const folders = [...own.folders, inside];
    const grant = { source: own.state, target: '/cordon/state', access: 'write' } as const;
    expect(() => refuseOwnFolders([grant], { ...own, folders })).toThrow(refused);
    const beside = { ...grant, source: `${own.state}/data`, target: '/cordon/state/data' };
    expect(() => refuseOwnFolders([beside], { ...own, folders: [`${own.state}/log`] })).not.toThrow();
  }
});
