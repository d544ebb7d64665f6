import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { configured } from '../../../src/config/configured.ts';
import {
  type Ceilings,
  ceilingFaults,
  expandAuditFile,
  isAllowedRuntime,
} from '../../../src/config/machine.ts';
import { parseConfig } from '../../../src/config/parse.ts';
import { configInvalid } from '../../../src/messages/usage.ts';
import type { Limits } from '../../../src/profile/schema.ts';
import { sizeInBytes } from '../../../src/profile/size.ts';
import { installationIn } from '../../fixtures/registry/workbench.ts';

const faultsOf = (config: object): readonly string[] => {
  const parsed = parseConfig(JSON.stringify(config));
  return parsed.ok ? [] : parsed.faults;
};

describe('what config.json says of the machine', () => {
  it.each<[object, string]>([
    [{ profiles: { folders: [] } }, 'profiles.folders: must have at least 1 entry'],
    [{ profiles: { folders: ['profiles'] } }, 'profiles.folders[0]: must be an absolute path'],
    [{ profiles: { folders: ['/etc/../tmp'] } }, 'profiles.folders[0]: must be an absolute path'],
    [{ profiles: { folders: ['/a', '/a'] } }, 'profiles.folders[1]: is there twice'],
    [{ profiles: { folder: ['/a'] } }, 'profiles.folder: unknown key, did you mean "folders"?'],
    [{ runtimes: [] }, 'runtimes: must have at least 1 entry'],
    [{ runtimes: [{ name: 'deno' }] }, 'runtimes[0].name: must be "node"'],
    [
      { runtimes: [{ name: 'node', version: '>=22' }] },
      'runtimes[0].version: must be a version such as "22", "22.11" or "22.11.0"',
    ],
    [{ runtimes: [{ name: 'node', sha256: 'AB' }] }, 'runtimes[0].sha256: must be 64 hex digits'],
    [{ limits: { memory: '2GB' } }, 'limits.memory: must be a size such as "64KiB", "128MiB" or "1GiB"'],
    [{ limits: { processes: 0 } }, 'limits.processes: must be at least 1'],
    [{ limits: { procesess: 1 } }, 'limits.procesess: unknown key, did you mean "processes"?'],
    [{ runAsRoot: false }, 'runAsRoot: must be "allowed" or "refused"'],
    [
      { audit: { file: '/var/log/cordon.jsonl' } },
      'audit.file: must have "${uid}" in it, or begin with "${home}/": users share no log',
    ],
    [{ audit: { file: '/var/log/${uid}' } }, 'audit.file: must end with ".jsonl"'],
    [
      { audit: { file: '${home}/audit.jsonl' } },
      'audit.file: must lie in a folder of its own below "${home}"',
    ],
    ...[
      'log.jsonl',
      '/var/${user}/${uid}.jsonl',
      '${home}/../x/${uid}.jsonl',
      '/var/${home}/a.jsonl',
      '${uid}/a.jsonl',
    ].map((file): [object, string] => [
      { audit: { file } },
      'audit.file: must be an absolute path, or begin with "${home}/"; the only other template is "${uid}"',
    ]),
  ])('%j is refused', (config, fault) => {
    expect(faultsOf(config)).toEqual([fault]);
  });

  it('names every fault at once', () => {
    expect(
      faultsOf({
        audit: { file: 'x' },
        profiles: { folders: ['y'] },
        egress: { hosts: { a: ['10.0.0.1'] } },
      }),
    ).toHaveLength(3);
  });

  it.each([
    ['/var/log/cordon/${uid}.jsonl', '/var/log/cordon/1000.jsonl'],
    ['/var/log/${uid}/a-${uid}.jsonl', '/var/log/1000/a-1000.jsonl'],
    ['${home}/.cordon/audit.jsonl', '/h/.cordon/audit.jsonl'],
  ])('the log %s is %s', (file, expanded) => {
    expect(faultsOf({ audit: { file } })).toEqual([]);
    expect(expandAuditFile(file, { home: '/h', uid: 1000 })).toBe(expanded);
  });
});

describe('where things are', () => {
  const located = { ...installationIn('/h'), mode: 'managed' as const };

  it('is what the configuration says', () => {
    const parsed = parseConfig(
      '{ "profiles": { "folders": ["/a", "/b"] }, "audit": { "file": "/log/${uid}.jsonl" } }',
    );
    if (!parsed.ok) throw new Error(parsed.faults.join());
    expect(configured(located, parsed)).toEqual({
      ...located,
      profileFolders: [
        { path: '/a', origin: 'managed' },
        { path: '/b', origin: 'managed' },
      ],
      auditFile: `/log/${process.getuid?.()}.jsonl`,
    });
  });

  it('is the usual place when it says nothing, and when it cannot be read', () => {
    const parsed = parseConfig('{}');
    if (!parsed.ok) throw new Error(parsed.faults.join());
    expect(configured(located, parsed)).toEqual(located);
    expect(configured(located, { ok: false, error: configInvalid([], 'f') })).toEqual(located);
  });
});

describe('ceilings', () => {
  const LIMITS: Limits = {
    memory: '1GiB',
    processes: 64,
    files: 1024,
    fileSize: '256MiB',
    tmp: '128MiB',
    messageBytes: '8MiB',
  };

  it('are compared as amounts, and each that is too high is named', () => {
    expect(ceilingFaults(LIMITS, { memory: '1048576KiB', processes: 64 })).toEqual([]);
    expect(ceilingFaults(LIMITS, { memory: '1023MiB', processes: 63, tmp: '1GiB' })).toEqual([
      'limits.memory: is 1GiB, and config.json allows 1023MiB',
      'limits.processes: is 64, and config.json allows 63',
    ]);
    expect(ceilingFaults(LIMITS, {})).toEqual([]);
  });

  it('property: whatever passes is below every ceiling', () => {
    const size = fc
      .tuple(fc.integer({ min: 1, max: 4096 }), fc.constantFrom('KiB', 'MiB', 'GiB'))
      .map(([n, unit]) => `${n}${unit}`);
    const limits = fc.record({
      memory: size,
      processes: fc.integer({ min: 1, max: 100 }),
      files: fc.integer({ min: 16, max: 100 }),
      fileSize: size,
      tmp: size,
      messageBytes: size,
    });
    const amount = (limit: string | number) => (typeof limit === 'number' ? limit : sizeInBytes(limit));
    fc.assert(
      fc.property(limits, limits, (given, most: Ceilings) => {
        const named = ceilingFaults(given, most).map((fault) =>
          fault.slice('limits.'.length, fault.indexOf(':')),
        );
        for (const [name, limit] of Object.entries(given))
          expect(named.includes(name)).toBe(amount(limit) > amount(most[name as keyof Limits] ?? Infinity));
      }),
    );
  });
});

describe('runtimes', () => {
  const NODE = { name: 'node', version: '22.11.0', sha256: `sha256:${'ab'.repeat(32)}` };

  it.each<[object[] | undefined, boolean]>([
    [undefined, true],
    [[{ name: 'node' }], true],
    [[{ name: 'node', version: '22' }], true],
    [[{ name: 'node', version: '22.11' }], true],
    [[{ name: 'node', version: '22.11.0' }], true],
    [[{ name: 'node', version: '2' }], false],
    [[{ name: 'node', version: '22.1' }], false],
    [
      [
        { name: 'node', version: '20' },
        { name: 'node', version: '22' },
      ],
      true,
    ],
    [[{ name: 'node', sha256: 'ab'.repeat(32) }], true],
    [[{ name: 'node', version: '22', sha256: 'cd'.repeat(32) }], false],
    [[{ name: 'node', version: '20', sha256: 'ab'.repeat(32) }], false],
    [[{ name: 'python' }], false],
  ])('%j: %s', (allowed, isAllowed) => {
    expect(isAllowedRuntime(allowed as Parameters<typeof isAllowedRuntime>[0], NODE)).toBe(isAllowed);
  });
});
