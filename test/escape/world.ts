// What the probes aim at: a home with keys, sockets that listen, a second process of the same user, ports on loopback. All
// of it is made by the suite, so that the outside half can succeed without touching anything real.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import dgram from 'node:dgram';
import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import type { Column } from './columns.ts';

const PROBES = path.join(path.dirname(import.meta.dirname), 'fixtures', 'probes');
const PROBE_FILES = ['probes.mjs', 'server.mjs', 'outside.mjs', 'keeps-working.mjs'] as const;
/** In every secret of this world; wherever a server can read it, something leaked. */
const MARKER = 'cordon-marker-5d41402abc4b2a76';

export type Targets = Readonly<Record<string, unknown>>;

export interface World {
  readonly base: string;
  readonly home: string;
  readonly workspace: string;
  readonly readOnly: string;
  readonly tools: string;
  /** The probe package as an ordinary folder of the user, for the outside half. */
  readonly outside: string;
  /** Files of the probe package, by path in it, and where they are. */
  readonly packageFiles: Readonly<Record<string, string>>;
  /** The user's own interpreter, inside the home folder as version managers install it. */
  readonly runtime: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly targets: Targets;
  /** Requests that arrived at the resolver. */
  readonly dnsRequests: () => number;
  readonly close: () => Promise<void>;
}

/** Variables that a client may hand on; none may reach the server. */
const STEERING = {
  LD_PRELOAD: '/nonexistent/preload.so',
  NODE_OPTIONS: '--no-warnings',
  NODE_PATH: '/nonexistent',
  PYTHONPATH: '/nonexistent',
  npm_config_prefix: '/nonexistent',
  BUN_OPTIONS: '--smol',
  BASH_ENV: '/nonexistent/profile',
};
const SECRETS = {
  SSH_AUTH_SOCK: '/nonexistent/agent.sock',
  DBUS_SESSION_BUS_ADDRESS: 'unix:path=/nonexistent/bus',
  XDG_RUNTIME_DIR: '/nonexistent/runtime',
  AWS_SECRET_ACCESS_KEY: MARKER,
  GITHUB_TOKEN: MARKER,
  NPM_TOKEN: MARKER,
};

const SECRET_FILES = ['.ssh/id_ed25519', '.aws/credentials', '.npmrc', '.config/gh/hosts.yml', '.netrc'];
const CACHES = ['.npm/_cacache/index', '.cache/pip/index', '.cache/uv/index', '.bun/install/cache/index'];
const SOCKETS = [
  'runtime/bus',
  'runtime/docker.sock',
  '.gnupg/S.gpg-agent',
  '.ssh/agent.sock',
  'runtime/podman.sock',
];

export async function buildWorld(folder: string, column: Column, compiledProbe: string): Promise<World> {
  const base = path.join(folder, column.uid === 0 ? 'root' : 'user');
  const home = path.join(base, 'home');
  const workspace = path.join(home, 'project');
  const readOnly = path.join(home, 'reference');
  const tools = path.join(home, 'tools');
  const scratch = path.join(base, 'scratch');
  const outside = path.join(base, 'outside');
  const runtime = path.join(home, '.nvm/versions/node/v20/bin/node');

  const write = (file: string, content: string): void => {
    fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.writeFileSync(file, content);
  };
  for (const file of [...SECRET_FILES, ...CACHES]) write(path.join(home, file), `${MARKER}\n`);
  for (const file of ['.git/hooks/pre-commit.sample', '.vscode/settings.json', '.mcp.json', 'own.txt'])
    write(path.join(workspace, file), '{}\n');
  write(path.join(readOnly, 'notes.txt'), 'notes\n');
  write(path.join(scratch, 'program'), '#!/bin/sh\n');
  for (const place of [tools, outside]) fs.mkdirSync(place, { recursive: true });
  for (const file of PROBE_FILES) fs.copyFileSync(path.join(PROBES, file), path.join(outside, file));
  for (const place of [outside, tools]) fs.copyFileSync(compiledProbe, path.join(place, 'probe'));
  fs.mkdirSync(path.dirname(runtime), { recursive: true });
  fs.copyFileSync(fs.realpathSync(process.execPath), runtime);
  fs.chmodSync(runtime, 0o755);

  const sockets = [...SOCKETS.map((file) => path.join(home, file)), path.join(readOnly, 'service.sock')];
  for (const file of sockets) fs.mkdirSync(path.dirname(file), { recursive: true });
  giveTo(column, base);
  const setuidProgram = withMoreRights(tools, compiledProbe, 'setuid-probe', (file) => {
    // To root as seen by a user; to somebody else as seen by root.
    fs.chownSync(file, column.uid === 0 ? 65534 : 0, 0);
    fs.chmodSync(file, 0o4755);
  });
  const capabilityProgram = withMoreRights(tools, compiledProbe, 'capability-probe', (file) => {
    spawnSync(compiledProbe, ['give-capability', 'outside', file]);
  });

  const listeners = await listen(sockets, `cordon-probe-${process.pid}-${column.uid}`);
  const decoyArgument = `decoy-${process.pid}-${column.uid}`;
  const decoy = startDecoy(column, decoyArgument);

  return {
    base,
    home,
    workspace,
    readOnly,
    tools,
    outside,
    packageFiles: Object.fromEntries(
      [...PROBE_FILES, 'probe'].map((file) => [file, path.join(outside, file)]),
    ),
    runtime,
    environment: { ...STEERING, ...SECRETS },
    targets: {
      marker: MARKER,
      home,
      workspace,
      readOnly,
      scratch,
      program: path.join(scratch, 'program'),
      fillBytes: 40 * 1024 * 1024,
      secretFiles: SECRET_FILES.map((file) => path.join(home, file)),
      secretInHome: SECRET_FILES[0],
      systemFiles: [
        '/etc/shadow',
        '/etc/machine-id',
        '/etc/ssh/',
        '/etc/fstab',
        '/etc/hostid',
        '/etc/gshadow',
      ].filter((file) => fs.existsSync(file)),
      systemFolders: ['/run', '/var', '/home', '/root', '/mnt', '/media', '/boot', '/sys', '/srv'].filter(
        (place) => fs.existsSync(place),
      ),
      setuidProgram,
      capabilityProgram,
      caches: CACHES.map((file) => path.join(home, file)),
      userSockets: SOCKETS.map((file) => path.join(home, file)),
      grantedSocket: path.join(readOnly, 'service.sock'),
      steeringVariables: Object.keys(STEERING),
      secretVariables: Object.keys(SECRETS),
      decoyPid: decoy.pid,
      decoyArgument,
      machineAddress: machineAddress(),
      ...listeners.addresses,
    },
    dnsRequests: listeners.dnsRequests,
    close: async () => {
      decoy.kill('SIGKILL');
      await listeners.close();
    },
  };
}

function giveTo(column: Column, folder: string): void {
  if (process.getuid?.() !== 0) return;
  spawnSync('/bin/chown', ['-R', '-h', `${column.uid}:${column.gid}`, folder]);
}

function withMoreRights(
  folder: string,
  compiledProbe: string,
  name: string,
  change: (file: string) => void,
): string {
  const file = path.join(folder, name);
  fs.copyFileSync(compiledProbe, file);
  fs.chmodSync(file, 0o755);
  if (process.getuid?.() === 0) change(file);
  return file;
}

/** Another program of the same user, with a secret in its environment. */
function startDecoy(column: Column, argument: string): ChildProcess {
  const [file = '', ...args] = column.as([
    process.execPath,
    '-e',
    'process.stdin.resume().on("end", () => process.exit())',
    argument,
  ]);
  return spawn(file, args, { env: { MARKER }, stdio: ['pipe', 'ignore', 'ignore'] });
}

interface Listeners {
  readonly addresses: {
    readonly tcpPort: number;
    readonly udpPort: number;
    readonly dnsPort: number;
    readonly abstractName: string;
  };
  readonly dnsRequests: () => number;
  readonly close: () => Promise<void>;
}

async function listen(sockets: readonly string[], abstractName: string): Promise<Listeners> {
  const greet = (socket: net.Socket): void => {
    socket.on('error', () => {});
    socket.end('here');
  };
  const servers: net.Server[] = [];
  for (const where of [...sockets, `\0${abstractName}`]) {
    const server = net.createServer(greet);
    await new Promise<void>((resolve, reject) => server.once('error', reject).listen(where, resolve));
    if (!where.startsWith('\0')) fs.chmodSync(where, 0o777);
    servers.push(server);
  }
  const tcp = net.createServer(greet);
  await new Promise<void>((resolve) => tcp.listen(0, '0.0.0.0', resolve));
  servers.push(tcp);
  let dnsRequests = 0;
  const udp = dgram.createSocket('udp4', (_message, from) => udp.send('hi', from.port, from.address));
  const dns = dgram.createSocket('udp4', (message, from) => {
    dnsRequests += 1;
    dns.send(addressAnswer(message), from.port, from.address);
  });
  for (const socket of [udp, dns])
    await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', () => resolve()));
  return {
    addresses: {
      tcpPort: (tcp.address() as net.AddressInfo).port,
      udpPort: udp.address().port,
      dnsPort: dns.address().port,
      abstractName,
    },
    dnsRequests: () => dnsRequests,
    close: async () => {
      udp.close();
      dns.close();
      await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
    },
  };
}

/** The question of a DNS request, answered with 192.0.2.7. */
function addressAnswer(request: Buffer): Buffer {
  const header = Buffer.from(request.subarray(0, 12));
  header.writeUInt16BE(0x8180, 2);
  header.writeUInt16BE(1, 6);
  header.writeUInt32BE(0, 8);
  const end = request.indexOf(0, 12) + 5;
  const record = Buffer.from('c00c00010001000000000004c0000207', 'hex');
  return Buffer.concat([header, request.subarray(12, end), record]);
}

/** An address of this machine other than loopback, or a documentation address when it has none. */
function machineAddress(): string {
  const found = Object.values(os.networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .find((address) => address.family === 'IPv4' && !address.internal);
  return found?.address ?? '192.0.2.2';
}
