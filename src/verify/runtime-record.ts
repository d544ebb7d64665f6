// `<store>/runtimes/node.json`: which interpreter the servers run on, written by `cordon install`.
import fs from 'node:fs';
import { readSmallFile } from '../profile/read-file.ts';
import type { Digest } from '../digest.ts';
import { accept, type JsonSchema } from '../json/accept.ts';

export interface RuntimeRecord {
  readonly schema: 1;
  readonly name: 'node';
  /** As found, perhaps through links. */
  readonly path: string;
  readonly realPath: string;
  readonly version: string;
  readonly uid: number;
  readonly mode: number;
  readonly ino: string;
  readonly size: string;
  readonly mtimeNs: string;
  /** Cannot be set back without root: the field that counts (integrity.md 2.5). */
  readonly ctimeNs: string;
  readonly sha256: Digest;
}

const decimal: JsonSchema = { type: 'string', pattern: '^\\d{1,20}$' };
const FIELDS: Readonly<Record<keyof RuntimeRecord, JsonSchema>> = {
  schema: { const: 1 },
  name: { const: 'node' },
  path: { type: 'string' },
  realPath: { type: 'string', pattern: '^/' },
  version: { type: 'string', pattern: '^\\d+\\.\\d+\\.\\d+$' },
  uid: { type: 'integer' },
  mode: { type: 'integer' },
  ino: decimal,
  size: decimal,
  mtimeNs: decimal,
  ctimeNs: decimal,
  sha256: { type: 'string', pattern: '^sha256:[0-9a-f]{64}$' },
};
const RECORD: JsonSchema = {
  type: 'object',
  properties: FIELDS,
  required: Object.keys(FIELDS),
  additionalProperties: false,
};

/**
 * The part of the record that a launch compares. The device number is left out: on btrfs, overlayfs and NFS it is
 * another one after each mount.
 */
export type RuntimeIdentity = Pick<RuntimeRecord, 'uid' | 'mode' | 'ino' | 'size' | 'mtimeNs' | 'ctimeNs'>;

export function runtimeIdentity(fd: number): RuntimeIdentity {
  const stat = fs.fstatSync(fd, { bigint: true });
  return {
    uid: Number(stat.uid),
    mode: Number(stat.mode),
    ino: String(stat.ino),
    size: String(stat.size),
    mtimeNs: String(stat.mtimeNs),
    ctimeNs: String(stat.ctimeNs),
  };
}

export function sameIdentity(record: RuntimeIdentity, found: RuntimeIdentity): boolean {
  return (['uid', 'mode', 'ino', 'size', 'mtimeNs', 'ctimeNs'] as const).every(
    (field) => record[field] === found[field],
  );
}

/** Undefined when there is none or it is not one: `cordon install` then writes it anew. */
export function readRuntimeRecord(file: string): RuntimeRecord | undefined {
  try {
    return accept(RECORD, JSON.parse(textOf(file))) as RuntimeRecord | undefined;
  } catch {
    return undefined;
  }
}

/** Without waiting at a FIFO; throws when it is no regular file. */
function textOf(file: string): string {
  const read = readSmallFile(file, 64 * 1024);
  if (read.kind !== 'ok') throw new Error(read.kind);
  return read.bytes.toString('utf8');
}
