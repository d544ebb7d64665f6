// Dials for the server. Each connection that arrives from the sandbox is judged by what it is for, carried when it is
// granted, reset when not, and told of once.
import { createHash, timingSafeEqual } from 'node:crypto';
import type { Socket } from 'node:net';
import type { EgressGrant } from '../plan/plan.ts';
import { Admission } from './admission.ts';
import { literalFamily } from './address.ts';
import { MAX_HELLO_BYTES, readClientHello } from './client-hello.ts';
import { readConnectRequest } from './connect-request.ts';
import type { EgressEvent, EgressReason } from './event.ts';
import { firstBytes } from './first-bytes.ts';
import { grantFor, isNamed } from './grants.ts';
import { type Reached, reach, type Routes } from './reach.ts';
import { splice } from './splice.ts';

export interface BrokerOptions {
  readonly grants: readonly EgressGrant[];
  readonly routes: Routes;
  readonly onEvent: (event: EgressEvent) => void;
  readonly admission?: Admission;
  /** What Proxy-Authorization must be, where others than the server can connect; the proxy way alone. */
  readonly authorization?: string;
}

/** One attempt of the server, from its first byte to its event. */
interface Attempt {
  readonly client: Socket;
  readonly host: string;
  readonly port: number;
  readonly begun: number;
}

interface Outcome {
  readonly verdict: EgressEvent['verdict'];
  readonly reason?: EgressReason;
  readonly address?: string;
  readonly upstream?: Socket;
}

const NOTHING = Buffer.alloc(0);
const BROKEN_OFF: Outcome = { verdict: 'failed', reason: 'reset' };
/** How long a connection may be silent before its ends are asked whether they are there; as HTTP clients do it. */
const KEEP_ALIVE_MS = 60_000;

export class Broker {
  readonly #grants: readonly EgressGrant[];
  readonly #routes: Routes;
  readonly #onEvent: (event: EgressEvent) => void;
  readonly #admission: Admission;
  readonly #authorization: string | undefined;
  readonly #sockets = new Set<Socket>();
  /** What is under way just now, by the server's end of it, and how it ends when everything does. */
  readonly #underWay = new Map<Socket, { readonly attempt: Attempt; readonly outcome: Outcome }>();
  readonly #told = new WeakSet<Socket>();

  constructor(options: BrokerOptions) {
    this.#grants = options.grants;
    this.#routes = options.routes;
    this.#onEvent = options.onEvent;
    this.#admission = options.admission ?? new Admission();
    this.#authorization = options.authorization;
  }

  /** The transparent way. `host`: what the connection's address stands for; undefined when for nothing. Takes the socket. */
  acceptFor(client: Socket, host: string | undefined, port: number, address: string): void {
    this.#own(client);
    void this.#serveFor(client, host, port, address);
  }

  /** The proxy way: the connection begins with a CONNECT request. Takes the socket. */
  acceptConnect(client: Socket): void {
    this.#own(client);
    void this.#serveConnect(client);
  }

  /**
   * Ends all connections at once. What was under way is told of before this returns, also what was not carried yet: a name that is
   * still looked up has left the machine too. Nothing is waited for: a far end may take many seconds to say nothing.
   */
  close(): void {
    for (const { attempt, outcome } of this.#underWay.values()) this.#finish(attempt, outcome);
    for (const socket of this.#sockets) socket.destroy();
  }

  async #serveFor(client: Socket, host: string | undefined, port: number, address: string): Promise<void> {
    const attempt = { client, host: host ?? address, port, begun: performance.now() };
    if (host === undefined) return this.#refuse(attempt, 'address-unknown');
    const grant = grantFor(this.#grants, host, port);
    if (grant === undefined) return this.#refuse(attempt, 'port-not-granted');
    await this.#admitted(attempt, async () => {
      const hello = grant.protocol === 'tls' ? await helloFor(client, host) : { bytes: NOTHING };
      if ('verdict' in hello) return hello;
      return this.#carry(attempt, await reach({ host, port, grant }, this.#routes), hello.bytes);
    });
  }

  async #serveConnect(client: Socket): Promise<void> {
    const begun = performance.now();
    const unknown = { client, host: '', port: 0, begun };
    await this.#admitted(unknown, async () => {
      const request = await firstBytes(client, (bytes) => {
        const read = readConnectRequest(bytes);
        return read.kind === 'incomplete' ? undefined : read;
      });
      if (request.kind !== 'judged') return silent(request.kind);
      if (request.judged.kind === 'refused') {
        answer(client, request.judged.status);
        return { verdict: 'denied', reason: 'request-invalid' };
      }
      const { host, port, length, authorization } = request.judged;
      if (this.#authorization !== undefined && !isSame(authorization ?? '', this.#authorization)) {
        answer(client, 407);
        // Not one of the server's own: what it asked for is not told of.
        return { verdict: 'denied', reason: 'not-authorized' };
      }
      return this.#connect({ client, host, port, begun }, request.bytes.subarray(length));
    });
  }

  async #connect(attempt: Attempt, rest: Buffer): Promise<Outcome & Partial<Attempt>> {
    const { client, host, port } = attempt;
    this.#underWay.set(client, { attempt, outcome: BROKEN_OFF });
    const grant = grantFor(this.#grants, host, port);
    if (grant === undefined) {
      answer(client, 403);
      const reason = isNamed(this.#grants, host) ? 'port-not-granted' : 'name-not-granted';
      return { verdict: 'denied', reason, host, port };
    }
    const reached = await reach({ host, port, grant }, this.#routes);
    if (reached.kind !== 'connected') {
      answer(client, reached.kind === 'denied' ? 403 : 502);
      return { ...(await this.#carry(attempt, reached, NOTHING)), host, port };
    }
    // From here on: it waits for the client's first flight, and may be reset meanwhile.
    this.#own(reached.socket);
    client.write('HTTP/1.1 200 Connection established\r\n\r\n');
    const hello = grant.protocol === 'tls' ? await helloFor(client, host, rest) : { bytes: rest };
    if ('verdict' in hello) {
      reached.socket.destroy();
      return { ...hello, host, port };
    }
    return { ...(await this.#carry(attempt, reached, hello.bytes)), host, port };
  }

  async #carry(attempt: Attempt, reached: Reached, first: Buffer): Promise<Outcome> {
    const { client } = attempt;
    if (reached.kind !== 'connected') {
      const { kind, reason, address } = reached;
      return { verdict: kind, reason, ...(address === undefined ? {} : { address }) };
    }
    const { socket: upstream, address, begun } = reached;
    this.#own(upstream);
    if (begun.length > 0) client.write(begun);
    if (first.length > 0) upstream.write(first);
    const carried = { verdict: 'allowed', upstream, ...(address === undefined ? {} : { address }) } as const;
    this.#underWay.set(client, { attempt, outcome: { ...carried, reason: 'reset' } });
    const spliced = await splice(client, upstream);
    return { ...carried, ...(spliced === 'reset' ? { reason: 'reset' } : {}) };
  }

  async #admitted(attempt: Attempt, work: () => Promise<Outcome & Partial<Attempt>>): Promise<void> {
    this.#underWay.set(attempt.client, { attempt, outcome: BROKEN_OFF });
    if (!(await this.#admission.enter())) return this.#refuse(attempt, 'too-many-connections');
    try {
      this.#finish(attempt, await work());
    } finally {
      // A client that was refused may stay a little to read why, and keeps its place until it is gone.
      await closed(attempt.client);
      this.#admission.leave();
    }
  }

  #refuse(attempt: Attempt, reason: EgressReason): void {
    this.#finish(attempt, { verdict: 'denied', reason });
  }

  /** Whatever was not carried to its end is reset, so that the server sees an error at once and never waits. */
  #finish(attempt: Attempt, outcome: Outcome & Partial<Attempt>): void {
    const { client } = attempt;
    const { verdict, reason, address, upstream, host = attempt.host, port = attempt.port } = outcome;
    if (!client.destroyed && !client.writableEnded) client.resetAndDestroy();
    this.#underWay.delete(client);
    if (this.#told.has(client)) return;
    this.#told.add(client);
    this.#onEvent({
      host,
      port,
      verdict,
      ...(reason === undefined ? {} : { reason }),
      ...(address === undefined ? {} : { address }),
      bytesToHost: upstream?.bytesWritten ?? 0,
      bytesToServer: upstream?.bytesRead ?? 0,
      durationMs: Math.round(performance.now() - attempt.begun),
    });
  }

  #own(socket: Socket): void {
    if (this.#sockets.has(socket)) return;
    this.#sockets.add(socket);
    socket.setNoDelay(true);
    // The ends do not see each other, so their own keep-alive asks only us. And a client that has closed is forgotten by its kernel
    // without a word when the far end does not close: its place would be taken for ever.
    socket.setKeepAlive(true, KEEP_ALIVE_MS);
    // The end of a connection is seen by whoever waits for it; without a listener a reset would end the launcher.
    socket.on('error', () => {});
    socket.once('close', () => this.#sockets.delete(socket));
  }
}

/** The first flight of a client that speaks TLS to this very host, or why it is not. */
async function helloFor(
  client: Socket,
  host: string,
  already?: Buffer,
): Promise<{ readonly bytes: Buffer } | Outcome> {
  const first = await firstBytes(
    client,
    (bytes) => {
      const hello = readClientHello(bytes.subarray(0, MAX_HELLO_BYTES + 64 * 1024));
      return hello.kind === 'incomplete' ? undefined : hello;
    },
    already,
  );
  if (first.kind !== 'judged') return silent(first.kind);
  const hello = first.judged;
  if (hello.kind === 'refused') return { verdict: 'denied', reason: hello.reason };
  // A number has no name to send (RFC 6066 3): whoever sends one means something else.
  const wanted = literalFamily(host) === undefined ? host : undefined;
  if (hello.name === wanted) return { bytes: first.bytes };
  return { verdict: 'denied', reason: hello.name === undefined ? 'tls-no-name' : 'tls-other-name' };
}

function silent(kind: 'timeout' | 'gone'): Outcome {
  return kind === 'timeout' ? { verdict: 'denied', reason: 'handshake-timeout' } : BROKEN_OFF;
}

/** In a time that does not tell where they differ: whoever else runs on this machine may try. */
function isSame(one: string, other: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(one), digest(other));
}

const STATUS = {
  400: 'Bad Request',
  403: 'Forbidden',
  405: 'Method Not Allowed',
  407: 'Proxy Authentication Required',
  431: 'Request Header Fields Too Large',
  502: 'Bad Gateway',
} as const;

/** A refusal that the client can read before its connection ends. */
function answer(client: Socket, status: keyof typeof STATUS): void {
  const challenge = status === 407 ? 'Proxy-Authenticate: Basic realm="cordon"\r\n' : '';
  client.end(
    `HTTP/1.1 ${status} ${STATUS[status]}\r\n${challenge}Connection: close\r\nContent-Length: 0\r\n\r\n`,
  );
  // What it sends meanwhile counts for nothing, but its end is seen; it has so long to close.
  client.resume();
  setTimeout(() => client.destroy(), 1000).unref();
}

function closed(socket: Socket): Promise<void> {
  return socket.closed ? Promise.resolve() : new Promise((resolve) => socket.once('close', () => resolve()));
}
