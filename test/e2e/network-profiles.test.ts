// The shipped profiles with network grants, with their real packages and a real client. All that they dial goes to a proxy of
// the test's, as in a company, which leads it to a server of the test's that has a certificate for the granted host: what
// arrives there is what the server sent, unmodified.
import { once } from 'node:events';
import fs from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import net, { type AddressInfo } from 'node:net';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasOwnMachine } from '../escape/columns.ts';
import { whereHomeIs } from '../fixtures/account.ts';
import { makeAuthority } from '../egress/authority.ts';
import { readDocument } from '../unit/docs/markdown.ts';
import { HOME_NAMES, type Home, type InstalledHomes, installShippedProfiles } from './installed-home.ts';
import { connectLegacy, type ServerCommand } from './sdk-clients.ts';

const KEY = 'made-up-key';

interface Served {
  readonly profile: string;
  readonly host: string;
  /** How many tools it had when it was pinned. */
  readonly tools: number;
  readonly call: readonly [name: string, args: Record<string, unknown>];
  /** The secret that its profile asks for, and the header in which it arrives. */
  readonly key: string;
  readonly header: string;
  /** It does not start without. */
  readonly isRequired?: true;
}

const SERVERS: readonly Served[] = [
  {
    profile: 'context7',
    host: 'context7.com',
    tools: 2,
    call: ['resolve-library-id', { query: 'http client', libraryName: 'undici' }],
    key: 'CONTEXT7_API_KEY',
    header: 'authorization',
  },
  {
    profile: 'notion',
    host: 'api.notion.com',
    tools: 24,
    call: ['API-get-self', {}],
    key: 'NOTION_TOKEN',
    header: 'authorization',
    isRequired: true,
  },
  {
    profile: 'brave-search',
    host: 'api.search.brave.com',
    tools: 6,
    call: ['brave_web_search', { query: 'sandbox' }],
    key: 'BRAVE_API_KEY',
    header: 'x-subscription-token',
    isRequired: true,
  },
  {
    profile: 'github',
    host: 'api.github.com',
    tools: 26,
    call: ['search_repositories', { query: 'sandbox' }],
    key: 'GITHUB_PERSONAL_ACCESS_TOKEN',
    header: 'authorization',
  },
  {
    profile: 'firecrawl',
    host: 'api.firecrawl.dev',
    tools: 3,
    call: ['firecrawl_search', { query: 'sandbox' }],
    key: 'FIRECRAWL_API_KEY',
    header: 'authorization',
  },
];

interface Arrived {
  readonly host: string | undefined;
  readonly headers: http.IncomingHttpHeaders;
}

let installed: InstalledHomes;
let far: https.Server;
let proxy: http.Server;
let proxyPort: number;
const arrived: Arrived[] = [];
const asked: string[] = [];

beforeAll(async () => {
  installed = installShippedProfiles(SERVERS.map(({ profile }) => profile));
  const authority = makeAuthority(installed.folder);
  far = https.createServer(authority.issue(...SERVERS.map(({ host }) => host)), (request, response) => {
    request.resume();
    arrived.push({ host: request.headers.host, headers: request.headers });
    response.setHeader('content-type', 'application/json');
    response.end('{}');
  });
  far.listen(0, '127.0.0.1');
  await once(far, 'listening');
  const farPort = (far.address() as AddressInfo).port;
  proxy = http.createServer();
  proxy.on('connect', (request: http.IncomingMessage, client: net.Socket, head: Buffer) => {
    asked.push(request.url ?? '');
    const onward = net.connect(farPort, '127.0.0.1', () => {
      client.write('HTTP/1.1 200 OK\r\n\r\n');
      onward.write(head);
      client.pipe(onward).pipe(client);
    });
    for (const socket of [client, onward]) socket.on('error', () => {});
  });
  proxy.listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  proxyPort = (proxy.address() as AddressInfo).port;
  installed.homes.forEach((home, index) => prepareHome(home, authority.file, keysOf(index)));
});

afterAll(() => {
  for (const server of [far, proxy]) {
    server.close();
    server.closeAllConnections();
  }
  installed.remove();
});

/** The first user has every secret; another one goes without those that are optional. */
function keysOf(index: number): readonly Served[] {
  return SERVERS.filter(({ isRequired }) => index === 0 || isRequired);
}

function prepareHome(home: Home, caFile: string, served: readonly Served[]): void {
  const egress = { mode: 'transparent', proxy: { url: `http://127.0.0.1:${proxyPort}` }, caFile };
  const file = home.write(path.join(home.home, '.config/key'), `${KEY}\n`);
  fs.chmodSync(file, 0o600);
  const secrets = Object.fromEntries(served.map(({ profile, key }) => [profile, { [key]: [{ file }] }]));
  home.write(
    path.join(home.home, '.config/cordon/config.json'),
    JSON.stringify({ schema: 1, egress, secrets }),
  );
}

/** Where the home folder is the account's: else its configuration would not count for secrets. */
function serverOf(home: Home, profile: string): ServerCommand {
  const server = home.server(profile);
  return { ...server, command: whereHomeIs(home.home, server.command, fs.statSync(home.home).uid) };
}

function egressOf(home: Home, profile: string): ReadonlyArray<Readonly<Record<string, unknown>>> {
  return fs
    .readFileSync(path.join(home.home, '.local/state/cordon/audit.jsonl'), 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>)
    .filter((line) => line['event'] === 'egress' && line['profile'] === profile);
}

describe.runIf(hasOwnMachine).each(HOME_NAMES.map((name, index) => ({ name, index })))(
  'P3 $name',
  ({ index }) => {
    it.each(SERVERS)('$profile: lists its tools, reaches $host and nothing else', async (served) => {
      const { profile, host, tools, call, header } = served;
      const home = installed.homes[index];
      if (home === undefined) throw new Error('no such home');
      const client = await connectLegacy(serverOf(home, profile));
      const listed = await client.sdk.listTools();
      expect(listed.tools.length).toBeGreaterThanOrEqual(tools);
      const before = arrived.length;
      // What it makes of an empty answer is its own business.
      await client.call(...call).catch(() => {});
      await client.close();
      const reached = arrived.slice(before);
      expect(reached.map((request) => request.host)).toEqual(reached.map(() => host));
      expect(reached.length).toBeGreaterThan(0);
      expect(String(reached[0]?.headers[header]).includes(KEY)).toBe(keysOf(index).includes(served));
      const told = egressOf(home, profile);
      expect(told.length).toBeGreaterThan(0);
      for (const line of told) expect(line).toMatchObject({ host, port: 443, verdict: 'allowed' });
    });

    it.each(SERVERS.filter(({ isRequired }) => isRequired))(
      'P8: $profile is refused without its secret, in the words of the README',
      async ({ profile, key }) => {
        const home = installed.homes[index];
        if (home === undefined) throw new Error('no such home');
        const file = path.join(home.home, '.config/cordon/config.json');
        const configured = fs.readFileSync(file);
        fs.rmSync(file);
        try {
          const [, line = ''] = /^ +(SECRET_UNAVAILABLE: .*)$/m.exec(readDocument('README.md')) ?? [];
          const shown = line.replaceAll('NOTION_TOKEN', key);
          await expect(connectLegacy(serverOf(home, profile))).rejects.toThrow(
            // Why the keyring has none differs from machine to machine.
            new RegExp(shown.replaceAll(/[().]/g, '\\$&').replace('keyring not set', 'keyring [^)]+')),
          );
        } finally {
          home.write(file, configured);
        }
      },
    );

    it('the proxy was asked for granted hosts alone, by their names', () => {
      const granted = SERVERS.map(({ host }) => `${host}:443`);
      expect(new Set(asked)).toEqual(new Set(granted));
    });
  },
);
