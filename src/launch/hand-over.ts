// How the listening sockets come out of the server's network: over a socketpair of which the stage inside has one end, as
// SCM_RIGHTS. No socket file, and nothing stays behind.
import fs from 'node:fs';
import type { EgressSockets } from '../egress/listen.ts';
import { listenersFor } from '../egress/listeners.ts';
import { sandboxSetupFailed } from '../messages/sandbox.ts';
import { INSIDE } from '../plan/inside.ts';
import type { SandboxPlan } from '../plan/plan.ts';
import type { ListenStep } from './outer-command.ts';

interface HandOver {
  /** Waits for the sockets; `isOver` says that the sandbox ended. undefined then. Closes itself. */
  receive(isOver: () => boolean): Promise<EgressSockets | undefined>;
  close(): void;
}

export interface OpenedHandOver {
  readonly ours: HandOver;
  /** The other end, for the sandbox. */
  readonly theirs: number;
  /** Where the stage runs: around bubblewrap, or in the sandbox before the server. */
  readonly outside: ListenStep | undefined;
  readonly inside: ListenStep | undefined;
}

const POLL_MS = 0.5;
const WAIT_MS = 5000;

export async function openHandOver(plan: SandboxPlan): Promise<OpenedHandOver | undefined> {
  const { network } = plan;
  if (network.kind === 'none') return undefined;
  if (network.kind === 'loopback-proxy') throw new TypeError('the plan was made for macOS');
  const { isListening, receiveDescriptors, socketPair } = await import('./libc-net.ts');
  const pair = socketPair();
  const expected = listenersFor(network);
  const spec = JSON.stringify(expected);
  let closed = false;
  const close = (): void => {
    if (!closed) fs.closeSync(pair.ours);
    closed = true;
  };
  const receive = async (isOver: () => boolean): Promise<EgressSockets | undefined> => {
    const deadline = performance.now() + WAIT_MS;
    let received = receiveDescriptors(pair.ours);
    while (received === undefined) {
      if (isOver()) return undefined;
      if (performance.now() > deadline) throw sandboxSetupFailed('the listening sockets did not arrive');
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
      received = receiveDescriptors(pair.ours);
    }
    close();
    const descriptors = received;
    if (descriptors.length !== expected.listeners.length)
      throw sandboxSetupFailed(
        `${descriptors.length} listening sockets arrived, not ${expected.listeners.length}`,
      );
    if (network.kind === 'proxy') return { kind: 'proxy', isListening, tcp: descriptors[0] ?? -1 };
    const listeners = expected.listeners.map((listener, index) => ({
      ...listener,
      fd: descriptors[index] ?? -1,
    }));
    const dns = listeners.slice(-2);
    return {
      kind: 'transparent',
      isListening,
      tcp: listeners.slice(0, -2).map(({ port, fd }) => ({ port, fd })),
      dnsTcp: dns[0]?.fd ?? -1,
      dnsUdp: dns[1]?.fd ?? -1,
    };
  };
  return {
    ours: { receive, close },
    theirs: pair.theirs,
    outside: network.kind === 'transparent' ? { program: process.execPath, spec } : undefined,
    inside: network.kind === 'proxy' ? { program: INSIDE.stage, spec } : undefined,
  };
}
