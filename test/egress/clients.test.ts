// P3: clients that know nothing of the sandbox reach a granted host: several generations of Node.js, Python, curl, Go and
// OpenSSL, with the company's authority. Where names cannot be answered, those that know proxies do.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { columns } from '../escape/columns.ts';
import { type Authority, makeAuthority } from './authority.ts';
import { type FarEnd, httpsFarEnd } from './far-ends.ts';
import { gatherPrograms, NODE_MAJORS, type Programs } from './programs.ts';
import { until } from '../fixtures/launcher.ts';
import { type EgressStage, LOOPBACK, type Sandboxed, setEgressStage } from './sandboxed.ts';

const HOST = 'api.example.test';
const SAID = `GET /x for ${HOST} over 1.1`;
const SAID_2 = `GET /x for ${HOST} over 2.0`;
/** As an ordinary user where there are both: reach.test.ts has shown that root is alike. */
const [column] = columns().toReversed();

let stage: EgressStage;
let programs: Programs;
let authority: Authority;
let far: FarEnd;
let url: string;
let server: Sandboxed;

async function startServer(mode: 'transparent' | 'proxy'): Promise<Sandboxed> {
  if (column === undefined) throw new Error('no user to start as');
  return stage.sandboxed(column, {
    network: [{ host: HOST, port: far.port, addresses: LOOPBACK }],
    config: { mode, caFile: authority.file, hosts: { [HOST]: ['127.0.0.1'] } },
    read: [programs.folder],
  });
}

async function output(...command: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await server.start(command);
  expect(code, stderr).toBe(0);
  return stdout;
}

beforeAll(async () => {
  stage = setEgressStage();
  programs = gatherPrograms(`${stage.folder}/programs`);
  authority = makeAuthority(stage.folder);
  far = await httpsFarEnd(authority.issue(HOST));
  url = `https://${HOST}:${far.port}/x`;
});

afterAll(async () => {
  await far.close();
  stage.remove();
});

/** Which HTTP the built-in fetch of that generation agrees on where the far end speaks both. */
const fetched = (major: number): string => (major >= 26 ? SAID_2 : SAID);

describe('P3 transparent', () => {
  beforeAll(async () => {
    server = await startServer('transparent');
  });
  afterAll(() => server.close());

  test.each(NODE_MAJORS)(
    'Node.js %i: fetch, https.get, an agent of undici, HTTP/2, a web socket',
    async (major) => {
      // A global of Node.js from 22 on.
      const ways = ['fetch', 'get', 'undici', 'http2', ...(major >= 22 ? ['websocket'] : [])];
      const node = programs.nodeOf(major);
      expect(JSON.parse(await output(node, programs.node, url, ...ways))).toEqual({
        fetch: fetched(major),
        get: SAID,
        undici: SAID,
        http2: SAID_2,
        ...(major >= 22 ? { websocket: 'over a web socket' } : {}),
      });
    },
  );

  test('500 at once of a client that keeps its connections: those above the limit wait for a place', async () => {
    const said = await server.evaluate<readonly string[]>(`
      const get = async (number) => (await (await fetch('${url}/' + number)).text()).split(' over ')[0];
      return Promise.all(Array.from({ length: 500 }, (_, number) => get(number)));
    `);
    expect(said).toEqual({
      ok: Array.from({ length: 500 }, (_, number) => `GET /x/${number} for ${HOST}`),
    });
  });

  test.each(['urllib', 'requests'])('Python: %s', async (library) => {
    expect(await output('/usr/bin/python3', programs.python, url, library)).toBe(SAID);
  });

  test('curl: HTTP/1.1 and HTTP/2', async () => {
    expect(await output('/usr/bin/curl', '-sS', '--http1.1', url)).toBe(SAID);
    expect(await output('/usr/bin/curl', '-sS', '--http2', url)).toMatch(/ over 2(?:\.0)?$/);
  });

  test('a program in Go, with its own resolver and TLS', async () => {
    expect(await output(programs.go, url)).toBe(SAID_2);
  });

  test('OpenSSL: refused without a name and with another, answered with its own', async () => {
    const hello = (...options: readonly string[]) =>
      server.start(['/usr/bin/openssl', 's_client', '-brief', '-connect', `${HOST}:${far.port}`, ...options]);
    expect((await hello('-servername', HOST)).stderr).toContain('Verification: OK');
    expect((await hello('-noservername')).stderr).not.toContain('CONNECTION ESTABLISHED');
    expect((await hello('-servername', 'other.example.test')).stderr).not.toContain('CONNECTION ESTABLISHED');
    // After so many connections the log adds up what is alike, and writes it every five seconds.
    const told = (reason: string): boolean => server.egress().some((line) => line.reason === reason);
    await until(() => told('tls-no-name') && told('tls-other-name'), 10_000, 'the events of both');
  });
});

describe('P3 the proxy way', () => {
  beforeAll(async () => {
    server = await startServer('proxy');
  });
  afterAll(() => server.close());

  test.each(NODE_MAJORS.filter((major) => major >= 24))('Node.js %i: fetch and https.get', async (major) => {
    const node = programs.nodeOf(major);
    expect(JSON.parse(await output(node, programs.node, url, 'fetch', 'get'))).toEqual({
      fetch: fetched(major),
      get: SAID,
    });
  });

  test.each(['urllib', 'requests'])('Python: %s', async (library) => {
    expect(await output('/usr/bin/python3', programs.python, url, library)).toBe(SAID);
  });

  test('curl: HTTP/1.1 and HTTP/2', async () => {
    expect(await output('/usr/bin/curl', '-sS', '--http1.1', url)).toBe(SAID);
    expect(await output('/usr/bin/curl', '-sS', '--http2', url)).toMatch(/ over 2(?:\.0)?$/);
  });

  test('a program in Go', async () => {
    expect(await output(programs.go, url)).toBe(SAID_2);
  });

  test('OpenSSL through the proxy: refused without a name and with another, answered with its own', async () => {
    const hello = (...options: readonly string[]) =>
      server.start([
        '/usr/bin/openssl',
        's_client',
        '-brief',
        '-proxy',
        '127.0.0.1:3128',
        '-connect',
        `${HOST}:${far.port}`,
        ...options,
      ]);
    expect((await hello('-servername', HOST)).stderr).toContain('Verification: OK');
    expect((await hello('-noservername')).stderr).not.toContain('CONNECTION ESTABLISHED');
    expect((await hello('-servername', 'other.example.test')).stderr).not.toContain('CONNECTION ESTABLISHED');
  });
});
