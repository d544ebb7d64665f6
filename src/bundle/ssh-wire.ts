// The shapes of RFC 4251 that keys and signatures are made of. Whoever wrote them is not trusted yet, so each must be written
// in the one way there is, and nothing may follow.

/** What is wrong, as the end of a sentence. Thrown and caught within this folder. */
export class WireFault extends Error {}

export class WireReader {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  take(length: number): Buffer {
    const end = this.#at + length;
    if (end > this.#bytes.length) throw new WireFault('ends too early');
    const taken = this.#bytes.subarray(this.#at, end);
    this.#at = end;
    return taken;
  }

  uint32(): number {
    return this.take(4).readUInt32BE();
  }

  /** Length and bytes. */
  string(): Buffer {
    return this.take(this.uint32());
  }

  /** A string of printable ASCII, as all names are. */
  name(): string {
    const text = this.string().toString('latin1');
    if (!/^[\x21-\x7e]{0,200}$/.test(text)) throw new WireFault('has a name that is none');
    return text;
  }

  /** A positive integer, big-endian, without its sign byte. */
  positive(): Buffer {
    const bytes = this.string();
    const [first = 0, second = 0] = bytes;
    // Zero, negative, or longer than it needs to be.
    if (bytes.length === 0 || first >= 0x80 || (first === 0 && second < 0x80))
      throw new WireFault('has a number that is not written as numbers are');
    return first === 0 ? bytes.subarray(1) : bytes;
  }

  end(): void {
    if (this.#at !== this.#bytes.length) throw new WireFault('goes on after its end');
  }
}

/** As SSH writes it: length, then bytes. */
export function wireString(content: string | Uint8Array): Buffer {
  const bytes = Buffer.from(content);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
}

/** Strict base64: no other character, no other padding, no bits that mean nothing. */
export function decodeBase64(text: string): Buffer {
  const bytes = Buffer.from(text, 'base64');
  if (text === '' || bytes.toString('base64') !== text) throw new WireFault('is not base64');
  return bytes;
}
