// P3: what opens the way out leaves nothing with the server, in both ways: no process, no descriptor, no socket file, no
// capability; and unix sockets stay denied.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { columns } from '../escape/columns.ts';
import { WAYS } from './connect.ts';
import { type PlainFarEnd, plainFarEnd } from './far-ends.ts';
import { type EgressStage, type Sandboxed, setEgressStage } from './sandboxed.ts';

let stage: EgressStage;
let far: PlainFarEnd;

beforeAll(async () => {
  stage = setEgressStage();
  far = await plainFarEnd();
});
afterAll(async () => {
  await far.close();
  stage.remove();
});

interface Inside {
  readonly processes: readonly string[];
  readonly capabilities: readonly string[];
  /** What each descriptor of the server is, numbers and inodes left out. */
  readonly descriptors: readonly string[];
  readonly socketFiles: readonly string[];
  readonly unixSockets: readonly string[];
  readonly unixError: string;
}

const LOOK = `
  const fs = await load('node:fs');
  const path = await load('node:path');
  const net = await load('node:net');
  const ids = fs.readdirSync('/proc').filter((name) => /^[0-9]+$/.test(name) && name !== '1');
  const status = (id) => fs.readFileSync('/proc/' + id + '/status', 'utf8');
  const socketFiles = [];
  const visit = (folder, depth) => {
    let entries = [];
    try { entries = fs.readdirSync(folder, { withFileTypes: true }); } catch { return; }
    for (const entry of entries) {
      const place = path.join(folder, entry.name);
      if (entry.isSocket()) socketFiles.push(place);
      if (entry.isDirectory() && depth > 0 && place !== '/proc' && place !== '/usr') visit(place, depth - 1);
    }
  };
  visit('/', 6);
  const descriptors = () => fs.readdirSync('/proc/self/fd').flatMap((fd) => {
    try { return [fd + ' ' + fs.readlinkSync('/proc/self/fd/' + fd)]; } catch { return []; }
  });
  // The threads of the server open files of their own for a moment (the C library looks at /proc/sys/vm).
  const staying = async () => {
    let seen = descriptors();
    for (let look = 0; look < 5; look += 1) {
      await new Promise((resolve) => setTimeout(resolve, 20));
      const now = new Set(descriptors());
      seen = seen.filter((one) => now.has(one));
    }
    return seen.map((one) => one.replace(/[0-9]+ ?/g, '')).sort();
  };
  const unixError = await new Promise((resolve) => {
    net.createServer().on('error', (error) => resolve(error.code)).on('listening', () => resolve('none'))
      .listen('/tmp/a-socket');
  });
  return {
    processes: ids.map((id) => fs.readFileSync('/proc/' + id + '/cmdline', 'utf8').split('\\0')[0]),
    capabilities: ids.flatMap((id) => status(id).match(/^Cap(?:Inh|Prm|Eff|Bnd|Amb):\\t.*$/gm)),
    descriptors: await staying(),
    socketFiles,
    unixSockets: fs.readFileSync('/proc/net/unix', 'utf8').trim().split('\\n').slice(1),
    unixError,
  };
`;

describe.each(columns())('P3 $name', (column) => {
  const look = async (server: Sandboxed): Promise<Inside> => {
    const said = await server.evaluate<Inside>(LOOK);
    if (!('ok' in said)) throw new Error(said.message);
    return said.ok;
  };

  let without: Inside;
  beforeAll(async () => {
    const server = await stage.sandboxed(column, { network: [] });
    without = await look(server);
    await server.close();
  });

  test.each(WAYS)('%s: the same as without network', async (mode) => {
    const server = await stage.sandboxed(column, {
      network: [{ host: 'localhost', port: far.port, protocol: 'tcp' }],
      config: { mode },
    });
    const inside = await look(server);
    expect(inside).toEqual(without);
    expect(inside.processes).toEqual(['/cordon/runtime/node']);
    expect(new Set(inside.capabilities.map((line) => line.split('\t')[1]))).toEqual(
      new Set(['0000000000000000']),
    );
    expect(inside.descriptors.filter((what) => what.startsWith('socket'))).toEqual([]);
    expect(inside).toMatchObject({ socketFiles: [], unixSockets: [], unixError: 'EAFNOSUPPORT' });
    await server.close();
  });
});
