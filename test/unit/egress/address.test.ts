import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { judgeAddress, literalFamily, specialKind } from '../../../src/egress/address.ts';

const grant = (addresses: readonly string[] = [], host = 'api.example.com') => ({ host, addresses });
const allowed = { allowed: true };

describe('NW-03, NW-04: what a grant without addresses reaches', () => {
  test.each([
    '93.184.216.34',
    '8.8.8.8',
    '172.32.0.1',
    '100.128.0.1',
    '2606:4700::1111',
    '2a00:1450:4001::200e',
  ])('%s is global', (address) => {
    expect(judgeAddress(address, grant(), [])).toEqual(allowed);
  });

  test.each([
    '0.0.0.0',
    '0.1.2.3',
    '10.0.0.1',
    '10.255.255.255',
    '100.64.0.1',
    '100.100.100.200',
    '100.127.255.255',
    '127.0.0.1',
    '127.255.255.254',
    '169.254.169.254',
    '172.16.0.1',
    '172.31.255.255',
    '192.0.0.192',
    '192.0.2.1',
    '192.168.1.1',
    '198.18.0.2',
    '198.19.255.255',
    '198.51.100.1',
    '203.0.113.1',
    '224.0.0.1',
    '239.255.255.250',
    '240.0.0.1',
    '255.255.255.255',
    '168.63.129.16',
    '::',
    '::1',
    '::ffff:127.0.0.1',
    '::ffff:8.8.8.8',
    '64:ff9b::7f00:1',
    '64:ff9b:1::1',
    '100::1',
    'fc00::1',
    'fd00:ec2::254',
    'fe80::1',
    'fec0::1',
    'ff02::1',
    '2001:db8::1',
    '2002:7f00:1::',
    '2001::1',
    '3fff::1',
    '::2',
    '200::1',
    '4000::1',
    'fbff::1',
  ])('%s is refused', (address) => {
    expect(judgeAddress(address, grant(), [])).toEqual({ allowed: false, reason: 'address-special' });
  });

  test.each(['', 'localhost', '1.2.3.4.5', 'fe80::1%lo', '0177.0.0.1', '0x7f000001', '2130706433'])(
    'what is no address, or one in disguise (%j), is refused',
    (text) => {
      expect(specialKind(text)).toBeDefined();
    },
  );

  test('an address of this machine is refused though it is public', () => {
    expect(judgeAddress('93.184.216.34', grant(), ['93.184.216.34'])).toEqual({
      allowed: false,
      reason: 'address-own',
    });
  });
});

describe('a grant with addresses', () => {
  const db = grant(['10.1.0.0/16', '192.168.7.9', 'fd12:3456::/32']);

  test.each(['10.1.0.1', '10.1.255.255', '192.168.7.9', 'fd12:3456::5'])('reaches %s', (address) => {
    expect(judgeAddress(address, db, [])).toEqual(allowed);
  });

  test.each(['10.2.0.1', '192.168.7.8', 'fd12:3457::1', '127.0.0.1', '8.8.8.8', '::ffff:10.1.0.1'])(
    'does not reach %s',
    (address) => {
      expect(judgeAddress(address, db, [])).toEqual({ allowed: false, reason: 'address-not-listed' });
    },
  );

  test('property: exactly the addresses of the block are reached', () => {
    fc.assert(
      fc.property(fc.ipV4(), fc.integer({ min: 8, max: 32 }), fc.ipV4(), (network, length, address) => {
        const number = (text: string) => text.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
        const same =
          Math.floor(number(network) / 2 ** (32 - length)) ===
          Math.floor(number(address) / 2 ** (32 - length));
        expect(judgeAddress(address, grant([`${network}/${length}`]), []).allowed).toBe(same);
      }),
    );
  });
});

test('localhost stands for the loopback addresses and for nothing else', () => {
  expect(judgeAddress('127.0.0.1', grant([], 'localhost'), [])).toEqual(allowed);
});

test.each([
  ['10.1.2.3', 4],
  ['fd00::1', 6],
  ['api.example.com', undefined],
  ['127.1', undefined],
  ['0x7f.0.0.1', undefined],
  ['010.1.2.3', undefined],
  ['localhost', undefined],
] as const)('%s is a literal of family %s', (host, family) => {
  expect(literalFamily(host)).toBe(family);
});
