import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { expandProfile, type TemplateValues } from '../../../src/profile/expand.ts';
import { parseProfile } from '../../../src/profile/parse.ts';
import { contains, isNormalised, joinPath } from '../../../src/profile/paths.ts';
import type { ProfileDocument } from '../../../src/profile/schema.ts';

const VALUES: TemplateValues = {
  workspace: '/home/ada/project',
  home: '/home/ada',
  accountHome: '/home/ada',
  state: '/home/ada/.local/state/cordon/profiles/x',
  stateInside: '/cordon/state',
};

function document(more: Record<string, unknown>): ProfileDocument {
  const source = { type: 'npm', package: 'a', version: '1.0.0' };
  const parsed = parseProfile(JSON.stringify({ schema: 1, description: 'x', source, ...more }));
  if (!parsed.ok) throw new Error(parsed.faults.join('\n'));
  return parsed.document;
}

const granting = (...filesystem: Array<{ path: string; access: string; optional?: boolean }>) =>
  document({ permissions: { filesystem } });
const write = (path: string) => ({ path, access: 'write' });
const read = (path: string) => ({ path, access: 'read' });

test('fills in arguments, environment and grants', () => {
  const profile = document({
    args: ['--in=${workspace}/a', '${home}', '$1'],
    env: { FILE: '${state}/memory.jsonl' },
    permissions: {
      filesystem: [
        { ...read('${workspace}/.git'), optional: true },
        write('${workspace}'),
        write('${state}'),
        read('${home}/.cache/x'),
      ],
    },
  });
  expect(expandProfile(profile, VALUES)).toEqual({
    args: ['--in=/home/ada/project/a', '/home/ada', '$1'],
    secretArguments: new Map(),
    env: { FILE: '/cordon/state/memory.jsonl' },
    workspace: '/home/ada/project',
    grants: [
      {
        source: '/home/ada/.cache/x',
        target: '/home/ada/.cache/x',
        access: 'read',
        optional: false,
        written: '${home}/.cache/x',
        index: 3,
      },
      {
        source: VALUES.state,
        target: '/cordon/state',
        access: 'write',
        optional: false,
        written: '${state}',
        index: 2,
      },
      {
        source: '/home/ada/project',
        target: '/home/ada/project',
        access: 'write',
        optional: false,
        written: '${workspace}',
        index: 1,
      },
      {
        source: '/home/ada/project/.git',
        target: '/home/ada/project/.git',
        access: 'read',
        optional: true,
        written: '${workspace}/.git',
        index: 0,
      },
    ],
  });
});

test('does not read templates in what a template stands for', () => {
  const values = { ...VALUES, workspace: '/srv/${home}/$&' };
  expect(expandProfile(document({ args: ['${workspace}'] }), values).args).toEqual(['/srv/${home}/$&']);
});

describe('a workspace', () => {
  const broad: Array<[string, string]> = [
    ['/', 'contains your home folder'],
    ['/home', 'contains your home folder'],
    ['/home/ada', 'is your home folder'],
    ['/srv/accounts/ada', 'is your home folder'],
    ['/srv/accounts', 'contains your home folder'],
    ['/home/bob', 'is a home folder'],
    ['/root', 'is a folder of the whole system'],
    ['/tmp', 'is a folder of the whole system'],
    ['/etc', 'is a folder of the whole system'],
    ['/etc/nginx', 'is below /etc, which belongs to the system and can only be granted for reading'],
    ['/usr/local/lib', 'is below /usr, which belongs to the system and can only be granted for reading'],
    ['/proc/1/root', 'is at or below /proc, which belongs to the kernel and to running services'],
    ['/run/user/1000', 'is at or below /run, which belongs to the kernel and to running services'],
    ['relative', 'is not a plain absolute path'],
    ['/srv/a/..', 'is not a plain absolute path'],
  ];
  const values = { ...VALUES, accountHome: '/srv/accounts/ada' };

  test.each(broad)('%s is refused: %s', (workspace, why) => {
    expect(() => expandProfile(document({ args: ['${workspace}'] }), { ...values, workspace })).toThrow(
      expect.objectContaining({
        code: 'WORKSPACE_TOO_BROAD',
        message: `the workspace would be "${workspace}", which ${why}`,
      }),
    );
  });

  test.each(broad)('%s is nothing to a profile that does not use it', (workspace) => {
    expect(expandProfile(document({ args: ['x'] }), { ...values, workspace }).workspace).toBeUndefined();
  });

  test.each(['/home/ada/p', '/workspaces/p', '/srv/p', '/tmp/p', '/var/www/p', '/root/p', '/opt/p', '/app'])(
    '%s is taken',
    (workspace) => {
      expect(expandProfile(document({ args: ['${workspace}'] }), { ...values, workspace }).workspace).toBe(
        workspace,
      );
    },
  );
});

describe('grants', () => {
  test('of one folder by two names become one', () => {
    const same = granting({ ...read('${workspace}'), optional: true }, read('${home}/project'));
    expect(expandProfile(same, VALUES).grants).toHaveLength(1);
    expect(expandProfile(same, VALUES).grants[0]?.optional).toBe(false);
  });

  test('of one folder for reading and for writing are a conflict', () => {
    expect(() => expandProfile(granting(write('${workspace}'), read('${home}/project')), VALUES)).toThrow(
      expect.objectContaining({
        code: 'PROFILE_INVALID',
        details: [
          'permissions.filesystem[0].path: ${workspace}, for write and permissions.filesystem[1].path: ${home}/project, for read are the same folder here',
        ],
      }),
    );
  });

  test.each([
    ['/data', { home: '/data/ada' }, 'is or contains your home folder'],
    ['/data/ada', { accountHome: '/data/ada' }, 'is or contains your home folder'],
    ['${home}/etc', { home: '/' }, 'is a folder of the whole system'],
    [
      '${home}/local/bin',
      { home: '/usr' },
      'is below /usr, which belongs to the system and can only be granted for reading',
    ],
    [
      '${home}/self',
      { home: '/proc' },
      'is at or below /proc, which belongs to the kernel and to running services',
    ],
    ['${home}/a', { home: 'relative' }, 'is not a plain absolute path'],
  ])('%s are refused with %j', (path, values, why) => {
    expect(() => expandProfile(granting(write(path)), { ...VALUES, ...values })).toThrow(
      expect.objectContaining({ code: 'GRANT_PATH_UNSAFE', message: expect.stringContaining(why) as string }),
    );
  });
});

test('what the text of a grant allows never leaves the folder that its template stands for', () => {
  const part = fc.constantFrom(
    '..',
    '.',
    'a',
    'b c',
    '/',
    '/',
    '//',
    '${home}',
    '${workspace}',
    '*',
    '~',
    '\n',
    '\u0000',
    ':',
  );
  fc.assert(
    fc.property(
      fc.constantFrom('workspace', 'home', 'state'),
      fc.array(part, { maxLength: 6 }),
      (template, parts) => {
        const path = `\${${template}}${parts.join('')}`;
        const source = { type: 'npm', package: 'a', version: '1.0.0' };
        const parsed = parseProfile(
          JSON.stringify({ schema: 1, description: 'x', source, permissions: { filesystem: [read(path)] } }),
        );
        if (!parsed.ok) return;
        const [grant] = expandProfile(parsed.document, VALUES).grants;
        const base = VALUES[template];
        expect(isNormalised(grant?.source ?? '')).toBe(true);
        expect(contains(base, grant?.source ?? '')).toBe(true);
        if (template !== 'state') expect(grant?.target).toBe(grant?.source);
        else expect(contains(VALUES.stateInside, grant?.target ?? '')).toBe(true);
      },
    ),
    { numRuns: 2000 },
  );
});

test('parents come before children, whatever the order in the file', () => {
  const names = fc.uniqueArray(
    fc.array(fc.constantFrom('a', 'b', 'a!', 'a-b'), { minLength: 1, maxLength: 4 }),
    { selector: (list) => list.join('/'), maxLength: 6 },
  );
  fc.assert(
    fc.property(names, (paths) => {
      const { grants } = expandProfile(
        granting(...paths.map((segments) => read(joinPath('${workspace}', segments)))),
        VALUES,
      );
      expect(grants).toHaveLength(paths.length);
      for (const [index, grant] of grants.entries())
        for (const later of grants.slice(index + 1)) expect(contains(later.source, grant.source)).toBe(false);
    }),
  );
});
