// P3: grants of addresses, both families. In a network of the test's own, because the machine has no such addresses; only
// root may make one without a user namespace, in which the files of the machine would belong to nobody.
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { columns, isRoot } from '../escape/columns.ts';
import { ROOT } from '../fixtures/launcher.ts';
import { CONNECT, GREET, WAYS } from './connect.ts';
import { type EgressStage, type Sandboxed, setEgressStage } from './sandboxed.ts';

const PORT = 5432;
const ADDRESSES = ['10.9.8.7', 'fd00::7'];
const NAMED = { 'both.example.test': ['fd00::9', '10.9.8.7'], 'six.example.test': ['fd00::7'] };

let stage: EgressStage;
beforeAll(() => {
  stage = setEgressStage();
});
afterAll(() => stage.remove());

describe.runIf(isRoot).each(WAYS)('P3 %s', (mode) => {
  let server: Sandboxed;
  const greet = async (host: string) => {
    // A CONNECT request writes IPv6 in brackets.
    const written = mode === 'proxy' && host.includes(':') ? `[${host}]` : host;
    const said = await server.evaluate<{ readonly text: string; readonly ms: number }>(
      `${CONNECT[mode]} ${GREET} return greet('${written}', ${PORT})`,
    );
    if (!('ok' in said)) throw new Error(said.message);
    return said.ok;
  };

  beforeAll(async () => {
    const column = columns().at(-1);
    if (column === undefined) throw new Error('no user to start as');
    const network = path.join(ROOT, 'test/fixtures/networks/with-addresses.py');
    const before = ['/usr/bin/unshare', '--net', '--', '/usr/bin/python3', network];
    server = await stage.sandboxed(
      {
        ...column,
        as: (command) => [...before, String(PORT), ...ADDRESSES, '--', ...column.as(command)],
      },
      {
        network: [
          ...ADDRESSES.map((host) => ({ host, port: PORT, protocol: 'tcp' as const, addresses: [host] })),
          ...Object.keys(NAMED).map((host) => ({
            host,
            port: PORT,
            protocol: 'tcp' as const,
            addresses: ['10.9.0.0/16', 'fd00::/16'],
          })),
        ],
        config: { mode, hosts: NAMED },
      },
    );
  });
  afterAll(() => server.close());

  test.each(ADDRESSES)('%s is reached by number', async (address) => {
    expect(await greet(address)).toMatchObject({ text: `this is ${address}\n` });
  });

  test('a name leads to IPv6 where that is what it has, and to what answers where it has both', async () => {
    expect(await greet('six.example.test')).toMatchObject({ text: 'this is fd00::7\n' });
    expect(await greet('both.example.test')).toMatchObject({ text: 'this is 10.9.8.7\n' });
  });

  test('a number beside the granted one is not reached', async () => {
    const said = await Promise.all(['10.9.8.8', 'fd00::8'].map(greet));
    for (const { text, ms } of said) {
      expect(text).toMatch(
        mode === 'transparent' ? /^E(?:NETUNREACH|HOSTUNREACH|ADDRNOTAVAIL)$/ : /^HTTP\/1.1 403$/,
      );
      expect(ms).toBeLessThan(1000);
    }
  });
});
