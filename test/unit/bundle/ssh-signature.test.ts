// Signatures against the real ssh-keygen: what it makes is taken here, and whatever is done to it is refused by both.
import { createHash, generateKeyPairSync, type KeyObject, sign as signRaw } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { judgeSigner } from '../../../src/bundle/allowed-signers.ts';
import { fingerprint } from '../../../src/bundle/public-key.ts';
import { isSignatureOf, NAMESPACE, readSignature } from '../../../src/bundle/ssh-signature.ts';
import { wireString } from '../../../src/bundle/ssh-wire.ts';
import { type Key, linesOf, makeKey, NOW, sign, sshKeygenTakes } from '../../fixtures/bundles.ts';

const MESSAGE = Buffer.from('{ "what": "is signed" }\n');
const KINDS: ReadonlyArray<readonly [type: string, bits: number | undefined]> = [
  ['ed25519', undefined],
  ['ecdsa', 256],
  ['ecdsa', 384],
  ['ecdsa', 521],
  ['rsa', 3072],
];

let folder = '';
const keys = new Map<string, Key>();
const keyOf = (type: string, bits?: number): Key => keys.get(`${type}${bits ?? ''}`) as Key;

beforeAll(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'cordon-sshsig-'));
  for (const [type, bits] of KINDS) keys.set(`${type}${bits ?? ''}`, makeKey(folder, type, bits));
});
afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));

/** Read, made by its key over the message, and by a key of the list: everything but the namespace, which the caller compares. */
function isTaken(signature: string, signers: string, message: Uint8Array = MESSAGE): boolean {
  const read = readSignature(signature);
  if (!read.ok || read.signature.namespace !== NAMESPACE || !isSignatureOf(read.signature, message))
    return false;
  const { key } = read.signature;
  const request = { key, namespace: NAMESPACE, signer: 'ops', now: NOW };
  return judgeSigner(linesOf(signers), request).kind === 'allowed';
}

function armoured(blob: Buffer): string {
  const lines = blob.toString('base64').match(/.{1,70}/g) ?? [];
  return ['-----BEGIN SSH SIGNATURE-----', ...lines, '-----END SSH SIGNATURE-----', ''].join('\n');
}

function blobOf(signature: string): Buffer {
  return Buffer.from(signature.split('\n').slice(1, -2).join(''), 'base64');
}

describe.each(KINDS)('%s %s', (type: string, bits: number | undefined) => {
  /** The long ones in steps, which leave out no part. */
  const step = (bits ?? 0) > 256 ? 3 : 1;
  const signers = (): string => `ops ${keyOf(type, bits).words}\n`;

  it.each(['sha256', 'sha512'])('what ssh-keygen signs with %s is taken', (hash) => {
    const signature = sign(MESSAGE, keyOf(type, bits), NAMESPACE, hash);
    expect(isTaken(signature, signers())).toBe(true);
    const read = readSignature(signature);
    expect(read.ok && fingerprint(read.signature.key)).toMatch(/^SHA256:[A-Za-z0-9+/]{43}$/);
  });

  it('another message, namespace or key is refused, as by ssh-keygen', () => {
    const key = keyOf(type, bits);
    const signature = sign(MESSAGE, key);
    const other = makeKey(folder, type, bits);
    expect(isTaken(signature, signers(), Buffer.from('other'))).toBe(false);
    expect(isTaken(sign(MESSAGE, key, 'git'), signers())).toBe(false);
    expect(isTaken(signature, `ops ${other.words}\n`)).toBe(false);
    const asked = { signers: signers(), signer: 'ops', signature, message: MESSAGE };
    expect(sshKeygenTakes(folder, asked)).toBe(true);
    expect(sshKeygenTakes(folder, { ...asked, message: Buffer.from('other') })).toBe(false);
    expect(sshKeygenTakes(folder, { ...asked, signature: sign(MESSAGE, key, 'git') })).toBe(false);
    expect(sshKeygenTakes(folder, { ...asked, signers: `ops ${other.words}\n` })).toBe(false);
  });

  it('each bit of it matters: nothing that differs in one is taken', () => {
    const blob = blobOf(sign(MESSAGE, keyOf(type, bits)));
    const list = signers();
    expect(isTaken(armoured(blob), list)).toBe(true);
    for (let at = 0; at < blob.length; at += step) {
      const changed = Buffer.from(blob);
      changed[at] = (changed[at] ?? 0) ^ (1 << (at % 8));
      expect(isTaken(armoured(changed), list), `byte ${at}`).toBe(false);
    }
  });

  it('each shorter and each longer one is refused', () => {
    const blob = blobOf(sign(MESSAGE, keyOf(type, bits)));
    for (let length = blob.length - 1; length >= 0; length -= step)
      expect(readSignature(armoured(blob.subarray(0, length))).ok, `${length} bytes`).toBe(false);
    expect(readSignature(armoured(Buffer.concat([blob, Buffer.alloc(1)]))).ok).toBe(false);
  });
});

describe('the armour', () => {
  it.each<[string, (text: string) => string]>([
    ['something before it', (text) => `\n${text}`],
    ['something behind it', (text) => `${text}\n`],
    ['carriage returns', (text) => text.replaceAll('\n', '\r\n')],
    ['an empty line', (text) => text.replace('\n', '\n\n')],
    ['spaces', (text) => text.replace('\n', '\n ')],
    ['another alphabet', (text) => text.replace(/[A-Z](?=[^-]*-----END)/, '-')],
    ['another kind', (text) => text.replaceAll('SSH SIGNATURE', 'PGP SIGNATURE')],
    ['two of them', (text) => `${text}${text}`],
    ['no end', (text) => text.replace('\n', `\n${'A'.repeat(76)}\n`.repeat(500))],
    ['nothing in it', (text) => text.replace(/\n[^-]*\n/, '\n')],
  ])('with %s is refused', (_what, change) => {
    const signature = sign(MESSAGE, keyOf('ed25519'));
    expect(readSignature(signature).ok).toBe(true);
    expect(readSignature(change(signature)).ok).toBe(false);
  });

  it('property: any text is read or refused, and never thrown at', () => {
    fc.assert(fc.property(fc.string(), (text) => readSignature(text).ok === false));
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 300 }),
        (bytes) => readSignature(armoured(Buffer.from(bytes))).ok === false,
      ),
    );
  });
});

describe('keys and kinds that do not count', () => {
  const sshsig = (key: Buffer, hash: string, format: string, value: Buffer): string =>
    armoured(
      Buffer.concat([
        Buffer.from('SSHSIG\0\0\0\u0001', 'latin1'),
        wireString(key),
        wireString(NAMESPACE),
        wireString(''),
        wireString(hash),
        wireString(Buffer.concat([wireString(format), wireString(value)])),
      ]),
    );
  const blobFrom = (words: string): Buffer => Buffer.from(words.split(' ')[1] ?? '', 'base64');

  it.each<[string, () => string, string]>([
    [
      'RSA with SHA-1',
      () => sshsig(blobFrom(keyOf('rsa', 3072).words), 'sha512', 'ssh-rsa', Buffer.alloc(384)),
      'is of the kind "ssh-rsa", which does not count',
    ],
    [
      'SHA-1 over the message',
      () => sshsig(blobFrom(keyOf('ed25519').words), 'sha1', 'ssh-ed25519', Buffer.alloc(64)),
      'is over a hash that is not SHA-256 or SHA-512',
    ],
    [
      'a short RSA key',
      () => sshsig(blobFrom(makeKey(folder, 'rsa', 1024).words), 'sha512', 'rsa-sha2-512', Buffer.alloc(128)),
      'is an RSA key of 1024 bits, and needs 2048 to 16384',
    ],
    [
      'a certificate',
      () => sshsig(wireString('ssh-ed25519-cert-v01@openssh.com'), 'sha512', 'ssh-ed25519', Buffer.alloc(64)),
      'is a certificate, and only plain keys are understood',
    ],
    [
      'DSA',
      () => sshsig(wireString('ssh-dss'), 'sha512', 'ssh-dss', Buffer.alloc(40)),
      'is a key of the type "ssh-dss", which does not count',
    ],
  ])('%s', (_what, make, fault) => {
    expect(readSignature(make())).toEqual({ ok: false, fault });
  });
});

describe('keys in FIDO tokens', () => {
  const APPLICATION = 'ssh:';
  const sha256 = (content: string | Buffer): Buffer => createHash('sha256').update(content).digest();

  /** What a token does: signs application, flags, counter and the hash of what is signed. */
  function tokenSignature(
    type: string,
    flags: number,
  ): { readonly words: string; readonly signature: string } {
    const isEd = type.includes('ed25519');
    const pair: { publicKey: KeyObject; privateKey: KeyObject } = isEd
      ? generateKeyPairSync('ed25519')
      : generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const { x = '', y = '' } = pair.publicKey.export({ format: 'jwk' });
    const point = isEd
      ? [wireString(Buffer.from(x, 'base64url'))]
      : [
          wireString('nistp256'),
          wireString(
            Buffer.concat([Buffer.from([4]), Buffer.from(x, 'base64url'), Buffer.from(y, 'base64url')]),
          ),
        ];
    const blob = Buffer.concat([wireString(type), ...point, wireString(APPLICATION)]);
    const signed = Buffer.concat([
      Buffer.from('SSHSIG'),
      wireString(NAMESPACE),
      wireString(''),
      wireString('sha512'),
      wireString(createHash('sha512').update(MESSAGE).digest()),
    ]);
    const token = Buffer.from([flags, 0, 0, 0, 9]);
    const data = Buffer.concat([sha256(APPLICATION), token, sha256(signed)]);
    const value = isEd
      ? signRaw(null, data, pair.privateKey)
      : mpints(signRaw('sha256', data, { key: pair.privateKey, dsaEncoding: 'ieee-p1363' }));
    const signature = armoured(
      Buffer.concat([
        Buffer.from('SSHSIG\0\0\0\u0001', 'latin1'),
        wireString(blob),
        wireString(NAMESPACE),
        wireString(''),
        wireString('sha512'),
        wireString(Buffer.concat([wireString(type), wireString(value), token])),
      ]),
    );
    return { words: `${type} ${blob.toString('base64')}`, signature };
  }

  function mpints(raw: Buffer): Buffer {
    const halves = [raw.subarray(0, raw.length / 2), raw.subarray(raw.length / 2)];
    return Buffer.concat(
      halves.map((half) => {
        const start = half.findIndex((byte) => byte !== 0);
        const short = half.subarray(start);
        return wireString((short[0] ?? 0) >= 0x80 ? Buffer.concat([Buffer.alloc(1), short]) : short);
      }),
    );
  }

  it.each(['sk-ssh-ed25519@openssh.com', 'sk-ecdsa-sha2-nistp256@openssh.com'])(
    '%s is taken, as by ssh-keygen, when somebody touched it',
    (type) => {
      const { words, signature } = tokenSignature(type, 1);
      const signers = `ops ${words}\n`;
      expect(sshKeygenTakes(folder, { signers, signer: 'ops', signature, message: MESSAGE })).toBe(true);
      expect(isTaken(signature, signers)).toBe(true);
      expect(isTaken(signature, signers, Buffer.from('other'))).toBe(false);
      expect(readSignature(tokenSignature(type, 0).signature)).toEqual({
        ok: false,
        fault: 'was made by a token that nobody touched',
      });
    },
  );
});
