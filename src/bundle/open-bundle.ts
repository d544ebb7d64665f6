// Bytes of a bundle -> what it holds, once all of it is known to come from somebody who may sign. The only place that makes a
// TrustedBundle, and installing takes nothing else. The signature is checked before one word of the index is read. Pure.
import { createHash } from 'node:crypto';
import { type Digest, digestFromHex } from '../digest.ts';
import {
  bundleDamaged,
  bundleInvalid,
  bundleNotOurs,
  bundleUnreadableSignature,
  bundleUntrusted,
} from '../messages/bundle.ts';
import { judgeSigner, type SignerLine } from './allowed-signers.ts';
import { type ArchivedFile, readArchive } from './archive.ts';
import { type BundleIndex, parseIndex } from './index-file.ts';
import { judgeContents } from './judge-contents.ts';
import { fingerprint } from './public-key.ts';
import { isSignatureOf, NAMESPACE, readSignature, type SshSignature } from './ssh-signature.ts';

export const INDEX = 'index.json';
export const SIGNATURE = 'index.json.sig';

declare const trusted: unique symbol;

export interface TrustedBundle {
  readonly [trusted]: true;
  readonly index: BundleIndex;
  /** Of the bytes of the index: what tells two bundles of one version apart. */
  readonly digest: Digest;
  readonly files: readonly ArchivedFile[];
  readonly signer: { readonly principals: string; readonly key: string; readonly type: string };
  /** Profiles that nobody approved as they are. */
  readonly unapproved: readonly string[];
}

export interface Trust {
  readonly lines: readonly SignerLine[];
  /** The file that they come from, for messages. */
  readonly file: string;
  readonly signer: string | undefined;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** @throws CordonError BUNDLE_INVALID, BUNDLE_UNTRUSTED */
export function openBundle(bytes: Buffer, trust: Trust): TrustedBundle {
  const archive = readArchive(bytes);
  if (!archive.ok) throw bundleDamaged(archive.fault);
  const [first, second, ...files] = archive.files;
  if (first?.path !== INDEX || second?.path !== SIGNATURE) throw bundleDamaged('is no bundle');
  const signature = signatureOf(second.content);
  const line = requireSigner(signature, first.content, trust);
  const parsed = parseIndex(first.content);
  if (!parsed.ok) throw bundleInvalid(parsed.faults.map((fault) => `${INDEX}: ${fault}`));
  const { index } = parsed;
  const different = differences(index, files);
  if (different.length > 0) throw bundleNotOurs(different);
  const { faults, unapproved } = judgeContents(files);
  if (faults.length > 0) throw bundleInvalid(faults);
  return {
    index,
    digest: digestFromHex(sha256(first.content)),
    files,
    signer: { principals: line.principals, key: fingerprint(signature.key), type: signature.key.type },
    unapproved,
  } as unknown as TrustedBundle;
}

function signatureOf(content: Buffer): SshSignature {
  const read = readSignature(content.toString('latin1'));
  if (!read.ok) throw bundleUnreadableSignature(read.fault);
  return read.signature;
}

function requireSigner(signature: SshSignature, index: Buffer, trust: Trust): SignerLine {
  const key = fingerprint(signature.key);
  if (signature.namespace !== NAMESPACE) throw bundleUntrusted.otherNamespace(signature.namespace, NAMESPACE);
  const { lines, file, signer, now } = trust;
  const verdict = judgeSigner(lines, { key: signature.key, namespace: NAMESPACE, signer, now });
  if (verdict.kind === 'refused') throw bundleUntrusted.notAllowed(key, file, verdict.why);
  // Last: with a key of nobody's choice nothing is computed.
  if (!isSignatureOf(signature, index)) throw bundleUntrusted.notOfIndex();
  return verdict.line;
}

/** Where the files are not those of the index, which are in its order. */
function differences({ files: indexed }: BundleIndex, files: readonly ArchivedFile[]): string[] {
  const faults: string[] = [];
  const there = new Map(files.map((file) => [file.path, file.content]));
  const named = new Set(indexed.map(({ path }) => path));
  for (const { path, size, sha256: expected } of indexed) {
    const content = there.get(path);
    if (content === undefined) faults.push(`${path}: is missing`);
    else if (content.length !== size) faults.push(`${path}: has ${content.length} bytes, expected ${size}`);
    else if (sha256(content) !== expected) faults.push(`${path}: has another content`);
  }
  for (const { path } of files) if (!named.has(path)) faults.push(`${path}: is not in the index`);
  if (faults.length === 0 && files.some(({ path }, position) => path !== indexed[position]?.path))
    faults.push('the files are not in the order of the index');
  return faults;
}

function sha256(content: Buffer): string {
  return createHash('sha256').update(content).digest('hex');
}
