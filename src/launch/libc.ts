// The only file that knows Bun: the handful of libc calls that Node's API lacks. Loaded by the launch alone, and only
// inside the built executable.
import { dlopen, FFIType as T, ptr } from 'bun:ffi';
import fs from 'node:fs';
import { unchangedCode } from './own-code.ts';

const { symbols: c } = dlopen('libc.so.6', {
  madvise: { args: [T.u64, T.u64, T.i32], returns: T.i32 },
  memfd_create: { args: [T.ptr, T.u32], returns: T.i32 },
  poll: { args: [T.ptr, T.u64, T.i32], returns: T.i32 },
  pipe2: { args: [T.ptr, T.i32], returns: T.i32 },
  prctl: { args: [T.i32, T.u64, T.u64, T.u64, T.u64], returns: T.i32 },
  prlimit: { args: [T.i32, T.i32, T.ptr, T.ptr], returns: T.i32 },
});

// Memory handed to libc is allocated with its ArrayBuffer from the start: a plain `new Uint8Array(n)` may move when its
// buffer is touched, and libc would then write elsewhere.
function allocate(bytes: number): Uint8Array<ArrayBuffer> {
  return new Uint8Array(new ArrayBuffer(bytes));
}

function cString(text: string): Uint8Array {
  const encoded = new TextEncoder().encode(`${text}\0`);
  const memory = allocate(encoded.length);
  memory.set(encoded);
  return memory;
}

const MFD_CLOEXEC = 1;
const O_CLOEXEC = 0o2000000;

/** An anonymous file that holds `content`, read position at its start, close-on-exec. Nothing touches a disk. */
export function memoryFile(name: string, content: string | Uint8Array): number {
  const fd = c.memfd_create(ptr(cString(name)), MFD_CLOEXEC);
  if (fd < 0) throw new Error(`memfd_create ${name} failed`);
  const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content;
  // Written by position, so that the shared read position stays at the start for the process that inherits it.
  let written = 0;
  while (written < bytes.length) written += fs.writeSync(fd, bytes, written, bytes.length - written, written);
  return fd;
}

/** A kernel pipe, both ends close-on-exec (a spawn that names an end as stdio passes a copy without the flag). */
export function pipe(): { readonly read: number; readonly write: number } {
  const memory = new Int32Array(new ArrayBuffer(8));
  if (c.pipe2(ptr(memory), O_CLOEXEC) !== 0) throw new Error('pipe2 failed');
  const [read = -1, write = -1] = memory;
  return { read, write };
}

const POLLERR = 8;
const POLLHUP = 16;

/** Whether nobody is at the other end of a pipe or socket any more. */
export function isHungUp(fd: number): boolean {
  // struct pollfd: int fd; short events; short revents.
  const memory = allocate(8);
  const view = new DataView(memory.buffer);
  view.setInt32(0, fd, true);
  return c.poll(ptr(memory), 1, 0) > 0 && (view.getInt16(6, true) & (POLLERR | POLLHUP)) !== 0;
}

/** Numbers of the kernel's resource limits, equal on x86-64 and aarch64 (asm-generic/resource.h). */
export const RESOURCE = { fsize: 1, data: 2, core: 4, nproc: 6, nofile: 7 } as const;

/**
 * Sets soft and hard limit of another process of ours; a hard limit that is lower already stays. Throws when the kernel
 * refuses: a limit is a protection.
 */
export function setLimit(pid: number, resource: keyof typeof RESOURCE, value: number): void {
  const memory = allocate(16);
  const view = new DataView(memory.buffer);
  const call = (next: typeof memory | null, old: typeof memory | null): boolean =>
    c.prlimit(pid, RESOURCE[resource], next === null ? null : ptr(next), old === null ? null : ptr(old)) ===
    0;
  if (!call(null, memory)) throw new Error(`prlimit ${resource} cannot be read`);
  const hard = view.getBigUint64(8, true);
  const wanted = BigInt(value) < hard ? BigInt(value) : hard;
  view.setBigUint64(0, wanted, true);
  view.setBigUint64(8, wanted, true);
  if (!call(memory, null)) throw new Error(`prlimit ${resource}=${value} failed`);
}

const PR_SET_DUMPABLE = 4;

/**
 * From here on our memory is nobody's: no core dump, and no other program of this user may look into it. What we start gets
 * the limit too. One byte and not 0, for the reason that hold.ts gives.
 */
export function keepMemoryPrivate(): void {
  setLimit(process.pid, 'core', 1);
  if (c.prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) !== 0) throw new Error('prctl PR_SET_DUMPABLE failed');
}

const MADV_DONTNEED = 4;

/**
 * Gives back what this process does not need to hold while it waits: garbage, compiled code of the start, and the pages of
 * the executable, which come back from the page cache when they are used again. Measured: resident 54 to 26 MiB, of which
 * our own 11 to 9; it takes 7 ms, and the next message up to 5 ms more.
 */
export function shedMemory(): void {
  Bun.gc(true);
  Bun.shrink();
  try {
    const smaps = fs.readFileSync('/proc/self/smaps', 'utf8');
    for (const { start, bytes } of unchangedCode(smaps, fs.readlinkSync('/proc/self/exe')))
      c.madvise(start, bytes, MADV_DONTNEED);
  } catch {
    // A kernel that shows no smaps: the session is worth more than the memory.
  }
}
