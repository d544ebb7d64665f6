// What of macOS' C library Node's API lacks; not yet run by us on a Mac. Only calls that take a fixed number of
// arguments: on arm64 the others expect theirs on the stack.
import { dlopen, FFIType as T, ptr } from 'bun:ffi';

const { symbols: c } = dlopen('/usr/lib/libSystem.B.dylib', {
  poll: { args: [T.ptr, T.u32, T.i32], returns: T.i32 },
});

const POLLERR = 8;
const POLLHUP = 16;

/** As libc.ts; struct pollfd and these numbers are the same there. */
export function isHungUp(fd: number): boolean {
  const view = new DataView(new ArrayBuffer(8));
  view.setInt32(0, fd, true);
  return (
    c.poll(ptr(new Uint8Array(view.buffer)), 1, 0) > 0 && (view.getInt16(6, true) & (POLLERR | POLLHUP)) !== 0
  );
}

export function shedMemory(): void {
  Bun.gc(true);
  Bun.shrink();
}
