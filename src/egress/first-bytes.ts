// Reads from a connection only until it can be judged, and no longer than that may take.
import type { Socket } from 'node:net';

/** A program that connects speaks at once; whoever does not holds a place that others wait for. */
const HANDSHAKE_MS = 5000;

export type FirstBytes<Judged> =
  | { readonly kind: 'judged'; readonly judged: Judged; readonly bytes: Buffer }
  | { readonly kind: 'timeout' }
  /** The other side ended or broke off before there was enough. */
  | { readonly kind: 'gone' };

/**
 * @param judge is given all bytes so far, and returns undefined when it needs more; it must end by itself
 * @param already bytes that came before
 * @returns everything that was read, with the socket paused
 */
export function firstBytes<Judged>(
  socket: Socket,
  judge: (bytes: Buffer) => Judged | undefined,
  already: Buffer = Buffer.alloc(0),
): Promise<FirstBytes<Judged>> {
  return new Promise((resolve) => {
    let bytes = already;
    const finish = (result: FirstBytes<Judged>): void => {
      clearTimeout(limit);
      socket.off('data', take).off('end', gone).off('close', gone);
      socket.pause();
      resolve(result);
    };
    const look = (): void => {
      const judged = judge(bytes);
      if (judged !== undefined) finish({ kind: 'judged', judged, bytes });
    };
    const take = (chunk: Buffer): void => {
      bytes = bytes.length === 0 ? chunk : Buffer.concat([bytes, chunk]);
      look();
    };
    const gone = (): void => finish({ kind: 'gone' });
    const limit = setTimeout(() => finish({ kind: 'timeout' }), HANDSHAKE_MS);
    if (socket.destroyed) return gone();
    socket.on('data', take).on('end', gone).on('close', gone);
    if (already.length > 0) look();
    socket.resume();
  });
}
