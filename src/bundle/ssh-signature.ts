// Signatures as `ssh-keygen -Y sign` makes them (OpenSSH's PROTOCOL.sshsig), checked here and not by ssh-keygen: a machine that
// takes policy needs no other program to judge it.
import { createHash, verify } from 'node:crypto';
import { type PublicKey, readPublicKey } from './public-key.ts';
import { decodeBase64, WireFault, WireReader, wireString } from './ssh-wire.ts';

/** What a signature of a bundle is for: one for mail or for a commit is none. */
export const NAMESPACE = 'cordon-bundle';

export interface SshSignature {
  readonly key: PublicKey;
  readonly namespace: string;
  readonly hash: 'sha256' | 'sha512';
  /** `rsa-sha2-512` …; of other keys the type of the key. */
  readonly format: string;
  readonly value: Buffer;
  /** Of a FIDO token: flags and counter, which are signed too. */
  readonly token?: Buffer;
}

export type ReadSignature =
  | { readonly ok: true; readonly signature: SshSignature }
  /** The end of a sentence. */
  | { readonly ok: false; readonly fault: string };

const MAGIC = 'SSHSIG';
const BEGIN = '-----BEGIN SSH SIGNATURE-----';
const END = '-----END SSH SIGNATURE-----';
/** Several times what the longest key makes. */
const MAX_CHARACTERS = 32 * 1024;
/** Somebody touched the token. */
const USER_PRESENT = 0x01;

export function readSignature(text: string): ReadSignature {
  try {
    return { ok: true, signature: parse(unarmoured(text)) };
  } catch (error) {
    if (error instanceof WireFault) return { ok: false, fault: error.message };
    throw error;
  }
}

/** Whether the key of the signature made it, over exactly these bytes. Who that is, and for what, is not asked here. */
export function isSignatureOf(signature: SshSignature, message: Uint8Array): boolean {
  const { key, namespace, hash, format, value, token } = signature;
  const signed = Buffer.concat([
    Buffer.from(MAGIC),
    wireString(namespace),
    wireString(''),
    wireString(hash),
    wireString(createHash(hash).update(message).digest()),
  ]);
  const data =
    token === undefined ? signed : Buffer.concat([sha256(key.application ?? ''), token, sha256(signed)]);
  switch (key.scheme.kind) {
    case 'ed25519':
      return verify(null, data, key.key, value);
    case 'ecdsa':
      return verify(key.scheme.hash, data, { key: key.key, dsaEncoding: 'ieee-p1363' }, value);
    case 'rsa':
      return verify(format === 'rsa-sha2-256' ? 'sha256' : 'sha512', data, key.key, value);
  }
}

function sha256(content: string | Buffer): Buffer {
  const bytes = typeof content === 'string' ? Buffer.from(content, 'latin1') : content;
  return createHash('sha256').update(bytes).digest();
}

function unarmoured(text: string): Buffer {
  if (text.length > MAX_CHARACTERS) throw new WireFault('is longer than any');
  const lines = text.replace(/\n$/, '').split('\n');
  if (lines[0] !== BEGIN || lines.at(-1) !== END)
    throw new WireFault(`must begin with "${BEGIN}" and end with "${END}"`);
  const body = lines.slice(1, -1);
  if (body.some((line) => line === '' || line.length > 76))
    throw new WireFault('has lines that are not those of a signature');
  return decodeBase64(body.join(''));
}

function parse(blob: Buffer): SshSignature {
  const reader = new WireReader(blob);
  if (reader.take(MAGIC.length).toString('latin1') !== MAGIC) throw new WireFault('is no SSH signature');
  if (reader.uint32() !== 1) throw new WireFault('is of a version that is not known');
  const key = readPublicKey(reader.string());
  const namespace = reader.name();
  if (namespace === '') throw new WireFault('is for no namespace');
  if (reader.string().length > 0) throw new WireFault('has something in a place that is reserved');
  const hash = reader.name();
  if (hash !== 'sha256' && hash !== 'sha512')
    throw new WireFault('is over a hash that is not SHA-256 or SHA-512');
  const inner = new WireReader(reader.string());
  reader.end();
  return { key, namespace, hash, ...readValue(inner, key) };
}

function readValue(reader: WireReader, key: PublicKey): Pick<SshSignature, 'format' | 'value' | 'token'> {
  const format = reader.name();
  const allowed = key.scheme.kind === 'rsa' ? ['rsa-sha2-512', 'rsa-sha2-256'] : [key.type];
  // `ssh-rsa` is RSA with SHA-1.
  if (!allowed.includes(format)) throw new WireFault(`is of the kind "${format}", which does not count`);
  const value = valueOf(reader.string(), key);
  const token = key.application === undefined ? undefined : reader.take(5);
  reader.end();
  if (token === undefined) return { format, value };
  if (((token[0] ?? 0) & USER_PRESENT) === 0) throw new WireFault('was made by a token that nobody touched');
  return { format, value, token };
}

function valueOf(bytes: Buffer, { scheme }: PublicKey): Buffer {
  switch (scheme.kind) {
    case 'ed25519':
      return ofLength(bytes, 64);
    case 'rsa':
      return ofLength(bytes, scheme.bytes);
    case 'ecdsa': {
      const reader = new WireReader(bytes);
      const halves = [reader.positive(), reader.positive()];
      reader.end();
      return Buffer.concat(halves.map((half) => padded(half, scheme.bytes)));
    }
  }
}

function ofLength(bytes: Buffer, length: number): Buffer {
  if (bytes.length !== length) throw new WireFault('has the wrong length for its key');
  return bytes;
}

function padded(bytes: Buffer, length: number): Buffer {
  if (bytes.length > length) throw new WireFault('has the wrong length for its key');
  return Buffer.concat([Buffer.alloc(length - bytes.length), bytes]);
}
