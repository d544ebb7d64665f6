import { describe, expect, it } from 'vitest';
import { refuseWidening } from '../../../src/narrowing/refuse-widening.ts';
import type { FilesystemGrant } from '../../../src/profile/schema.ts';

const VALUES = {
  workspace: '/home/u/code/a',
  home: '/home/u',
  accountHome: '/home/u',
  state: '/home/u/.local/state/cordon/servers/files',
  stateInside: '/state',
};

const read = (path: string): FilesystemGrant => ({ path, access: 'read' });
const write = (path: string): FilesystemGrant => ({ path, access: 'write' });

function faultsOf(granted: readonly FilesystemGrant[], left: readonly FilesystemGrant[]): readonly string[] {
  try {
    refuseWidening({ granted, left, values: VALUES, file: '/home/u/narrowing.json' });
    return [];
  } catch (error) {
    expect(error).toMatchObject({ code: 'PROFILE_INVALID', hints: ['correct /home/u/narrowing.json'] });
    return (error as { details: readonly string[] }).details;
  }
}

const mustHave = (path: string, around: string) =>
  `permissions.filesystem: must have ${path} for "read" too: here it lies in ${around}, and the managed profile protects it`;

describe('one place by two names', () => {
  it.each<[readonly FilesystemGrant[], string, string]>([
    [[write('${workspace}'), read('${home}/code/a/.git')], '${workspace}', '${home}/code/a/.git'],
    [[write('/home/u/code'), read('${workspace}')], '/home/u/code', '${workspace}'],
    [[write('${home}/code'), read('/home/u/code/a/keys')], '${home}/code', '/home/u/code/a/keys'],
  ])('of %j, what is protected in %s cannot be left out', (granted, around, protection) => {
    expect(faultsOf(granted, [write(around)])).toEqual([mustHave(protection, around)]);
    expect(faultsOf(granted, granted)).toEqual([]);
    expect(faultsOf(granted, [read(around)])).toEqual([]);
    expect(faultsOf(granted, [read(protection)])).toEqual([]);
  });

  it('what must be there to be protected is not protected by what need not be there', () => {
    const optional = (path: string) => ({ ...read(path), optional: true });
    const [around, protection] = [write('${workspace}'), read('${home}/code/a/.git')];
    for (const other of ['${workspace}/.git', '/home/u/code/a/.git'])
      expect(faultsOf([around, protection], [around, optional(other)])).toEqual([
        mustHave('${home}/code/a/.git', '${workspace}'),
      ]);
    const within = read('${home}/code/a/.git/hooks');
    expect(faultsOf([around, within], [around, optional('${workspace}/.git')])).toEqual([
      mustHave('${home}/code/a/.git/hooks', '${workspace}'),
    ]);
    expect(faultsOf([around, protection], [around, optional('${workspace}/.git'), protection])).toEqual([]);
    expect(faultsOf([around, protection], [{ ...around, optional: true }])).toEqual([
      mustHave('${home}/code/a/.git', '${workspace}'),
    ]);
    expect(
      faultsOf([around, optional('${home}/code/a/.git')], [around, optional('${workspace}/.git')]),
    ).toEqual([]);
  });

  it('nothing is opened inside a protection, which is there or not', () => {
    const granted = [write('${home}/code'), read('${workspace}/.git')];
    const hooks = write('${home}/code/a/.git/hooks');
    const fault = (index: number) =>
      `permissions.filesystem[${index}].access: here ${hooks.path} lies in \${workspace}/.git, which is "read" in the managed profile`;
    expect(faultsOf(granted, [hooks])).toEqual([fault(0)]);
    expect(faultsOf(granted, [...granted, hooks])).toEqual([fault(2)]);
    expect(faultsOf(granted, [{ ...hooks, path: '${workspace}/.git' }])).toEqual([
      'permissions.filesystem[0].access: here ${workspace}/.git lies in ${workspace}/.git, which is "read" in the managed profile',
    ]);
  });

  it('what the managed profile opens again inside a protection may stay, and go', () => {
    const granted = [write('${workspace}'), read('${home}/code/a/.git'), write('/home/u/code/a/.git/info')];
    expect(faultsOf(granted, [write('/home/u/code/a/.git/info')])).toEqual([]);
    expect(faultsOf(granted, granted.slice(0, 2))).toEqual([]);
    expect(faultsOf(granted, [])).toEqual([]);
  });

  it('what only has the same beginning lies elsewhere', () => {
    expect(faultsOf([write('${workspace}'), read('${home}/code/ab')], [write('${workspace}')])).toEqual([]);
  });
});
