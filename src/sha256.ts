// One hash function for both runtimes. In the executable Bun's own is used: loading node:crypto there costs 4 ms and
// 4 MiB at every start (measured), a tenth of both budgets.

export interface Sha256 {
  update(bytes: Uint8Array): unknown;
  digest(encoding: 'hex'): string;
}

type BunHasher = new (algorithm: 'sha256') => Sha256;

const bun = (globalThis as { Bun?: { CryptoHasher: BunHasher } }).Bun;

export function createSha256(): Sha256 {
  return bun === undefined
    ? process.getBuiltinModule('node:crypto').createHash('sha256')
    : new bun.CryptoHasher('sha256');
}

/** 64 lower-case hex digits of the bytes, or of the text as UTF-8. */
export function sha256Hex(content: Uint8Array | string): string {
  const hash = createSha256();
  hash.update(typeof content === 'string' ? Buffer.from(content) : content);
  return hash.digest('hex');
}
