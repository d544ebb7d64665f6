// Reads the name out of the first flight of a TLS client (RFC 8446 4.1.2, RFC 6066 3), before one byte goes anywhere. A
// connection to a granted name that asks the far end for another one would reach every tenant of a shared front (NW-10).

export type ClientHello =
  /** The bytes so far are the beginning of one; more must come. */
  | { readonly kind: 'incomplete' }
  /** `name` as sent, lower-cased; undefined when the client sent none. */
  | { readonly kind: 'hello'; readonly name: string | undefined }
  | { readonly kind: 'refused'; readonly reason: 'not-tls' | 'tls-malformed' | 'tls-ech' | 'tls-too-large' };

/** More than any client sends, post-quantum key shares and session tickets included. */
export const MAX_HELLO_BYTES = 16 * 1024;

const RECORD_HANDSHAKE = 22;
const CLIENT_HELLO = 1;
const EXTENSION_SERVER_NAME = 0;
const EXTENSION_ECH = 0xfe0d;

/** Judges all bytes that came so far, from the first. */
export function readClientHello(bytes: Uint8Array): ClientHello {
  const gathered = gatherHandshake(bytes);
  if (gathered.kind !== 'handshake') return gathered;
  try {
    return readHello(new Reader(gathered.body));
  } catch {
    return { kind: 'refused', reason: 'tls-malformed' };
  }
}

type Gathered = ClientHello | { readonly kind: 'handshake'; readonly body: Uint8Array };

/** Joins the first handshake message out of the records that carry it: clients may split it anywhere (W09). */
function gatherHandshake(bytes: Uint8Array): Gathered {
  // One piece of memory for all: joined anew for each record, a message of one-byte records would cost its square.
  const message = new Uint8Array(bytes.length);
  let have = 0;
  let offset = 0;
  for (;;) {
    const type = bytes[offset];
    const major = bytes[offset + 1];
    if (type === undefined) break;
    if (type !== RECORD_HANDSHAKE || (major !== undefined && major !== 3))
      return { kind: 'refused', reason: offset === 0 ? 'not-tls' : 'tls-malformed' };
    if (bytes.length < offset + 5) break;
    const length = ((bytes[offset + 3] ?? 0) << 8) | (bytes[offset + 4] ?? 0);
    if (length === 0 || length > MAX_HELLO_BYTES) return { kind: 'refused', reason: 'tls-malformed' };
    const fragment = bytes.subarray(offset + 5, offset + 5 + length);
    message.set(fragment, have);
    have += fragment.length;
    offset += 5 + length;
    if (have > 0 && message[0] !== CLIENT_HELLO) return { kind: 'refused', reason: 'tls-malformed' };
    if (have >= 4) {
      const size = ((message[1] ?? 0) << 16) | ((message[2] ?? 0) << 8) | (message[3] ?? 0);
      if (size > MAX_HELLO_BYTES) return { kind: 'refused', reason: 'tls-too-large' };
      if (have >= 4 + size) return { kind: 'handshake', body: message.subarray(4, 4 + size) };
    }
    if (fragment.length < length) break;
  }
  return bytes.length > MAX_HELLO_BYTES
    ? { kind: 'refused', reason: 'tls-too-large' }
    : { kind: 'incomplete' };
}

function readHello(hello: Reader): ClientHello {
  hello.take(2 + 32); // legacy_version, random
  hello.vector(1); // legacy_session_id
  hello.vector(2); // cipher_suites
  hello.vector(1); // legacy_compression_methods
  let name: string | undefined;
  const seen = new Set<number>();
  const extensions = hello.left === 0 ? undefined : new Reader(hello.vector(2));
  if (hello.left > 0) throw new RangeError('bytes behind the extensions');
  while (extensions !== undefined && extensions.left > 0) {
    const type = extensions.number(2);
    const content = extensions.vector(2);
    if (seen.has(type)) throw new RangeError('an extension is there twice');
    seen.add(type);
    // The name that counts would be hidden from us. Clients of servers do not send it; browsers do, also without need.
    if (type === EXTENSION_ECH) return { kind: 'refused', reason: 'tls-ech' };
    if (type === EXTENSION_SERVER_NAME) name = readServerName(new Reader(content));
  }
  return { kind: 'hello', name };
}

/** Exactly one entry, a host name of printable ASCII: what two parsers could read in two ways is refused. */
function readServerName(extension: Reader): string {
  const list = new Reader(extension.vector(2));
  const type = list.number(1);
  const name = list.vector(2);
  if (type !== 0 || list.left > 0 || extension.left > 0 || name.length === 0)
    throw new RangeError('not one host name');
  if (name.some((byte) => byte <= 0x20 || byte >= 0x7f)) throw new RangeError('not a host name');
  return String.fromCharCode(...name).toLowerCase();
}

/** Throws RangeError when the message ends before what it announces. */
class Reader {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get left(): number {
    return this.#bytes.length - this.#at;
  }

  take(count: number): Uint8Array {
    if (count > this.left) throw new RangeError('the message is too short');
    this.#at += count;
    return this.#bytes.subarray(this.#at - count, this.#at);
  }

  number(width: 1 | 2): number {
    return this.take(width).reduce((value, byte) => value * 256 + byte, 0);
  }

  /** What follows its own length of `width` bytes. */
  vector(width: 1 | 2): Uint8Array {
    return this.take(this.number(width));
  }
}
