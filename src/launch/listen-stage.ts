// `cordon __listen SPEC FD`: run inside the network that the server will have, before the server. Opens what must listen
// there, hands the sockets to the launcher over FD and ends: nothing of it stays with the server.
import type { ListenerSpec } from '../egress/listeners.ts';
import { addAddress, openListener, raiseLoopback, sendDescriptors } from './libc-net.ts';

/** Resolves with the exit status; says on stderr what was refused. */
export function listenStage([spec = '', fd = '']: readonly string[]): number {
  try {
    // Our own launcher wrote it.
    const { configure, addresses, listeners } = JSON.parse(spec) as ListenerSpec;
    if (configure) raiseLoopback();
    for (const [index, [address, prefix]] of addresses.entries()) addAddress(address, prefix, index);
    sendDescriptors(Number(fd), listeners.map(openListener));
    return 0;
  } catch (error) {
    process.stderr.write(`cordon: ${error instanceof Error ? error.message : String(error)}\n`);
    return 1;
  }
}
