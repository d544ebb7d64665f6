// `cordon bundle create|verify|install`: a whole policy as one signed file, for machines that no MDM reaches.
import path from 'node:path';
import { INDEX_MAX_BYTES, indexText, parseIndex, secondsOf, timeText } from '../bundle/index-file.ts';
import { installBundle } from '../bundle/install-bundle.ts';
import { requireInTime } from '../bundle/installed-bundle.ts';
import { loadSigners } from '../bundle/load-signers.ts';
import { type BundleHead, makeIndex, sealBundle } from '../bundle/make-bundle.ts';
import { openBundle, type TrustedBundle } from '../bundle/open-bundle.ts';
import { policyFolder } from '../bundle/policy-folder.ts';
import { readPolicyFiles } from '../bundle/read-policy.ts';
import { signIndex } from '../bundle/sign-index.ts';
import { NAMESPACE } from '../bundle/ssh-signature.ts';
import {
  bundleExpiryInvalid,
  bundleInvalid,
  bundleNotNamed,
  bundleSignWays,
  bundleUnreadable,
  bundleUsage,
  bundleWords,
  indexNotOfFolder,
  installNeedsRoot,
} from '../messages/bundle.ts';
import { outputUnwritable } from '../messages/usage.ts';
import { shellQuote } from '../messages/wording.ts';
import { requireRootDecides } from '../profile/ownership.ts';
import { readSmallFile } from '../profile/read-file.ts';
import { PROFILE_NAME } from '../profile/schema.ts';
import type { Target } from '../setup/apply.ts';
import { writeAtomically } from '../store/atomic-write.ts';
import type { CommandContext } from './context.ts';

export interface BundleOptions {
  readonly out?: string;
  readonly key?: string;
  readonly index?: string;
  readonly signature?: string;
  readonly expires?: string;
  readonly signers?: string;
  readonly signer?: string;
  readonly dryRun?: boolean;
  readonly root?: string;
}

/** With the headers and padding of an archive, and room for the index. */
const BUNDLE_MAX_BYTES = 288 * 1024 * 1024;
const SIGNATURE_MAX_BYTES = 64 * 1024;
const DAYS_VALID = 90;
const DAY_MS = 24 * 60 * 60 * 1000;

/** Exit status 0; whatever is refused is an error. */
export async function bundleCommand(
  context: CommandContext,
  [action, ...operands]: readonly string[],
  options: BundleOptions,
): Promise<number> {
  switch (action) {
    case 'create':
      return create(context, operands, options);
    case 'verify':
      return verify(context, operands, options);
    case 'install':
      return install(context, operands, options);
    case undefined:
    default:
      throw bundleUsage();
  }
}

async function create(
  context: CommandContext,
  [named = '', folder, ...more]: readonly string[],
  options: BundleOptions,
): Promise<number> {
  if (folder === undefined || more.length > 0) throw bundleUsage();
  const way = wayToSign(options);
  const head = headOf(named, options.expires);
  const { files, leftOut } = readPolicyFiles(folder);
  const { index: made, unapproved } = makeIndex(head, files);
  const index = way.kind === 'signed' ? indexFrom(way.index, made) : Buffer.from(indexText(made));
  if (leftOut.length > 0) context.err(`${bundleWords.leftOut(leftOut)}\n`);
  if (unapproved.length > 0) context.err(`${bundleWords.unapproved(unapproved)}\n`);
  const { name, version } = head;
  if (way.kind === 'to-sign') {
    write(way.index, index);
    if (context.json) print(context, { name, version, index: way.index });
    else context.out(`${bundleWords.toSign(way.index)}\n`);
    context.err(`hint: ssh-keygen -Y sign -n ${NAMESPACE} -f <key> ${shellQuote(way.index)}\n`);
    return 0;
  }
  const signature = way.kind === 'key' ? await signIndex(index, way.key) : readSignatureFile(way.signature);
  const { bytes, key } = sealBundle(index, signature, files);
  write(way.out, bytes);
  if (context.json) print(context, { name, version, bundle: way.out, files: files.length, key });
  else context.out(`${bundleWords.created(name, version, files.length, way.out)}\n`);
  return 0;
}

type WayToSign =
  | { readonly kind: 'key'; readonly out: string; readonly key: string }
  /** Elsewhere: the first call writes what is to be signed, the second takes the signature. */
  | { readonly kind: 'to-sign'; readonly index: string }
  | { readonly kind: 'signed'; readonly out: string; readonly index: string; readonly signature: string };

function wayToSign({ out, key, index, signature }: BundleOptions): WayToSign {
  if (out !== undefined && key !== undefined && index === undefined && signature === undefined)
    return { kind: 'key', out, key };
  if (key === undefined && index !== undefined) {
    if (out !== undefined && signature !== undefined) return { kind: 'signed', out, index, signature };
    if (out === undefined && signature === undefined) return { kind: 'to-sign', index };
  }
  throw bundleSignWays();
}

function headOf(named: string, expires: string | undefined): BundleHead {
  const [, name = '', digits = ''] = /^([^@]+)@([1-9]\d{0,14})$/.exec(named) ?? [];
  if (!PROFILE_NAME.test(name)) throw bundleNotNamed();
  const now = Date.now();
  return {
    name,
    version: Number(digits),
    created: timeText(now),
    expires: expires === undefined ? timeText(now + DAYS_VALID * DAY_MS) : readExpiry(expires),
  };
}

function readExpiry(text: string): string {
  const whole = /^\d{4}-\d\d-\d\d$/.test(text) ? `${text}T00:00:00Z` : text;
  if (secondsOf(whole) === undefined) throw bundleExpiryInvalid();
  return whole;
}

/** The very bytes that were signed, which must say the same of the same files; when it was made, it says itself. */
function indexFrom(file: string, { name, version, files }: ReturnType<typeof makeIndex>['index']): Buffer {
  const bytes = readFile(file, INDEX_MAX_BYTES);
  const parsed = parseIndex(bytes);
  if (!parsed.ok) throw bundleInvalid(parsed.faults);
  if (indexText(parsed.index) !== indexText({ ...parsed.index, name, version, files }))
    throw indexNotOfFolder(file);
  return bytes;
}

function readSignatureFile(file: string): Buffer {
  return readFile(file, SIGNATURE_MAX_BYTES);
}

function verify(context: CommandContext, operands: readonly string[], options: BundleOptions): number {
  const now = Date.now();
  const bundle = opened(operands, options, { root: '/', mustBeRoots: false, now });
  requireInTime(bundle.index, now);
  const { index, digest, signer, unapproved } = bundle;
  if (context.json) {
    print(context, { ...index, index: digest, signer, unapproved });
    return 0;
  }
  context.out(
    [
      bundleWords.verified(index.name, index.version, index.files.length),
      bundleWords.by(signer.principals, signer.type, signer.key),
      bundleWords.times(index.created, index.expires),
      '',
    ].join('\n'),
  );
  if (unapproved.length > 0) context.err(`${bundleWords.unapproved(unapproved)}\n`);
  return 0;
}

async function install(
  context: CommandContext,
  operands: readonly string[],
  options: BundleOptions,
): Promise<number> {
  const target = targetOf(options);
  const now = Date.now();
  const bundle = opened(operands, options, {
    root: target.root,
    mustBeRoots: target.root === '/',
    now,
  });
  const changes = await installBundle(bundle, target, now);
  const { name, version } = bundle.index;
  if (context.json) {
    print(context, { dryRun: target.dryRun, name, version, changes });
    return 0;
  }
  for (const change of changes) context.out(`${bundleWords.change(change, target.dryRun)}\n`);
  if (changes.length === 0) context.out(`${bundleWords.nothing}\n`);
  else if (!target.dryRun) context.out(`${bundleWords.installed(name, version)}\n`);
  if (bundle.unapproved.length > 0) context.err(`${bundleWords.unapproved(bundle.unapproved)}\n`);
  return 0;
}

function opened(
  [file, ...more]: readonly string[],
  { signers, signer }: BundleOptions,
  { root, mustBeRoots, now }: { readonly root: string; readonly mustBeRoots: boolean; readonly now: number },
): TrustedBundle {
  if (file === undefined || more.length > 0) throw bundleUsage();
  const trusted = signers ?? path.join(policyFolder({ root }), 'allowed_signers');
  const lines = loadSigners(trusted, mustBeRoots);
  return openBundle(readFile(file, BUNDLE_MAX_BYTES), { lines, file: trusted, signer, now });
}

/** @throws CordonError INSTALLATION_UNSAFE when what would be written could be swapped by somebody else */
function targetOf({ root, dryRun = false }: BundleOptions): Target {
  const [uid, gid] = [process.getuid?.() ?? -1, process.getgid?.() ?? -1];
  const below = path.resolve(root ?? '/');
  if (below !== '/') return { root: below, uid, gid, dryRun };
  if (uid !== 0 && !dryRun) throw installNeedsRoot();
  requireRootDecides(policyFolder({ root: '/' }));
  return { root: '/', uid: 0, gid: 0, dryRun };
}

function readFile(file: string, maxBytes: number): Buffer {
  const read = readSmallFile(path.resolve(file), maxBytes);
  if (read.kind !== 'ok') throw bundleUnreadable(file, read.kind === 'missing' ? 'does not exist' : read.why);
  return read.bytes;
}

function write(file: string, content: Buffer): void {
  try {
    writeAtomically(path.resolve(file), content);
  } catch (error) {
    throw outputUnwritable(error);
  }
}

function print({ out }: CommandContext, document: object): void {
  out(`${JSON.stringify(document, null, 2)}\n`);
}
