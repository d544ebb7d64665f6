// What may stand in `permissions.network`, and what `expects` makes of it (NW-04, NW-11, W07, W08).
import { isIPv6 } from 'node:net';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { coversRange, inRange, readAddress, readRange } from '../../../src/profile/address-range.ts';
import { coversHost, readHost } from '../../../src/profile/host.ts';
import { parseProfile } from '../../../src/profile/parse.ts';

type Grant = Readonly<Record<string, unknown>>;

function faultsOf(network: readonly Grant[], expects: object = {}): readonly string[] {
  const source = { type: 'npm', package: '@acme/server', version: '1.2.3', bin: 'server' };
  const document = { schema: 1, description: 'A server.', source, permissions: { network }, expects };
  const parsed = parseProfile(JSON.stringify(document));
  return parsed.ok ? [] : parsed.faults;
}

/** Faults of one grant, each without the part that all have in common. */
const faultsOfOne = (grant: Grant) =>
  faultsOf([{ port: 443, ...grant }]).map((fault) => fault.replace('permissions.network[0].', ''));

describe('wildcards reach no further than one registrable domain (NW-11)', () => {
  test.each([
    '*.example.com',
    '*.a.example.com',
    '*.example.co.uk',
    '*.octocat.github.io',
    '*.corp.internal',
  ])('takes %s', (host) => expect(faultsOfOne({ host })).toEqual([]));

  // ICANN's suffixes, private ones, one by a wildcard rule of the list.
  test.each(['co.uk', 'com.au', 'github.io', 's3.amazonaws.com', 'vercel.app', 'workers.dev', 'any.ck'])(
    'refuses *.%s',
    (suffix) =>
      expect(faultsOfOne({ host: `*.${suffix}` })).toEqual([
        `host: is too broad: anybody can have a name below "${suffix}"`,
      ]),
  );

  test('the list has an exception for this one', () => expect(faultsOfOne({ host: '*.www.ck' })).toEqual([]));

  test('compares by labels', () => {
    expect(coversHost('*.example.com', 'a.b.example.com')).toBe(true);
    for (const host of ['example.com', 'evil-example.com', '.example.com', 'example.com.evil.net'])
      expect(coversHost('*.example.com', host), host).toBe(false);
  });
});

describe('addresses as hosts (NW-04, W07)', () => {
  test.each<[string, readonly string[]]>([
    ['10.1.2.3', ['10.1.2.3']],
    ['10.1.2.3', ['192.168.0.0/16', '10.0.0.0/8']],
    ['169.254.169.254', ['169.254.169.254/32']],
    ['203.0.113.7', ['203.0.113.0/24']],
    ['fd00::1', ['fd00::/64']],
  ])('takes %s with %j', (host, addresses) => {
    expect(faultsOfOne({ host, addresses, protocol: 'tcp' })).toEqual([]);
  });

  test.each<[string, string]>([
    ...[
      '127.1',
      '2130706433',
      '0x7f000001',
      '0x7f.1',
      '010.0.0.1',
      '1.2.3.4.',
      '[fd00::1]',
      '1.2.3.256',
      '::1%lo',
    ].map((host): [string, string] => [
      host,
      'host: must be an address such as "10.1.2.3" or "fd00::1", or a name',
    ]),
    ['::ffff:10.0.0.1', 'host: must be written "10.0.0.1"'],
    ['::ffff:a00:1', 'host: must be written "10.0.0.1"'],
    ['FD00::1', 'host: must be written "fd00::1"'],
    ['fd00:0:0:0:0:0:0:1', 'host: must be written "fd00::1"'],
    ['64:ff9b::1.2.3.4', 'host: must be written "64:ff9b::102:304"'],
    ['127.0.0.1', 'host: must be "localhost" when this machine is meant'],
    ['127.8.9.10', 'host: must be "localhost" when this machine is meant'],
    ['::1', 'host: must be "localhost" when this machine is meant'],
    ['0.0.0.0', 'host: is no address that can be connected to'],
    ['::', 'host: is no address that can be connected to'],
    ['224.0.0.1', 'host: is no address that can be connected to'],
    ['255.255.255.255', 'host: is no address that can be connected to'],
    ['198.19.1.1', 'host: is in 198.18.0.0/15, whose addresses stand for names inside the sandbox'],
  ])('refuses %s', (host, fault) => {
    expect(faultsOfOne({ host, addresses: ['10.0.0.0/8'], protocol: 'tcp' })).toEqual([fault]);
  });

  test('must be contained in the addresses of the grant, and cannot be compared in TLS', () => {
    expect(faultsOfOne({ host: '10.1.2.3' })).toEqual([
      'host: is an address: it needs "addresses": ["10.1.2.3"] beside it',
      'protocol: must be "tcp": in TLS to an address there is no name to compare',
    ]);
    expect(
      faultsOfOne({ host: '10.1.2.3', addresses: ['10.2.0.0/16', 'fd00::/16'], protocol: 'tcp' }),
    ).toEqual(['addresses: must contain the host "10.1.2.3"']);
  });
});

describe('localhost', () => {
  test('needs no addresses, and takes none', () => {
    expect(faultsOfOne({ host: 'localhost', port: [5432, 6379], protocol: 'tcp' })).toEqual([]);
    expect(faultsOfOne({ host: 'localhost', addresses: ['127.0.0.1'] })).toEqual([
      'addresses: must be left out for "localhost", which is the loopback of this machine',
    ]);
  });
});

describe('the addresses of a grant', () => {
  test.each([
    ['10.1.2.3', '127.0.0.1', '192.168.0.0/16'],
    ['10.0.0.0/8'],
    ['2001:db8::/32', 'fd00::1', 'fe80::1/128'],
  ])('takes %j', (...addresses) => expect(faultsOfOne({ host: 'db.corp.example', addresses })).toEqual([]));

  test.each<[string, string]>([
    ['10.1.2.3/16', 'has bits behind its length: write "10.1.0.0/16"'],
    ['fd00::1/64', 'has bits behind its length: write "fd00::/64"'],
    ['0.0.0.0/0', 'is too broad: /8 is the widest range of its kind'],
    ['10.0.0.0/7', 'is too broad: /8 is the widest range of its kind'],
    ['::/0', 'is too broad: /16 is the widest range of its kind'],
    ['fd00::/15', 'is too broad: /16 is the widest range of its kind'],
    ['10.0.0.0/33', 'must end in "/" and a length from 8 to 32'],
    ['10.0.0.0/08', 'must end in "/" and a length from 8 to 32'],
    ['10.0.0.0/', 'must end in "/" and a length from 8 to 32'],
    ['10.0.0.0/8/8', 'must end in "/" and a length from 8 to 32'],
    ['fd00::/129', 'must end in "/" and a length from 16 to 128'],
    ['10.0.0.0/255.0.0.0', 'must end in "/" and a length from 8 to 32'],
    ['::ffff:10.0.0.0/104', 'must be written "10.0.0.0"'],
    ['::/16', 'holds IPv4 addresses written as IPv6: write them as IPv4'],
    ['::/80', 'holds IPv4 addresses written as IPv6: write them as IPv4'],
    ...['db.corp.example', '10.1', '0x0a.0.0.1', '[fd00::1]', '10.0.0.1-10.0.0.9'].map(
      (text): [string, string] => [
        text,
        'must be an address such as "10.1.2.3" or "fd00::1", or a range "10.1.0.0/16"',
      ],
    ),
  ])('refuses %s', (text, fault) => {
    expect(faultsOfOne({ host: 'db.corp.example', addresses: [text] })).toEqual([`addresses[0]: ${fault}`]);
  });

  test('none at all, and what others contain', () => {
    expect(faultsOfOne({ host: 'db.corp.example', addresses: [] })).toEqual([
      'addresses: must have at least 1 entry',
    ]);
    const addresses = ['10.1.0.0/16', '10.0.0.0/8', '10.0.0.0/8', 'fd00::1', 'fd00::1/128'];
    expect(faultsOfOne({ host: 'db.corp.example', addresses })).toEqual([
      'addresses[0]: is contained in permissions.network[0].addresses[1]',
      'addresses[2]: is contained in permissions.network[0].addresses[1]',
      'addresses[4]: is contained in permissions.network[0].addresses[3]',
    ]);
  });

  test('property: what is taken as an address is one, in the spelling that URLs give it', () => {
    const hextet = fc.oneof(
      fc.constantFrom('', '0', '00', 'ffff', 'FFFF', '1%a'),
      fc.stringMatching(/^[0-9a-f]{1,5}$/),
    );
    const octet = fc.oneof(fc.nat(300).map(String), fc.constantFrom('', '01', '0x1', '1e1', ' 1', '١'));
    const text = fc.oneof(
      fc.ipV4(),
      fc.ipV6(),
      fc.array(octet, { minLength: 1, maxLength: 5 }).map((parts) => parts.join('.')),
      fc.array(fc.oneof(hextet, fc.ipV4()), { minLength: 2, maxLength: 9 }).map((parts) => parts.join(':')),
    );
    fc.assert(
      fc.property(text, (written) => {
        const read = readAddress(written);
        if (!read.ok) return;
        const inUrl = isIPv6(written) ? `[${written}]` : written;
        expect(new URL(`tcp://${inUrl}`).host).toBe(inUrl);
        expect(new URL(`http://${inUrl}`).host).toBe(inUrl);
        expect(readRange(written).ok).toBe(true);
      }),
      { numRuns: 3000 },
    );
  });

  test('property: a range contains its own addresses, and whatever contains it does too', () => {
    fc.assert(
      fc.property(fc.nat(0xffffffff), fc.integer({ min: 8, max: 32 }), fc.nat(24), (number, bits, wider) => {
        const quad = (value: number) => [24, 16, 8, 0].map((shift) => (value >>> shift) & 255).join('.');
        const cut = (length: number) => (number & (0xffffffff << (32 - length))) >>> 0;
        const inner = readRange(`${quad(cut(bits))}/${bits}`);
        const outerBits = Math.max(8, bits - wider);
        const outer = readRange(`${quad(cut(outerBits))}/${outerBits}`);
        const address = readAddress(quad(number));
        if (!inner.ok || !outer.ok || !address.ok) throw new Error('not read');
        expect(inRange(inner.value, address.value)).toBe(true);
        expect(inRange(outer.value, address.value)).toBe(true);
        expect(coversRange(outer.value, inner.value)).toBe(true);
        expect(coversRange(inner.value, outer.value)).toBe(bits === outerBits);
      }),
    );
  });
});

test('property: the quick look at a name takes only what the careful one takes', () => {
  const label = fc.constantFrom(
    'a',
    'api',
    'A',
    'xn--a',
    '-a',
    'a-',
    '1',
    '0x1',
    'localhost',
    '*',
    '',
    'a_b',
    'é',
  );
  fc.assert(
    fc.property(fc.array(label, { minLength: 1, maxLength: 4 }), (labels) => {
      const host = readHost(labels.join('.'));
      const plain = labels.length > 1 && labels.every((one) => /^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$/.test(one));
      const isName = plain && !/^(?:localhost|[0-9].*)$/.test(labels.at(-1) ?? '');
      expect(host.kind === 'name').toBe(isName);
    }),
    { numRuns: 2000 },
  );
});

describe('ports', () => {
  test('twice, the one of the name service, and more than can be listened on', () => {
    expect(faultsOfOne({ host: 'a.example', port: [443, 443, 53] })).toEqual([
      'port: has a port twice',
      'port: must not be 53: names are answered there inside the sandbox',
    ]);
    const range = (from: number) => Array.from({ length: 33 }, (_, index) => from + index);
    const network = [
      { host: 'a.example', port: range(1000) },
      { host: 'b.example', port: range(1031) },
    ];
    expect(faultsOf(network)).toEqual([]);
    expect(faultsOf([...network, { host: 'c.example', port: 443 }])).toEqual([
      'permissions.network: grants 65 different ports, more than 64',
    ]);
  });
});

describe('grants that get in each other’s way', () => {
  const second = (one: Grant, other: Grant) =>
    faultsOf([
      { port: 443, ...one },
      { port: 443, ...other },
    ]);

  test.each<[Grant, Grant, string]>([
    [
      { host: 'a.example', port: [80, 443] },
      { host: 'a.example' },
      'grants the same host and port as permissions.network[0]',
    ],
    [
      { host: 'a.example', protocol: 'tcp' },
      { host: 'a.example' },
      'grants a host and port for "tls" that permissions.network[0] grants for "tcp"',
    ],
    [
      { host: 'a.b.example', protocol: 'tcp' },
      { host: '*.b.example' },
      'grants a host and port for "tls" that permissions.network[0] grants for "tcp"',
    ],
    [
      { host: '*.b.example' },
      { host: 'a.b.example', addresses: ['10.0.0.1'] },
      'grants other addresses for a host and port that permissions.network[0] grants too',
    ],
  ])('%j and %j', (one, other, fault) => {
    expect(second(one, other)).toEqual([`permissions.network[1]: ${fault}`]);
  });

  test.each<[Grant, Grant]>([
    [{ host: 'a.example', port: 80, protocol: 'tcp' }, { host: 'a.example' }],
    [{ host: '*.b.example' }, { host: 'a.b.example' }],
    [{ host: '*.b.example' }, { host: 'b.example', protocol: 'tcp' }],
  ])('%j and %j do not', (one, other) => expect(second(one, other)).toEqual([]));
});

test('all faults at once', () => {
  expect(
    faultsOf([
      { host: '*.co.uk', port: [53, 53], addresses: ['10.0.0.1/8', 'x'] },
      { host: '10.1', port: 443, protcol: 'tcp' },
      { host: 'localhost', port: 443, protocol: 'udp', addresses: ['::1'] },
      { host: '10.0.0.1', port: 443, protocol: 'tcp' },
    ]).toSorted(),
  ).toEqual(
    [
      'permissions.network[0].host: is too broad: anybody can have a name below "co.uk"',
      'permissions.network[0].port: has a port twice',
      'permissions.network[0].port: must not be 53: names are answered there inside the sandbox',
      'permissions.network[0].addresses[0]: has bits behind its length: write "10.0.0.0/8"',
      'permissions.network[0].addresses[1]: must be an address such as "10.1.2.3" or "fd00::1", or a range "10.1.0.0/16"',
      'permissions.network[1].protcol: unknown key, did you mean "protocol"?',
      'permissions.network[2].protocol: must be "tls" or "tcp"',
      'permissions.network[3].host: is an address: it needs "addresses": ["10.0.0.1"] beside it',
    ].toSorted(),
  );
});

describe('expectations', () => {
  const network = [
    { host: '*.example.com', port: [443, 8443] },
    { host: 'localhost', port: 5432, protocol: 'tcp' },
    { host: '10.1.2.3', port: 6379, protocol: 'tcp', addresses: ['10.1.2.3'] },
    { host: 'fd00::1', port: 6379, protocol: 'tcp', addresses: ['fd00::/64'] },
    { host: 'db.corp.example', port: 5432, protocol: 'tcp', addresses: ['10.1.0.0/16'] },
  ];

  test.each([
    ['api.example.com:8443', 0],
    ['localhost:5432', 1],
    ['127.0.0.1:5432', 1],
    ['127.1.2.3:5432', 1],
    ['[::1]:5432', 1],
    ['10.1.2.3:6379', 2],
    ['[fd00::1]:6379', 3],
    ['db.corp.example:5432', 4],
  ])('%s is granted', (connect, index) => {
    expect(faultsOf(network, { allow: [{ connect }] })).toEqual([]);
    expect(faultsOf(network, { deny: [{ connect }] })).toEqual([
      `expects.deny[0].connect: expects connect "${connect}" to be denied, but permissions.network[${index}] grants it`,
    ]);
  });

  // A range says where a name may lead, not that its addresses may be dialled without the name.
  test.each(['example.com:443', 'api.example.com:80', '127.0.0.1:80', '10.1.2.4:5432', '[fd00::2]:6379'])(
    '%s is denied',
    (connect) => {
      expect(faultsOf(network, { deny: [{ connect }] })).toEqual([]);
      expect(faultsOf(network, { allow: [{ connect }] })).toEqual([
        `expects.allow[0].connect: expects connect "${connect}" to be possible, but nothing grants it`,
      ]);
    },
  );

  test.each([
    ['127.1:80', 'must be an address such as "10.1.2.3" or "fd00::1"'],
    ['0x7f000001:80', 'must be an address such as "10.1.2.3" or "fd00::1"'],
    ['[::ffff:10.1.2.3]:6379', 'must be written "10.1.2.3"'],
    ['[10.1.2.3]:6379', 'must have brackets around an IPv6 address and no others'],
    ['a..example:443', 'must be labels of a-z, 0-9 and "-", joined by dots'],
    ['example.com.:443', 'must not end with a dot'],
    ['intranet:443', 'must be a full name with a dot in it'],
    ['*.example.com:443', 'must be "host:port", lower case'],
    ['fd00::1:6379', 'must be "host:port", lower case'],
  ])('%s means nothing', (connect, fault) => {
    for (const side of ['allow', 'deny'])
      expect(faultsOf(network, { [side]: [{ connect }] })).toEqual([`expects.${side}[0].connect: ${fault}`]);
  });

  test('property: a connection to four numbers means the address that the library reads, or nothing', () => {
    const number = fc.oneof(
      fc.nat(300).map(String),
      fc.constantFrom('00', '01', '127', '255', '256', '0x1', ''),
    );
    fc.assert(
      fc.property(fc.array(number, { minLength: 3, maxLength: 5 }), (numbers) => {
        const text = numbers.join('.');
        const address = readAddress(text);
        const faults = faultsOf([], { deny: [{ connect: `${text}:80` }] });
        expect(faults.length === 0).toBe(address.ok);
      }),
    );
  });
});
