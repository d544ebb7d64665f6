// The second file that knows Bun: sockets made in one network and used in another, and the loopback interface of a network
// of ours. Loaded only for servers with network grants. Layouts are those of x86-64 and aarch64, which agree.
import { dlopen, FFIType as T, ptr } from 'bun:ffi';
import ipaddr from 'ipaddr.js';
import type { Listener } from '../egress/listeners.ts';

const { symbols: c } = dlopen('libc.so.6', {
  socketpair: { args: [T.i32, T.i32, T.i32, T.ptr], returns: T.i32 },
  socket: { args: [T.i32, T.i32, T.i32], returns: T.i32 },
  setsockopt: { args: [T.i32, T.i32, T.i32, T.ptr, T.u32], returns: T.i32 },
  getsockopt: { args: [T.i32, T.i32, T.i32, T.ptr, T.ptr], returns: T.i32 },
  bind: { args: [T.i32, T.ptr, T.u32], returns: T.i32 },
  listen: { args: [T.i32, T.i32], returns: T.i32 },
  ioctl: { args: [T.i32, T.u64, T.ptr], returns: T.i32 },
  sendmsg: { args: [T.i32, T.ptr, T.i32], returns: T.i64 },
  recvmsg: { args: [T.i32, T.ptr, T.i32], returns: T.i64 },
  close: { args: [T.i32], returns: T.i32 },
});

const AF_UNIX = 1;
const AF_INET = 2;
const AF_INET6 = 10;
const SOCK_STREAM = 1;
const SOCK_DGRAM = 2;
const SOCK_SEQPACKET = 5;
const SOCK_CLOEXEC = 0o2000000;
const SOL_SOCKET = 1;
const SO_ACCEPTCONN = 30;
const SCM_RIGHTS = 1;
const IPPROTO_IPV6 = 41;
const IPV6_V6ONLY = 26;
const MSG_DONTWAIT = 0x40;
const MSG_CMSG_CLOEXEC = 0x40000000;
const MSG_CTRUNC = 8;
const SIOCSIFFLAGS = 0x8914n;
const SIOCSIFADDR = 0x8916n;
const SIOCSIFNETMASK = 0x891cn;
const IFF_UP_RUNNING = 0x41;
/** SOMAXCONN of current kernels: what a burst of connections may wait in before we take them. */
const BACKLOG = 4096;
/** SCM_MAX_FD of the kernel. */
const MAX_SOCKETS = 253;

// Allocated with its buffer from the start, because others may move; kept, because libc gets addresses of addresses.
const kept: unknown[] = [];
function allocate(bytes: number): Uint8Array<ArrayBuffer> {
  const memory = new Uint8Array(new ArrayBuffer(bytes));
  kept.push(memory);
  return memory;
}

function must(done: number, what: string): number {
  if (done < 0) throw new Error(`${what} was refused`);
  return done;
}

/** Two connected sockets of packets, both close-on-exec: what is sent on one is received whole on the other. */
export function socketPair(): { readonly ours: number; readonly theirs: number } {
  const memory = new Int32Array(new ArrayBuffer(8));
  must(c.socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ptr(memory)), 'socketpair');
  const [ours = -1, theirs = -1] = memory;
  return { ours, theirs };
}

/** Brings the loopback interface of this process's network up. */
export function raiseLoopback(): void {
  const request = interfaceRequest('lo');
  new DataView(request.buffer).setInt16(16, IFF_UP_RUNNING, true);
  withSocket(AF_INET, (fd) =>
    must(c.ioctl(fd, SIOCSIFFLAGS, ptr(request)), 'raising the loopback interface'),
  );
}

/** @param index makes the name of the alias; each IPv4 address needs one of its own */
export function addAddress(text: string, prefix: number, index: number): void {
  const bytes = ipaddr.parse(text).toByteArray();
  if (bytes.length === 16) {
    // struct in6_ifreq; 1 is the index of the loopback interface in every network.
    const request = allocate(24);
    request.set(bytes);
    const view = new DataView(request.buffer);
    view.setUint32(16, prefix, true);
    view.setInt32(20, 1, true);
    withSocket(AF_INET6, (fd) => must(c.ioctl(fd, SIOCSIFADDR, ptr(request)), `adding ${text}`));
    return;
  }
  const address = interfaceRequest(`lo:${index}`);
  address.set(socketAddress(AF_INET, bytes, 0), 16);
  const mask = interfaceRequest(`lo:${index}`);
  mask.set(socketAddress(AF_INET, ipaddr.IPv4.subnetMaskFromPrefixLength(prefix).toByteArray(), 0), 16);
  withSocket(AF_INET, (fd) => {
    must(c.ioctl(fd, SIOCSIFADDR, ptr(address)), `adding ${text}`);
    must(c.ioctl(fd, SIOCSIFNETMASK, ptr(mask)), `adding ${text}/${prefix}`);
  });
}

/** A bound socket, listening when it is TCP. */
export function openListener({ transport, address, port }: Listener): number {
  const bytes = ipaddr.parse(address).toByteArray();
  const family = bytes.length === 16 ? AF_INET6 : AF_INET;
  const name = `${transport} ${address} port ${port}`;
  const type = transport === 'tcp' ? SOCK_STREAM : SOCK_DGRAM;
  const fd = must(c.socket(family, type | SOCK_CLOEXEC, 0), name);
  if (family === AF_INET6) {
    const one = allocate(4);
    one[0] = 1;
    must(c.setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, ptr(one), 4), name);
  }
  const where = socketAddress(family, bytes, port);
  must(c.bind(fd, ptr(where), where.length), name);
  if (transport === 'tcp') must(c.listen(fd, BACKLOG), name);
  return fd;
}

const answer = new Int32Array(new ArrayBuffer(4));
const answerSize = new Uint32Array(new ArrayBuffer(4));
/** Whether connections can still arrive on that socket. */
export function isListening(fd: number): boolean {
  answer[0] = 0;
  answerSize[0] = 4;
  return c.getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, ptr(answer), ptr(answerSize)) === 0 && answer[0] === 1;
}

/** Sends descriptors, which stay open here, in one packet. */
export function sendDescriptors(socket: number, descriptors: readonly number[]): void {
  const { header, control } = message(descriptors.length);
  const view = new DataView(control.buffer);
  view.setBigUint64(0, BigInt(16 + 4 * descriptors.length), true);
  view.setInt32(8, SOL_SOCKET, true);
  view.setInt32(12, SCM_RIGHTS, true);
  descriptors.forEach((fd, index) => view.setInt32(16 + 4 * index, fd, true));
  must(c.sendmsg(socket, ptr(header), 0), 'sending the sockets');
}

/** What the other side sent, close-on-exec; undefined when nothing is there (yet). Never waits. */
export function receiveDescriptors(socket: number): readonly number[] | undefined {
  const { header, control } = message(MAX_SOCKETS);
  if (c.recvmsg(socket, ptr(header), MSG_DONTWAIT | MSG_CMSG_CLOEXEC) <= 0) return undefined;
  const length = Number(new DataView(control.buffer).getBigUint64(0, true));
  const descriptors: number[] = [];
  const view = new DataView(control.buffer);
  for (let offset = 16; offset + 4 <= length; offset += 4) descriptors.push(view.getInt32(offset, true));
  if ((new DataView(header.buffer).getInt32(48, true) & MSG_CTRUNC) !== 0)
    throw new Error('not all sockets arrived');
  return descriptors;
}

/** struct msghdr with one byte of data and room for so many descriptors. */
function message(descriptors: number): {
  readonly header: Uint8Array<ArrayBuffer>;
  readonly control: Uint8Array<ArrayBuffer>;
} {
  const data = allocate(1);
  const vector = allocate(16);
  const vectorView = new DataView(vector.buffer);
  vectorView.setBigUint64(0, BigInt(ptr(data)), true);
  vectorView.setBigUint64(8, 1n, true);
  const control = allocate(16 + ((4 * descriptors + 7) & ~7));
  const header = allocate(56);
  const view = new DataView(header.buffer);
  view.setBigUint64(16, BigInt(ptr(vector)), true);
  view.setBigUint64(24, 1n, true);
  view.setBigUint64(32, BigInt(ptr(control)), true);
  view.setBigUint64(40, BigInt(control.length), true);
  return { header, control };
}

/** struct ifreq for an interface. */
function interfaceRequest(name: string): Uint8Array<ArrayBuffer> {
  const request = allocate(40);
  request.set(new TextEncoder().encode(name));
  return request;
}

/** struct sockaddr_in or sockaddr_in6. */
function socketAddress(family: number, bytes: readonly number[], port: number): Uint8Array<ArrayBuffer> {
  const address = allocate(family === AF_INET6 ? 28 : 16);
  address[0] = family;
  address[2] = port >> 8;
  address[3] = port & 255;
  address.set(bytes, family === AF_INET6 ? 8 : 4);
  return address;
}

function withSocket(family: number, use: (fd: number) => void): void {
  const fd = must(c.socket(family, SOCK_DGRAM | SOCK_CLOEXEC, 0), 'a socket');
  try {
    use(fd);
  } finally {
    c.close(fd);
  }
}
