// What the server's questions about names are answered with. Nothing is ever asked upstream, so a name cannot carry data
// out (NW-07): a granted name has an address of ours, any other does not exist. Pure but for the table of names.
import { AUTHORITATIVE_ANSWER, decode, encode, RECURSION_AVAILABLE, RECURSION_DESIRED } from 'dns-packet';
import type { Names } from './names.ts';

export interface DnsAnswer {
  /** The response; undefined for what deserves none. */
  readonly response: Buffer | undefined;
  /** A name that was asked for and is not granted, as text of the server: escape before showing. */
  readonly denied?: string;
}

/** Seconds. An address keeps its meaning as long as the server runs. */
const TTL = 300;
const RCODE = { FORMERR: 1, NXDOMAIN: 3, NOTIMP: 4, REFUSED: 5 } as const;
const HOST_NAME = /^[a-z0-9_.-]{1,253}$/;
const HEADER_BYTES = 12;
/** The bit that says response. */
const QR = 0x8000;
/** Zero for an ordinary query. */
const OPCODE = 0x7800;

export function answerDns(query: Uint8Array, names: Names): DnsAnswer {
  if (query.length < HEADER_BYTES) return { response: undefined };
  // A copy, whose header is made to say that nothing follows the question: what does is not looked at.
  const only = Buffer.from(query);
  const flags = only.readUInt16BE(2);
  // An answer to an answer would let two such servers talk for ever.
  if ((flags & QR) !== 0) return { response: undefined };
  if ((flags & OPCODE) !== 0) return { response: failure(query, RCODE.NOTIMP) };
  // Before anything is decoded: a packet may announce thousands of questions, each a name of a hundred labels.
  if (only.readUInt16BE(4) !== 1) return { response: failure(query, RCODE.FORMERR) };
  only.fill(0, 6, HEADER_BYTES);
  let packet: ReturnType<typeof decode>;
  try {
    packet = decode(only);
  } catch {
    return { response: failure(query, RCODE.FORMERR) };
  }
  const [question] = packet.questions ?? [];
  if (question === undefined) return { response: failure(query, RCODE.FORMERR) };

  const reply = (rcode: number, address?: string): Buffer =>
    encode({
      type: 'response',
      id: packet.id ?? 0,
      flags: AUTHORITATIVE_ANSWER | RECURSION_AVAILABLE | (flags & RECURSION_DESIRED) | rcode,
      // As it was asked, upper case included: some clients compare.
      questions: [question],
      answers:
        address === undefined
          ? []
          : [{ type: 'A', class: 'IN', name: question.name, ttl: TTL, data: address }],
    });

  const name = question.name.toLowerCase();
  // Labels may hold any byte. What is no host name is not granted, and the library could not repeat it as it was.
  if (!HOST_NAME.test(name)) return { response: failure(query, RCODE.NXDOMAIN), denied: name };
  const address = names.addressOf(name);
  if (address === undefined) return { response: reply(RCODE.NXDOMAIN), denied: name };
  if (question.class !== undefined && question.class !== 'IN') return { response: reply(RCODE.REFUSED) };
  if (question.type === 'A') return { response: reply(0, address.includes(':') ? undefined : address) };
  // No address of that family, which makes clients take the other one.
  if (question.type === 'AAAA') return { response: reply(0) };
  return { response: reply(RCODE.REFUSED) };
}

/** A header alone: what was asked could not be read, so it is not repeated. */
function failure(query: Uint8Array, rcode: number): Buffer {
  const header = Buffer.alloc(HEADER_BYTES);
  header.set(query.subarray(0, 2));
  header.writeUInt16BE(QR | RECURSION_AVAILABLE | rcode, 2);
  return header;
}
