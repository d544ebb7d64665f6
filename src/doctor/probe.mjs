// Runs inside the sandbox, as a server would. Reads questions.json beside it, answers each in order, prints one JSON
// array. It judges nothing: what an answer means is decided outside (checks*.ts), where it cannot be tampered with.
// It only asks and opens; the one thing it writes is a file in the doctor's own scratch folder.
// oxlint-disable typescript/no-unsafe-assignment -- plain JavaScript: the runtime inside starts it as it is
import { spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';

const TEXT_BYTES = 256 * 1024;
const WAIT_MS = 3000;

const answers = {
  exists: ({ path }) => {
    fs.lstatSync(path);
    return null;
  },
  list: ({ path }) => fs.readdirSync(path).sort(),
  read: ({ path }) => readText(path),
  open: ({ path }) => {
    fs.closeSync(fs.openSync(path, fs.constants.O_RDWR | fs.constants.O_NONBLOCK));
    return null;
  },
  // access(2) answers whether a write would be let through, and writes nothing when the answer is a bad one.
  writable: ({ path }) => {
    fs.accessSync(path, fs.constants.W_OK);
    return null;
  },
  write: ({ path }) => {
    fs.writeFileSync(path, 'written by the probe\n');
    return null;
  },
  link: ({ path }) => fs.readlinkSync(path),
  identity: () => ({
    pid: process.pid,
    parent: process.ppid,
    uid: process.getuid(),
    gid: process.getgid(),
    hostname: os.hostname(),
    environment: { ...process.env },
  }),
  descriptors: () => foreignDescriptors(),
  run: ({ command }) => {
    const child = spawnSync(command[0], command.slice(1), { env: {}, timeout: WAIT_MS, encoding: 'utf8' });
    if (child.error !== undefined) throw child.error;
    return { status: child.status, stderr: child.stderr.slice(0, 500) };
  },
  connect: ({ port }) => connection({ host: '127.0.0.1', port }),
  greeting: ({ host, port, proxy }) => greeting(host, port, proxy),
  unix: ({ path }) => connection({ path }),
  processes: ({ command, atMost }) => startProcesses(command, atMost),
};

function readText(path) {
  const fd = fs.openSync(path, fs.constants.O_RDONLY | fs.constants.O_NONBLOCK);
  try {
    const buffer = Buffer.alloc(TEXT_BYTES);
    let length = 0;
    for (let bytes = -1; bytes !== 0 && length < TEXT_BYTES; length += bytes)
      bytes = fs.readSync(fd, buffer, length, TEXT_BYTES - length, null);
    return buffer.toString('latin1', 0, length);
  } finally {
    fs.closeSync(fd);
  }
}

// Above 2 there may be only what the runtime opened for itself: its event queues and wake-up descriptors, and pipes of
// which it holds both ends. A pipe with its other end elsewhere, a file or a socket came from outside.
function foreignDescriptors() {
  const open = fs.readdirSync('/proc/self/fd').flatMap((name) => {
    try {
      return [{ fd: Number(name), target: fs.readlinkSync(`/proc/self/fd/${name}`) }];
    } catch {
      return []; // the listing's own descriptor, closed by now
    }
  });
  return open.filter(({ fd, target }) => {
    if (fd <= 2 || /^anon_inode:\[?(eventpoll|eventfd|io_uring|timerfd)\]?$/.test(target)) return false;
    return !(target.startsWith('pipe:') && open.filter((other) => other.target === target).length === 2);
  });
}

function connection(options) {
  return new Promise((resolve, reject) => {
    const socket = net.connect({ ...options, timeout: WAIT_MS });
    const end = (settle, value) => {
      socket.destroy();
      settle(value);
    };
    socket.once('connect', () => end(resolve, null));
    socket.once('error', (error) => end(reject, error));
    socket.once('timeout', () => end(reject, Object.assign(new Error('no answer'), { code: 'ETIMEDOUT' })));
  });
}

function greeting(host, port, proxy) {
  return new Promise((resolve, reject) => {
    const socket = net.connect(proxy === null ? { host, port } : { host: '127.0.0.1', port: proxy });
    socket.setTimeout(WAIT_MS, () =>
      socket.destroy(Object.assign(new Error('no answer'), { code: 'ETIMEDOUT' })),
    );
    let said = '';
    if (proxy !== null) socket.write(`CONNECT ${host}:${port} HTTP/1.1\r\n\r\n`);
    socket.on('data', (chunk) => (said += chunk.toString('latin1')));
    socket.on('error', reject);
    socket.on('close', () => {
      const [, status, rest] =
        proxy === null ? [null, '200', said] : (/^HTTP\S+ (\d+)[^]*?\r\n\r\n([^]*)$/.exec(said) ?? []);
      if (status === '200') resolve(rest);
      else reject(Object.assign(new Error('the proxy refused'), { code: `HTTP ${status}` }));
    });
  });
}

async function startProcesses(command, atMost) {
  const children = [];
  let stoppedBy = null;
  while (stoppedBy === null && children.length < atMost) {
    const child = spawn(command[0], command.slice(1), { env: {}, stdio: 'ignore' });
    if (child.pid === undefined)
      stoppedBy = await new Promise((resolve) => child.once('error', (error) => resolve(error.code)));
    else children.push(child);
  }
  const gone = children.map((child) => new Promise((resolve) => child.once('exit', resolve)));
  for (const child of children) child.kill('SIGKILL');
  await Promise.all(gone);
  return { started: children.length, stoppedBy };
}

const questions = JSON.parse(fs.readFileSync(new URL('./questions.json', import.meta.url), 'utf8'));
const document = [];
for (const question of questions) {
  try {
    document.push({ ok: await answers[question.ask](question) });
  } catch (error) {
    document.push({ error: error.code ?? String(error) });
  }
}
process.stdout.write(`${JSON.stringify(document)}\n`);
