// The index of a bundle: what is signed. It names every file with its hash, so that a signature over it is one over all. Written
// in one way only: whoever reads the text reads what the program reads.
import * as z from 'zod/mini';
import { checkShape } from '../json/check-shape.ts';
import { jsonPath } from '../json/json-path.ts';
import { parseStrictJson } from '../json/strict-json.ts';
import { decodeUtf8 } from '../profile/read-file.ts';
import { PROFILE_NAME } from '../profile/schema.ts';
import { allowedSize, CONFIG, NEEDED, pathFault, PROFILES, profileOf } from './policy-paths.ts';

interface IndexedFile {
  readonly path: string;
  readonly size: number;
  /** Of the installed file. There is one, so that nothing in a bundle can be executed. */
  readonly mode: '0644';
  /** Hex. */
  readonly sha256: string;
}

export interface BundleIndex {
  readonly schema: 1;
  readonly name: string;
  /** Goes up with every bundle of that name. */
  readonly version: number;
  readonly created: string;
  readonly expires: string;
  /** Sorted by path. */
  readonly files: readonly IndexedFile[];
}

export type ParsedIndex =
  | { readonly ok: true; readonly index: BundleIndex }
  | { readonly ok: false; readonly faults: readonly string[] };

export const INDEX_MAX_BYTES = 4 * 1024 * 1024;
/** Of all files together: as much as a thousand large profiles have. */
const CONTENT_MAX_BYTES = 256 * 1024 * 1024;
export const MAX_FILES = 8192;

const time = z
  .string()
  .check(
    z.refine<string>(
      (text) => secondsOf(text) !== undefined,
      'must be a time in UTC such as "2027-01-31T12:00:00Z"',
    ),
  );

const indexSchema = z.strictObject({
  schema: z.literal(1),
  name: z.string().check(z.regex(PROFILE_NAME, 'must be a name of a-z, 0-9 and "-"')),
  version: z.int().check(z.minimum(1)),
  created: time,
  expires: time,
  files: z
    .array(
      z.strictObject({
        path: z.string().check(z.maxLength(200)),
        size: z.int().check(z.minimum(0)),
        mode: z.literal('0644'),
        sha256: z.string().check(z.regex(/^[0-9a-f]{64}$/, 'must be 64 hex digits')),
      }),
    )
    .check(z.minLength(1), z.maxLength(MAX_FILES)),
});

/** Only for text without a fault. */
export function secondsOf(text: string): number | undefined {
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(text)) return undefined;
  const milliseconds = Date.parse(text);
  // A 31st of February is none, whatever a parser makes of it.
  return Number.isNaN(milliseconds) || timeText(milliseconds) !== text ? undefined : milliseconds / 1000;
}

export function timeText(milliseconds: number): string {
  return `${new Date(milliseconds).toISOString().slice(0, 19)}Z`;
}

/** The one text of an index. */
export function indexText({ schema, name, version, created, expires, files }: BundleIndex): string {
  const document = {
    schema,
    name,
    version,
    created,
    expires,
    files: files.map(({ path, size, mode, sha256 }) => ({ path, size, mode, sha256 })),
  };
  return `${JSON.stringify(document, undefined, 2)}\n`;
}

export function parseIndex(bytes: Uint8Array): ParsedIndex {
  const text = decodeUtf8(bytes);
  if (text === undefined) return refused(['(top level): is not UTF-8']);
  const json = parseStrictJson(text);
  if (!json.ok) return refused(json.issues.map((issue) => `${issue.path}: ${issue.message}`));
  const shape = checkShape(indexSchema, json.value);
  if (!shape.ok) return refused(shape.lines);
  const index = shape.value;
  const faults = indexFaults(index);
  if (faults.length > 0) return refused(faults);
  if (indexText(index) !== text)
    return refused(['(top level): is not written as cordon writes it: order of keys, spaces or escapes']);
  return { ok: true, index };
}

function refused(faults: readonly string[]): ParsedIndex {
  return { ok: false, faults };
}

/** What the schema cannot show. */
export function indexFaults({ created, expires, files }: BundleIndex): string[] {
  const faults: string[] = [];
  const report = (place: readonly PropertyKey[], message: string) =>
    faults.push(`${jsonPath(place)}: ${message}`);
  if ((secondsOf(expires) ?? 0) <= (secondsOf(created) ?? 0)) report(['expires'], 'must be after "created"');
  const folded = new Map<string, string>();
  for (const [position, { path, size }] of files.entries()) {
    const place = ['files', position];
    const fault = pathFault(path);
    if (fault !== undefined) report([...place, 'path'], fault);
    const before = folded.get(path.toLowerCase());
    if (before === path) report([...place, 'path'], 'is there twice');
    else if (before !== undefined) report([...place, 'path'], 'differs from another one only by case');
    else if (position > 0 && path < (files[position - 1]?.path ?? ''))
      report([...place, 'path'], 'is not in order');
    folded.set(path.toLowerCase(), path);
    const most = allowedSize(path);
    if (most !== undefined && size > most) report([...place, 'size'], `must be at most ${most}`);
  }
  if (files.reduce((sum, { size }) => sum + size, 0) > CONTENT_MAX_BYTES)
    report(['files'], `must have at most ${CONTENT_MAX_BYTES} bytes together`);
  for (const missing of missingFiles(files.map(({ path }) => path)))
    report(['files'], `must hold "${missing}"`);
  return faults;
}

/** A bundle is a whole policy: what is not in it is taken away when it is installed. */
function missingFiles(paths: readonly string[]): string[] {
  const there = new Set(paths);
  const profiles = new Set(paths.flatMap((path) => profileOf(path) ?? []));
  const needed = [...profiles].flatMap((name) => NEEDED.map((file) => `${PROFILES}/${name}/${file}`));
  return [CONFIG, ...needed].filter((path) => !there.has(path));
}
