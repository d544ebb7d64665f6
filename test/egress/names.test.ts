// P3: names, where the only name server is ours: what is not granted is not even asked for, and what is granted is asked for
// once, checked, and dialled as it was checked. Each attempt is seen to arrive when it is made outside.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { columns, hasOwnMachine } from '../escape/columns.ts';
import { type Knocked, knock } from './doors.ts';
import { type EgressStage, type Sandboxed, setEgressStage } from './sandboxed.ts';
import { type EgressWorld, egressWorld, WORLD_PORT } from './world.ts';

const HOST = 'api.example.test';
const TURNED = 'turned.example.test';
const GRANTED = ['127.0.0.2/32'];
const A = 1;

let stage: EgressStage;
beforeAll(() => {
  stage = setEgressStage();
});
afterAll(() => stage.remove());

describe.runIf(hasOwnMachine).each(columns())('P3 $name', (column) => {
  describe.each(['transparent', 'proxy'] as const)('%s', (mode) => {
    let world: EgressWorld;
    let server: Sandboxed;

    beforeAll(async () => {
      world = egressWorld(stage.folder, `${mode}-${column.uid}`);
      server = await stage.sandboxed(column, {
        network: [
          { host: HOST, port: WORLD_PORT, protocol: 'tcp', addresses: GRANTED },
          { host: '*.wild.example.test', port: WORLD_PORT, protocol: 'tcp', addresses: GRANTED },
          { host: TURNED, port: WORLD_PORT, protocol: 'tcp' },
        ],
        config: { mode },
        wrap: world.wrap,
      });
    });
    afterAll(() => server?.close());

    /** What the far end said to a connection with this name, in the way that is in force. */
    const reach = async (host: string): Promise<string> => {
      const code =
        mode === 'transparent'
          ? knock(host, WORLD_PORT)
          : knock('127.0.0.1', 3128, [`CONNECT ${host}:${WORLD_PORT} HTTP/1.1\r\n\r\n`]);
      const done = await server.evaluate<Knocked>(code);
      return 'ok' in done ? (done.ok.text.split('\r\n\r\n').at(-1) ?? '') : '';
    };
    const refusals = () =>
      server
        .egress()
        .filter(({ verdict }) => verdict === 'denied')
        .map(({ host, reason }) => ({ host, reason }));

    test('W02, NW-07: names carry nothing out: no packet leaves', async () => {
      await world.script({});
      const quiet = await world.tell();
      expect(await world.look('mzxw6ytboi.evil.test')).toMatchObject({ address: '127.0.0.2' });
      const control = await world.tell();
      expect(control.questions).toContainEqual({ name: 'mzxw6ytboi.evil.test', type: A });
      expect(control.packets).toBeGreaterThan(quiet.packets);

      const tried = await server.evaluate<number>(`
        const { promises: dns } = await load('node:dns');
        const net = await load('node:net');
        const names = ['mzxw6ytboi.evil.test', 'mzxw6ytboi.${HOST}', '${'a'.repeat(60)}.evil.test', '${HOST}', 'x.wild.example.test'];
        const raw = Buffer.from('001d00010100000100000000000004657669' + '6c04746573740000010001', 'hex');
        const connected = (host, port) => new Promise((resolve) => {
          const socket = net.connect({ host, port }, () => socket.write(raw));
          socket.setTimeout(300, () => socket.destroy());
          socket.on('data', () => socket.destroy());
          socket.on('error', () => {});
          socket.on('close', resolve);
        });
        const resolvers = ['127.0.0.1', '127.0.0.53', '127.0.0.2', '8.8.8.8', '192.0.2.53', '2001:db8::53'].map((address) => {
          const resolver = new dns.Resolver({ timeout: 300, tries: 1 });
          resolver.setServers([address]);
          return resolver;
        });
        const all = await Promise.allSettled([
          ...names.map((name) => dns.lookup(name)),
          ...names.flatMap((name) => resolvers.map((resolver) => resolver.resolve4(name))),
          ...resolvers.map((resolver) => resolver.resolveTxt('mzxw6ytboi.evil.test')),
          ...resolvers.map((resolver) => resolver.reverse('192.0.2.7')),
          ...['127.0.0.1', '127.0.0.53', '8.8.8.8'].map((host) => connected(host, 53)),
          ...['1.1.1.1', '8.8.8.8', 'dns.google'].map((host) => connected(host, 443)),
          ...['127.0.0.1', '192.0.2.53'].map((host) => connected(host, 853)),
        ]);
        return all.length;`);
      expect(tried).toEqual({ ok: 55 });
      if (mode === 'proxy') expect(await reach('mzxw6ytboi.evil.test')).toBe('');
      expect(await world.tell()).toEqual(control);
      expect(refusals()).toContainEqual({ host: 'mzxw6ytboi.evil.test', reason: 'name-not-granted' });
    });

    test.each([
      'other.example.test',
      `evil-${HOST}`,
      `${HOST}.evil.test`,
      'xn--pi-7kc.example.test',
      'example.test',
      'wild.example.test',
      'evilwild.example.test',
      'metadata.google.internal',
    ])('W04, W05, W08, NW-03, NW-11: %s is not a granted name, and not asked for', async (name) => {
      await world.script({});
      expect(await world.look(name)).toMatchObject({ address: '127.0.0.2' });
      const control = await world.tell();
      expect(control.questions).toContainEqual({ name, type: A });
      expect(await reach(name)).toBe('');
      expect(await world.tell()).toEqual(control);
      expect(refusals()).toContainEqual({ host: name, reason: 'name-not-granted' });
    });

    test.each([HOST.toUpperCase(), `${HOST}.`, 'A.wild.example.test'])(
      'W08, NW-11: %s is one',
      async (name) => {
        await world.script({});
        expect(await reach(name)).toBe('127.0.0.2');
        // As it was judged, in its one spelling.
        const asked = new Set((await world.tell()).questions.map((question) => question.name));
        expect([...asked]).toEqual([name.toLowerCase().replace(/\.$/, '')]);
      },
    );

    test('W10, NW-05: a name that changes between check and dial is dialled where it was checked', async () => {
      await world.script({ [HOST]: [['127.0.0.2'], ['127.0.0.3']] });
      expect(await world.look(HOST)).toMatchObject({ address: '127.0.0.2' });
      expect(await world.look(HOST)).toMatchObject({ address: '127.0.0.3' });

      const flips = Array.from({ length: 8 }, (_, time) => [`127.0.0.${2 + (time % 2)}`]);
      await world.script({ [HOST]: flips });
      const heard: string[] = [];
      for (const _ of flips) heard.push(await reach(HOST));
      const { greeted, questions } = await world.tell();
      expect(heard).toEqual(flips.map(([address]) => (address === '127.0.0.2' ? address : '')));
      expect(greeted).toEqual({ '127.0.0.2': 4, '127.0.0.3': 0, '127.0.0.4': 0 });
      expect(questions.filter(({ type }) => type === A)).toHaveLength(flips.length);
      expect(refusals()).toContainEqual({ host: HOST, reason: 'address-not-listed' });
    });

    test('W10, NW-05: one address that is not granted among others refuses all', async () => {
      await world.script({ [HOST]: [['127.0.0.2', '127.0.0.3']] });
      expect(await reach(HOST)).toBe('');
      expect((await world.tell()).greeted).toEqual({ '127.0.0.2': 0, '127.0.0.3': 0, '127.0.0.4': 0 });
    });

    test.each([
      ['127.0.0.2'],
      ['::1'],
      ['0.0.0.0'],
      ['10.0.0.1'],
      ['192.168.1.1'],
      ['100.64.0.1'],
      ['169.254.169.254'],
      ['198.18.0.2'],
    ])('W10, NW-03, NW-04, NW-05: a granted name that is turned to %s is not dialled', async (address) => {
      await world.script({ [TURNED]: [[address]] });
      expect(await world.look(TURNED)).toMatchObject({ address });
      const before = refusals().length;
      expect(await reach(TURNED)).toBe('');
      expect((await world.tell()).greeted).toEqual({ '127.0.0.2': 0, '127.0.0.3': 0, '127.0.0.4': 0 });
      expect(refusals().slice(before)).toEqual([{ host: TURNED, reason: 'address-special' }]);
    });

    test('NW-07: a name below a granted wildcard is asked for when it is connected to, not before', async () => {
      await world.script({});
      const name = 'mzxw6ytboi.wild.example.test';
      await server.evaluate(`return (await load('node:dns')).promises.lookup('${name}').catch(() => {})`);
      expect((await world.tell()).questions).toEqual([]);
      expect(await reach(name)).toBe('127.0.0.2');
      expect((await world.tell()).questions).toContainEqual({ name, type: A });
    });
  });
});
