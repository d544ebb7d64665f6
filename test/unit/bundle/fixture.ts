// Keys and signatures of the real ssh-keygen, and bundles of a real policy, made anew for each file of tests.
import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { type ArchivedFile, packArchive } from '../../../src/bundle/archive.ts';
import { parseAllowedSigners, type SignerLine } from '../../../src/bundle/allowed-signers.ts';
import { type BundleIndex, indexText } from '../../../src/bundle/index-file.ts';
import { INDEX, openBundle, SIGNATURE, type Trust } from '../../../src/bundle/open-bundle.ts';
import { NAMESPACE } from '../../../src/bundle/ssh-signature.ts';
import type { CordonError } from '../../../src/errors.ts';
import { ROOT } from '../../fixtures/launcher.ts';

export const NOW = Date.parse('2027-01-15T12:00:00Z');

export interface Key {
  /** Of the private key; the public one has `.pub` behind it. */
  readonly file: string;
  /** `ssh-ed25519 AAAA…` */
  readonly words: string;
}

export function makeKey(folder: string, type: string, bits?: number): Key {
  const file = path.join(folder, `${type}-${bits ?? ''}-${fs.readdirSync(folder).length}`);
  const size = bits === undefined ? [] : ['-b', String(bits)];
  execFileSync('ssh-keygen', ['-q', '-t', type, ...size, '-N', '', '-C', '', '-f', file]);
  return { file, words: fs.readFileSync(`${file}.pub`, 'utf8').trim() };
}

export function sign(message: Uint8Array, key: Key, namespace = NAMESPACE, hash = 'sha512'): string {
  return execFileSync(
    'ssh-keygen',
    ['-Y', 'sign', '-q', '-O', `hashalg=${hash}`, '-n', namespace, '-f', key.file],
    {
      input: message,
      encoding: 'utf8',
      stdio: ['pipe', 'pipe', 'ignore'],
    },
  );
}

/** What the real one says: whether it takes the signature. */
export function sshKeygenTakes(
  folder: string,
  {
    signers,
    signer,
    signature,
    message,
    time,
  }: {
    readonly signers: string;
    readonly signer: string;
    readonly signature: string;
    readonly message: Uint8Array;
    readonly time?: string;
  },
): boolean {
  const [list, file] = [path.join(folder, 'signers'), path.join(folder, 'signature')];
  fs.writeFileSync(list, signers);
  fs.writeFileSync(file, signature);
  const at = time === undefined ? [] : ['-O', `verify-time=${time}`];
  const args = ['-Y', 'verify', ...at, '-f', list, '-I', signer, '-n', NAMESPACE, '-s', file];
  return spawnSync('ssh-keygen', args, { input: message }).status === 0;
}

export function linesOf(text: string): readonly SignerLine[] {
  const parsed = parseAllowedSigners(text);
  if (!parsed.ok) throw new Error(parsed.faults.join('\n'));
  return parsed.lines;
}

/** A policy that a machine can live with: a configuration, and one of the shipped profiles. */
export function policyFiles(): ArchivedFile[] {
  const profile = ['approved.json', 'package-lock.json', 'pins.json', 'profile.json'].map((name) => ({
    path: `profiles/memory/${name}`,
    content: fs.readFileSync(path.join(ROOT, 'profiles/memory', name)),
  }));
  return [{ path: 'config.json', content: Buffer.from('{ "schema": 1 }\n') }, ...profile];
}

export function indexOf(files: readonly ArchivedFile[], more: Partial<BundleIndex> = {}): BundleIndex {
  return {
    schema: 1,
    name: 'corp-policy',
    version: 7,
    created: '2027-01-01T00:00:00Z',
    expires: '2027-03-01T00:00:00Z',
    files: files.map(({ path: name, content }) => ({
      path: name,
      size: content.length,
      mode: '0644',
      sha256: createHash('sha256').update(content).digest('hex'),
    })),
    ...more,
  };
}

export interface Parts {
  readonly index: string;
  readonly signature: string;
  readonly files: readonly ArchivedFile[];
}

/** A bundle as `cordon bundle create` makes it, but for what the caller does to its parts before and after they are signed. */
export function bundleOf(
  key: Key,
  options: {
    readonly files?: readonly ArchivedFile[];
    readonly index?: (index: BundleIndex) => unknown;
    readonly parts?: (parts: Parts) => Partial<Parts>;
    readonly namespace?: string;
  } = {},
): Buffer {
  const files = options.files ?? policyFiles();
  const wanted = options.index?.(indexOf(files)) ?? indexOf(files);
  const index = typeof wanted === 'string' ? wanted : indexText(wanted as BundleIndex);
  const made = { index, signature: sign(Buffer.from(index), key, options.namespace), files };
  const parts = { ...made, ...options.parts?.(made) };
  return packArchive([
    { path: INDEX, content: Buffer.from(parts.index) },
    { path: SIGNATURE, content: Buffer.from(parts.signature) },
    ...parts.files,
  ]);
}

export function trustIn(key: Key, more: Partial<Trust> = {}): Trust {
  return {
    lines: linesOf(`ops@corp.example namespaces="${NAMESPACE}" ${key.words}\n`),
    file: '/etc/cordon/allowed_signers',
    signer: undefined,
    now: NOW,
    ...more,
  };
}

export function refusalOf(act: () => unknown): CordonError {
  try {
    act();
  } catch (error) {
    return error as CordonError;
  }
  throw new Error('was taken');
}

export function open(bytes: Buffer, key: Key, more: Partial<Trust> = {}) {
  return openBundle(bytes, trustIn(key, more));
}
