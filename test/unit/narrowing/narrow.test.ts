import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { narrow } from '../../../src/narrowing/narrow.ts';
import { type Narrowing, narrowingSchema } from '../../../src/narrowing/schema.ts';
import { readAddress, readRange, inRange } from '../../../src/profile/address-range.ts';
import { parseProfile } from '../../../src/profile/parse.ts';
import type { ProfileDocument } from '../../../src/profile/schema.ts';
import { sizeInBytes } from '../../../src/profile/size.ts';

const SOURCE = { type: 'npm', package: 'a', version: '1.0.0' };

function profileOf(more: object): ProfileDocument {
  const parsed = parseProfile(JSON.stringify({ schema: 1, description: 'x', source: SOURCE, ...more }));
  if (!parsed.ok) throw new Error(parsed.faults.join('\n'));
  return parsed.document;
}

const narrowing = (more: object): Narrowing =>
  narrowingSchema().parse({ schema: 1, narrows: 'files', ...more });

const BASE = profileOf({
  args: ['${workspace}'],
  permissions: {
    filesystem: [
      { path: '${workspace}', access: 'write', why: 'edits' },
      { path: '${workspace}/.git', access: 'read', optional: true },
      { path: '${workspace}/.git/info', access: 'write', optional: true },
      { path: '${home}/notes', access: 'read' },
    ],
    network: [
      { host: '*.example.com', port: [443, 8443], why: 'asks' },
      { host: 'db.corp.example', port: 5432, protocol: 'tcp', addresses: ['10.1.0.0/16'] },
      { host: 'localhost', port: 6379, protocol: 'tcp' },
    ],
    mcp: { tools: ['read', 'write'], prompts: true, extensions: ['io.x/ui'] },
  },
  limits: { memory: '1GiB', processes: 32 },
  expects: { allow: [{ write: '${workspace}/a' }], deny: [{ read: '~/.ssh/id' }] },
});

const outcome = (more: object, base = BASE) => {
  const narrowed = narrow(base, narrowing(more));
  return narrowed.ok ? narrowed.document : narrowed.faults;
};

describe('narrowing a profile', () => {
  it('to nothing but its name changes nothing that a server could tell', () => {
    expect(outcome({})).toEqual({ ...BASE, expects: { ...BASE.expects, allow: [] } });
  });

  it('takes paths, hosts, tools and limits away', () => {
    expect(
      outcome({
        permissions: {
          filesystem: [
            { path: '${workspace}/docs', access: 'read' },
            { path: '${home}/notes/today', access: 'read', optional: true },
          ],
          network: [
            { host: 'api.example.com', port: 443 },
            { host: 'db.corp.example', port: 5432, addresses: ['10.1.2.3'] },
          ],
          mcp: { tools: ['read'], prompts: false, extensions: [] },
        },
        limits: { memory: '64MiB' },
      }),
    ).toMatchObject({
      permissions: {
        filesystem: [
          { path: '${workspace}/docs', access: 'read', why: 'edits' },
          { path: '${home}/notes/today', access: 'read', optional: true },
        ],
        network: [
          { host: 'api.example.com', port: 443, protocol: 'tls', why: 'asks' },
          { host: 'db.corp.example', port: 5432, protocol: 'tcp', addresses: ['10.1.2.3'] },
        ],
        mcp: { tools: ['read'], prompts: false, extensions: [] },
      },
      limits: { memory: '64MiB', processes: 32 },
    });
    expect(outcome({ permissions: { filesystem: [], network: [], mcp: { tools: false } } })).toMatchObject({
      permissions: { filesystem: [], network: [], mcp: { tools: false, prompts: true } },
    });
  });

  it('keeps what is protected inside a path that is left for writing', () => {
    expect(
      outcome({ permissions: { filesystem: [{ path: '${workspace}', access: 'write' }] } }),
    ).toMatchObject({
      permissions: {
        filesystem: [
          { path: '${workspace}', access: 'write' },
          { path: '${workspace}/.git', access: 'read', optional: true },
        ],
      },
    });
  });

  it('does not start without what must be there to be protected', () => {
    const base = profileOf({
      permissions: {
        filesystem: [
          { path: '${workspace}', access: 'write' },
          { path: '${workspace}/.git', access: 'read' },
        ],
      },
    });
    const wanted = (optional: boolean) =>
      files(
        { path: '${workspace}', access: 'write' },
        { path: '${workspace}/.git', access: 'read', optional },
      );
    expect(outcome(wanted(true), base)).toEqual([
      'permissions.filesystem[1].optional: is not true in the managed profile',
    ]);
    expect(outcome(wanted(false), base)).toMatchObject(wanted(false));
  });

  const files = (...filesystem: object[]) => ({ permissions: { filesystem } });
  const network = (...grants: object[]) => ({ permissions: { network: grants } });
  const mcp = (granted: object) => ({ permissions: { mcp: granted } });
  const none = 'is not granted by the managed profile';

  it.each<[object, readonly string[]]>([
    [files({ path: '${home}', access: 'read' }), [`permissions.filesystem[0].path: ${none}`]],
    [files({ path: '/srv', access: 'read' }), [`permissions.filesystem[0].path: ${none}`]],
    [
      files({ path: '${workspace}2', access: 'read' }),
      ['permissions.filesystem[0].path: needs a slash after ${workspace}'],
    ],
    [
      files({ path: '${workspace}/../x', access: 'read' }),
      ['permissions.filesystem[0].path: must not have a "." or ".." segment'],
    ],
    [
      files({ path: '${home}/notes', access: 'write' }),
      ['permissions.filesystem[0].access: is "read" in the managed profile, by ${home}/notes'],
    ],
    [
      files({ path: '${workspace}/.git/hooks', access: 'write' }),
      ['permissions.filesystem[0].access: is "read" in the managed profile, by ${workspace}/.git'],
    ],
    [
      files({ path: '${workspace}/a', access: 'read' }, { path: '${workspace}/a', access: 'write' }),
      ['permissions.filesystem[1].path: is granted for write here and for read by permissions.filesystem[0]'],
    ],
    [network({ host: 'example.com', port: 443 }), [`permissions.network[0].host: ${none}`]],
    [network({ host: 'evil.example', port: 443 }), [`permissions.network[0].host: ${none}`]],
    [network({ host: '*.com', port: 443 }), [`permissions.network[0].host: ${none}`]],
    [
      network({ host: 'a.example.com', port: 22 }),
      ['permissions.network[0].port: is not granted by one entry of the managed profile'],
    ],
    [
      network({ host: 'a.example.com', port: [443, 22] }),
      ['permissions.network[0].port: is not granted by one entry of the managed profile'],
    ],
    [
      network({ host: 'a.example.com', port: 443, protocol: 'tcp' }),
      ['permissions.network[0].protocol: is "tls" in the managed profile'],
    ],
    [
      network({ host: 'a.example.com', port: 443, addresses: ['10.0.0.1'] }),
      ['permissions.network[0].addresses[0]: is not among the addresses of the managed profile'],
    ],
    [
      network({ host: 'db.corp.example', port: 5432, addresses: ['10.1.0.1', '10.2.0.1'] }),
      ['permissions.network[0].addresses[1]: is not among the addresses of the managed profile'],
    ],
    [
      network({ host: 'db.corp.example', port: 5432, addresses: ['10.0.0.0/8'] }),
      ['permissions.network[0].addresses[0]: is not among the addresses of the managed profile'],
    ],
    [mcp({ tools: true }), [`permissions.mcp.tools: ${none}`]],
    [mcp({ tools: ['read', 'delete'] }), [`permissions.mcp.tools[1]: ${none}`]],
    [mcp({ sampling: true, roots: false }), [`permissions.mcp.sampling: ${none}`]],
    [mcp({ extensions: ['io.y/ui'] }), [`permissions.mcp.extensions[0]: ${none}`]],
    [{ limits: { memory: '2GiB' } }, ['limits.memory: is 2GiB, and the managed profile allows 1GiB']],
    [
      {
        permissions: { filesystem: [{ path: '/etc/x', access: 'write' }], mcp: { tasks: true } },
        limits: { files: 4096 },
      },
      [
        `permissions.filesystem[0].path: ${none}`,
        `permissions.mcp.tasks: ${none}`,
        'limits.files: is 4096, and the managed profile allows 1024',
      ],
    ],
  ])('%j is more than the managed profile', (more, faults) => {
    expect(outcome(more)).toEqual(faults);
  });

  it('a profile that grants all tools, or none', () => {
    const all = profileOf({});
    const no = profileOf({ permissions: { mcp: { tools: false } } });
    expect(outcome(mcp({ tools: ['any'] }), all)).toMatchObject({ permissions: { mcp: { tools: ['any'] } } });
    expect(outcome(mcp({ tools: ['any'] }), no)).toEqual([`permissions.mcp.tools: ${none}`]);
    expect(outcome(mcp({ tools: true }), no)).toEqual([`permissions.mcp.tools: ${none}`]);
  });
});

describe('property: whatever is narrowed allows nothing more', () => {
  const NAMES = ['a', 'b'];
  const SEGMENTS = fc.array(fc.constantFrom(...NAMES), { maxLength: 3 });
  const PATH = fc
    .tuple(fc.constantFrom('${workspace}', '${state}', '/srv/x'), SEGMENTS)
    .map(([base, more]) => [base, ...more].join('/'));
  const FILES = fc.uniqueArray(fc.record({ path: PATH, access: fc.constantFrom('read', 'write') }), {
    maxLength: 5,
    selector: ({ path }) => path,
  });
  /** Mostly what is granted, at its place or below it. */
  const GRANTED_AND_WANTED = FILES.filter((granted) => granted.length > 0).chain((granted) => {
    const below = fc
      .tuple(fc.constantFrom(...granted), fc.array(fc.constantFrom(...NAMES), { maxLength: 1 }))
      .map(([{ path }, more]) => [path, ...more].join('/'));
    const path = fc.oneof({ weight: 4, arbitrary: below }, PATH);
    const wanted = fc.record({ path, access: fc.constantFrom('read', 'write') });
    return fc.tuple(
      fc.constant(granted),
      fc.uniqueArray(wanted, { maxLength: 2, selector: (grant) => grant.path }),
    );
  });
  /** Every place that could matter, each with what is below it. */
  const PLACES = ['${workspace}', '${state}', '/srv/x', '/srv'].flatMap((base) =>
    ['', '/a', '/b', '/a/a', '/a/b', '/b/a', '/a/a/a', '/a/b/a', '/a/a/b', '/b/b/b', '/a/a/a/z'].map(
      (more) => base + more,
    ),
  );

  type Grants = ReadonlyArray<{ readonly path: string; readonly access: string }>;
  /** What a mount table of these grants gives at a place: the deepest decides. */
  const accessAt = (grants: Grants, place: string): number => {
    const [deepest] = grants
      .filter(({ path }) => place === path || place.startsWith(`${path}/`))
      .toSorted((one, other) => other.path.length - one.path.length);
    return deepest === undefined ? 0 : deepest.access === 'read' ? 1 : 2;
  };

  it('of paths', () => {
    let narrowed = 0;
    fc.assert(
      fc.property(GRANTED_AND_WANTED, ([granted, wanted]) => {
        const base = profileOf({ permissions: { filesystem: granted } });
        const result = narrow(base, narrowing({ permissions: { filesystem: wanted } }));
        const isWithin = wanted.every(
          ({ path, access }) => accessAt(granted, path) >= (access === 'read' ? 1 : 2),
        );
        expect(result.ok).toBe(isWithin);
        if (!result.ok) return;
        narrowed += wanted.length;
        for (const place of PLACES)
          expect(accessAt(result.document.permissions.filesystem, place), place).toBeLessThanOrEqual(
            accessAt(granted, place),
          );
      }),
      { numRuns: 500 },
    );
    expect(narrowed).toBeGreaterThan(40);
  });

  it('of hosts, ports and addresses', () => {
    const HOSTS = ['a.example.com', '*.example.com', '*.a.example.com', 'db.a.example.com', 'b.example.com'];
    const ADDRESSES = ['10.1.0.0/16', '10.1.2.0/24', '10.2.0.1'];
    const grant = fc.record(
      {
        host: fc.constantFrom(...HOSTS),
        port: fc.oneof(fc.constantFrom(443, 8443), fc.constant([443, 8443])),
        protocol: fc.constantFrom('tls', 'tcp'),
        addresses: fc.uniqueArray(fc.constantFrom(...ADDRESSES), { minLength: 1, maxLength: 2 }),
      },
      { requiredKeys: ['host', 'port'] },
    );
    type Grant = ProfileDocument['permissions']['network'][number];
    const allows = (
      grants: readonly Grant[],
      host: string,
      port: number,
      protocol: string,
      address: string,
    ): boolean =>
      grants.some((one) => {
        const named = one.host === host || (one.host.startsWith('*.') && host.endsWith(one.host.slice(1)));
        if (!named || ![one.port].flat().includes(port)) return false;
        if (one.protocol === 'tls' && protocol === 'tcp') return false;
        if (one.addresses === undefined) return address === 'public';
        const read = readAddress(address);
        return one.addresses.some((text) => {
          const range = readRange(text);
          return read.ok && range.ok && inRange(range.value, read.value);
        });
      });
    let narrowed = 0;
    /** What is granted, changed in one part: most of it is less. */
    const changed = (granted: ReadonlyArray<Partial<Grant>>) =>
      fc
        .tuple(fc.constantFrom(...granted), grant, fc.constantFrom('host', 'port', 'protocol', 'addresses'))
        .map(([one, other, part]) => ({ ...one, [part]: (other as Partial<Grant>)[part as keyof Grant] }));
    const pair = fc
      .array(grant, { minLength: 1, maxLength: 3 })
      .chain((granted) =>
        fc.tuple(fc.constant(granted), fc.array(changed(granted as Partial<Grant>[]), { maxLength: 2 })),
      );
    fc.assert(
      fc.property(pair, ([granted, wanted]) => {
        const parsed = parseProfile(
          JSON.stringify({
            schema: 1,
            description: 'x',
            source: SOURCE,
            permissions: { network: granted },
          }),
        );
        fc.pre(parsed.ok);
        if (!parsed.ok) return;
        const result = narrow(parsed.document, narrowing({ permissions: { network: wanted } }));
        if (!result.ok) return;
        narrowed += wanted.length;
        for (const host of [
          'a.example.com',
          'x.a.example.com',
          'db.a.example.com',
          'b.example.com',
          'example.com',
        ])
          for (const port of [443, 8443])
            for (const protocol of ['tls', 'tcp'])
              for (const address of ['public', '10.1.2.3', '10.1.9.9', '10.2.0.1', '10.3.0.1']) {
                const asked = [host, port, protocol, address] as const;
                if (allows(result.document.permissions.network, ...asked))
                  expect(allows(parsed.document.permissions.network, ...asked), asked.join(' ')).toBe(true);
              }
      }),
      { numRuns: 400 },
    );
    expect(narrowed).toBeGreaterThan(40);
  });

  it('of tools, other parts of the protocol, and limits', () => {
    const tools = fc.oneof(fc.boolean(), fc.uniqueArray(fc.constantFrom('a', 'b', 'c'), { minLength: 1 }));
    const mcp = fc.record(
      {
        tools,
        prompts: fc.boolean(),
        sampling: fc.boolean(),
        extensions: fc.uniqueArray(fc.constantFrom('x/a', 'x/b')),
      },
      { requiredKeys: [] },
    );
    const limits = fc.record(
      {
        memory: fc.constantFrom('64MiB', '1GiB', '65536KiB', '2GiB'),
        processes: fc.integer({ min: 1, max: 200 }),
      },
      { requiredKeys: [] },
    );
    const hasTool = (granted: boolean | readonly string[], tool: string) =>
      typeof granted === 'boolean' ? granted : granted.includes(tool);
    fc.assert(
      fc.property(mcp, limits, mcp, limits, (granted, most, wanted, less) => {
        const base = profileOf({ permissions: { mcp: granted }, limits: most });
        const result = narrow(base, narrowing({ permissions: { mcp: wanted }, limits: less }));
        if (!result.ok) return;
        const [before, after] = [base.permissions.mcp, result.document.permissions.mcp];
        for (const tool of ['a', 'b', 'c', 'd'])
          if (hasTool(after.tools, tool)) expect(hasTool(before.tools, tool)).toBe(true);
        for (const part of ['prompts', 'sampling', 'roots'] as const)
          if (after[part]) expect(before[part]).toBe(true);
        expect(before.extensions).toEqual(expect.arrayContaining(after.extensions));
        expect(sizeInBytes(result.document.limits.memory)).toBeLessThanOrEqual(
          sizeInBytes(base.limits.memory),
        );
        expect(result.document.limits.processes).toBeLessThanOrEqual(base.limits.processes);
      }),
    );
  });
});
