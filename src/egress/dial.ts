// Connects to the first of the checked addresses that answers, both families beside each other (RFC 8305): a network whose
// IPv6 leads nowhere must not cost the server its connection.
import net from 'node:net';

/** RFC 8305 5: the next address is tried when the one before has not answered for so long. */
const NEXT_ATTEMPT_MS = 250;
const ALL_ATTEMPTS_MS = 10_000;

export interface Dialled {
  readonly socket: net.Socket;
  readonly address: string;
}

/** undefined when none answered. The socket is paused, half-open allowed, and has no error handler yet. */
export function dial(addresses: readonly string[], port: number): Promise<Dialled | undefined> {
  const waiting = interleave(addresses);
  const open = new Set<net.Socket>();
  return new Promise((resolve) => {
    let next: NodeJS.Timeout | undefined;
    const finish = (winner?: Dialled): void => {
      clearTimeout(next);
      clearTimeout(limit);
      for (const socket of open) if (socket !== winner?.socket) socket.destroy();
      resolve(winner);
    };
    const limit = setTimeout(finish, ALL_ATTEMPTS_MS);
    const attempt = (): void => {
      clearTimeout(next);
      const address = waiting.shift();
      if (address === undefined) {
        if (open.size === 0) finish();
        return;
      }
      const socket = net.connect({ host: address, port, allowHalfOpen: true, noDelay: true });
      open.add(socket);
      const fail = (): void => {
        open.delete(socket);
        attempt();
      };
      socket.once('error', fail);
      socket.once('connect', () => {
        socket.off('error', fail);
        // Nothing is read before somebody takes it, but an early reset must not be an uncaught error.
        socket.pause();
        finish({ socket, address });
      });
      next = setTimeout(attempt, NEXT_ATTEMPT_MS);
    };
    attempt();
  });
}

/** Families in turn, each in its own order, the resolver's first choice first. */
function interleave(addresses: readonly string[]): string[] {
  const [first] = addresses;
  if (first === undefined) return [];
  const family = net.isIP(first);
  const same = addresses.filter((address) => net.isIP(address) === family);
  const other = addresses.filter((address) => net.isIP(address) !== family);
  return same
    .flatMap((address, index) => {
      const opposite = other[index];
      return opposite === undefined ? [address] : [address, opposite];
    })
    .concat(other.slice(same.length));
}
