// What the probe is to try, made outside: a folder to grant, one to protect in it, a file to hide beside it, and two
// listeners. Each listener is reached from outside first, so that a refusal inside proves something.
import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import type { GrantToProbe } from '../system/probe-grants.ts';
import type { Scene } from './check.ts';

/** Linux allows 107 bytes for the path of a unix socket. */
const SOCKET_PATH_BYTES = 107;
const WAIT_MS = 2000;
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
const INTERRUPTED = 130;

export interface Scratch {
  readonly paths: Scene['scratch'];
  readonly grants: readonly GrantToProbe[];
  /** Stops listening and removes the folder. */
  remove(): Promise<void>;
}

/** Throws the system's error when the temporary folder cannot be used or a listener cannot be reached outside. */
export async function makeScratch(): Promise<Scratch> {
  const folder = fs.mkdtempSync(path.join(temporaryFolder(), 'cordon-doctor-'));
  const workspace = path.join(folder, 'workspace');
  const protectedFolder = path.join(workspace, 'protected');
  const ungranted = path.join(folder, 'ungranted');
  const socket = path.join(workspace, 'listener');
  const servers: net.Server[] = [];
  const interrupted = (): never => {
    fs.rmSync(folder, { recursive: true, force: true });
    // The kernel ends a sandbox that runs.
    process.exit(INTERRUPTED);
  };
  for (const signal of SIGNALS) process.once(signal, interrupted);
  const remove = async (): Promise<void> => {
    for (const signal of SIGNALS) process.off(signal, interrupted);
    await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
    fs.rmSync(folder, { recursive: true, force: true });
  };
  try {
    fs.mkdirSync(protectedFolder, { recursive: true });
    fs.writeFileSync(ungranted, 'no server may read this\n');
    const tcp = await listen({ host: '127.0.0.1', port: 0 });
    servers.push(tcp);
    servers.push(await listen({ path: socket }));
    const address = tcp.address();
    if (address === null || typeof address === 'string') throw new TypeError('a TCP listener without a port');
    await reach({ host: '127.0.0.1', port: address.port });
    await reach({ path: socket });
    return {
      paths: { workspace, protected: protectedFolder, ungranted, socket, port: address.port },
      grants: [
        { source: workspace, target: workspace, access: 'write', optional: false },
        { source: protectedFolder, target: protectedFolder, access: 'read', optional: false },
      ],
      remove,
    };
  } catch (error) {
    await remove();
    throw error;
  }
}

/** By its real path: a grant may not lead through a link. */
function temporaryFolder(): string {
  const folder = fs.realpathSync(os.tmpdir());
  return folder.length + '/cordon-doctor-XXXXXX/workspace/listener'.length > SOCKET_PATH_BYTES
    ? fs.realpathSync('/tmp')
    : folder;
}

function listen(options: net.ListenOptions): Promise<net.Server> {
  return new Promise((resolve, reject) => {
    const server = net.createServer((socket) => socket.on('error', () => {}).end());
    server.once('error', reject);
    server.listen(options, () => resolve(server));
  });
}

function reach(options: net.NetConnectOpts): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = net.connect({ ...options, timeout: WAIT_MS });
    socket.once('connect', () => {
      socket.destroy();
      resolve();
    });
    socket.once('error', reject);
    socket.once('timeout', () => {
      socket.destroy();
      reject(new Error('a listener of the doctor cannot be reached from outside'));
    });
  });
}
