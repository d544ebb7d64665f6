// A public key as SSH writes it -> a key that node:crypto checks signatures with. DSA, certificates and everything else that is
// not in the table are refused by name.
import { createHash, createPublicKey, type JsonWebKey, type KeyObject } from 'node:crypto';
import { decodeBase64, WireFault, WireReader } from './ssh-wire.ts';

/** How a signature of this key is checked. */
type KeyScheme =
  | { readonly kind: 'ed25519' }
  | { readonly kind: 'ecdsa'; readonly hash: 'sha256' | 'sha384' | 'sha512'; readonly bytes: number }
  | { readonly kind: 'rsa'; readonly bytes: number };

export interface PublicKey {
  /** `ssh-ed25519` … */
  readonly type: string;
  /** As it stands in key files: two keys are the same when these bytes are. */
  readonly blob: Buffer;
  readonly key: KeyObject;
  readonly scheme: KeyScheme;
  /** Of a key that lives in a FIDO token: what the token signs for. */
  readonly application?: string;
}

/** What ssh-keygen makes today, at least. Above, checking takes long. */
const RSA_BITS = { min: 2048, max: 16384 } as const;

const CURVES = {
  nistp256: { crv: 'P-256', hash: 'sha256', bytes: 32 },
  nistp384: { crv: 'P-384', hash: 'sha384', bytes: 48 },
  nistp521: { crv: 'P-521', hash: 'sha512', bytes: 66 },
} as const;

type Curve = keyof typeof CURVES;
type Material = Pick<PublicKey, 'key' | 'scheme' | 'application'>;

const READERS: Readonly<Record<string, (reader: WireReader) => Material>> = {
  'ssh-ed25519': ed25519,
  'ecdsa-sha2-nistp256': (reader) => ecdsa(reader, 'nistp256'),
  'ecdsa-sha2-nistp384': (reader) => ecdsa(reader, 'nistp384'),
  'ecdsa-sha2-nistp521': (reader) => ecdsa(reader, 'nistp521'),
  'ssh-rsa': rsa,
  'sk-ssh-ed25519@openssh.com': (reader) => inToken(reader, ed25519),
  'sk-ecdsa-sha2-nistp256@openssh.com': (reader) => inToken(reader, (inner) => ecdsa(inner, 'nistp256')),
};

export function isKeyType(word: string): boolean {
  return Object.hasOwn(READERS, word);
}

/** @throws WireFault */
export function readPublicKey(blob: Buffer): PublicKey {
  const reader = new WireReader(blob);
  const type = reader.name();
  const read = isKeyType(type) ? READERS[type] : undefined;
  if (type.includes('-cert-')) throw new WireFault('is a certificate, and only plain keys are understood');
  if (read === undefined) throw new WireFault(`is a key of the type "${type}", which does not count`);
  const material = read(reader);
  reader.end();
  return { type, blob, ...material };
}

/**
 * The two words of a key in a file, `ssh-ed25519 AAAA…`.
 * @throws WireFault
 */
export function readKeyWords(type: string, base64: string): PublicKey {
  const key = readPublicKey(decodeBase64(base64));
  if (key.type !== type) throw new WireFault(`says "${type}" and is a key of the type "${key.type}"`);
  return key;
}

/** As `ssh-keygen -l` shows it. */
export function fingerprint({ blob }: PublicKey): string {
  return `SHA256:${createHash('sha256').update(blob).digest('base64').replace(/=+$/, '')}`;
}

function ed25519(reader: WireReader): Material {
  const point = reader.string();
  if (point.length !== 32) throw new WireFault('is a key of the wrong length');
  return {
    key: imported({ kty: 'OKP', crv: 'Ed25519', x: point.toString('base64url') }),
    scheme: { kind: 'ed25519' },
  };
}

function ecdsa(reader: WireReader, curve: Curve): Material {
  const { crv, hash, bytes } = CURVES[curve];
  if (reader.name() !== curve) throw new WireFault('is a key of another curve than it says');
  const point = reader.string();
  if (point.length !== 1 + 2 * bytes || point[0] !== 4)
    throw new WireFault('is a key whose point is not written in full');
  const [x, y] = [point.subarray(1, 1 + bytes), point.subarray(1 + bytes)];
  return {
    key: imported({ kty: 'EC', crv, x: x.toString('base64url'), y: y.toString('base64url') }),
    scheme: { kind: 'ecdsa', hash, bytes },
  };
}

function rsa(reader: WireReader): Material {
  const [exponent, modulus] = [reader.positive(), reader.positive()];
  const bits = modulus.length * 8 - Math.clz32(modulus[0] ?? 0) + 24;
  if (bits < RSA_BITS.min || bits > RSA_BITS.max)
    throw new WireFault(`is an RSA key of ${bits} bits, and needs ${RSA_BITS.min} to ${RSA_BITS.max}`);
  return {
    key: imported({ kty: 'RSA', e: exponent.toString('base64url'), n: modulus.toString('base64url') }),
    scheme: { kind: 'rsa', bytes: modulus.length },
  };
}

function inToken(reader: WireReader, read: (reader: WireReader) => Material): Material {
  const material = read(reader);
  return { ...material, application: reader.string().toString('latin1') };
}

function imported(key: JsonWebKey): KeyObject {
  try {
    return createPublicKey({ key, format: 'jwk' });
  } catch {
    // A point that is not on its curve.
    throw new WireFault('is no valid key');
  }
}
