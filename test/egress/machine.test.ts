// P7: a machine that lets nobody prepare a network. The other way takes its place and allows the same; a configuration that
// insists is refused, with the cure.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { columns, hasOwnMachine } from '../escape/columns.ts';
import { type FarEnd, GREETING, greeter, type Knocked, knock } from './doors.ts';
import { type EgressStage, LOOPBACK, type Sandboxed, setEgressStage } from './sandboxed.ts';

const HOST = 'api.example.test';
/** As where a security module knows bubblewrap and nothing else: unshare(1) fails. */
const FORBIDDEN =
  '/usr/bin/bwrap --dev-bind / / --die-with-parent --ro-bind /bin/false /usr/bin/unshare --'.split(' ');
// Root needs unshare(1) for more than the network, and is refused altogether.
const column = columns().at(-1);

let stage: EgressStage;
let far: FarEnd;
beforeAll(async () => {
  stage = setEgressStage();
  far = await greeter();
});
afterAll(() => {
  far.close();
  stage.remove();
});

describe.runIf(hasOwnMachine)('P7: a machine that lets nobody prepare a network', () => {
  const started = (mode: string): Promise<Sandboxed> => {
    if (column === undefined) throw new Error('no user');
    return stage.sandboxed(column, {
      network: [{ host: HOST, port: far.port, protocol: 'tcp', addresses: LOOPBACK }],
      config: { mode, hosts: { [HOST]: ['127.0.0.1'], 'other.example.test': ['127.0.0.1'] } },
      wrap: FORBIDDEN,
    });
  };
  const ask = async (server: Sandboxed, host: string, enough?: number): Promise<string> => {
    const request = `CONNECT ${host}:${far.port} HTTP/1.1\r\n\r\n`;
    const done = await server.evaluate<Knocked>(knock('127.0.0.1', 3128, [request], enough));
    return 'ok' in done ? done.ok.text : done.error;
  };

  test('"transparent" is refused, with the cure', async () => {
    await expect(started('transparent')).rejects.toThrow(/EGRESS_UNAVAILABLE.*fix: /);
  });

  test('"auto" takes the proxy way, which allows the same', async () => {
    const server = await started('auto');
    const answer = 'HTTP/1.1 200 Connection established\r\n\r\n';
    expect(await ask(server, HOST, answer.length + GREETING.length)).toBe(answer + GREETING);
    const before = far.connections();
    expect(await ask(server, 'other.example.test')).toMatch(/^HTTP\/1\.1 403 /);
    const direct = await server.evaluate<Knocked>(knock('127.0.0.1', far.port));
    expect(direct).toEqual({ ok: { text: '', error: 'ECONNREFUSED' } });
    expect(far.connections()).toBe(before);
    // What one start had to do without, the next may have: the log says which way it was.
    expect(server.log()).toMatch(/"event":"started",[^\n]*"network":"proxy"/);
    await server.close();
  });
});
