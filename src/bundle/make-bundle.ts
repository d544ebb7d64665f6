// Files of a policy -> an index; index and signature -> the file that travels. Pure but for the hashes.
import { createHash } from 'node:crypto';
import { bundleInvalid, bundleUnreadableSignature, bundleUntrusted } from '../messages/bundle.ts';
import { type ArchivedFile, packArchive } from './archive.ts';
import { type BundleIndex, indexFaults } from './index-file.ts';
import { judgeContents } from './judge-contents.ts';
import { INDEX, SIGNATURE } from './open-bundle.ts';
import { fingerprint } from './public-key.ts';
import { isSignatureOf, NAMESPACE, readSignature } from './ssh-signature.ts';

export type BundleHead = Pick<BundleIndex, 'name' | 'version' | 'created' | 'expires'>;

/**
 * @returns the index, and the profiles that nobody approved
 * @throws CordonError BUNDLE_INVALID: what no machine would take is not signed either
 */
export function makeIndex(
  head: BundleHead,
  files: readonly ArchivedFile[],
): { readonly index: BundleIndex; readonly unapproved: readonly string[] } {
  const index: BundleIndex = {
    schema: 1,
    ...head,
    files: files.map(({ path, content }) => ({
      path,
      size: content.length,
      mode: '0644',
      sha256: createHash('sha256').update(content).digest('hex'),
    })),
  };
  const { faults, unapproved } = judgeContents(files);
  const all = [...indexFaults(index), ...faults];
  if (all.length > 0) throw bundleInvalid(all);
  return { index, unapproved };
}

/**
 * @returns the bytes of the bundle, and the fingerprint of the key
 * @throws CordonError BUNDLE_UNTRUSTED when the signature is none of this index
 */
export function sealBundle(
  index: Buffer,
  signature: Buffer,
  files: readonly ArchivedFile[],
): { readonly bytes: Buffer; readonly key: string } {
  const read = readSignature(signature.toString('latin1'));
  if (!read.ok) throw bundleUnreadableSignature(read.fault);
  if (read.signature.namespace !== NAMESPACE)
    throw bundleUntrusted.otherNamespace(read.signature.namespace, NAMESPACE);
  if (!isSignatureOf(read.signature, index)) throw bundleUntrusted.notOfIndex();
  const bytes = packArchive([
    { path: INDEX, content: index },
    { path: SIGNATURE, content: signature },
    ...files,
  ]);
  return { bytes, key: fingerprint(read.signature.key) };
}
