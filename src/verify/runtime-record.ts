// `<store>/runtimes/node.json`: which interpreter the servers run on, written by `cordon install`.
import fs from 'node:fs';
import * as z from 'zod/mini';
import { readSmallFile } from '../profile/read-file.ts';
import { type Digest, isDigest } from '../digest.ts';

const decimal = z.string().check(z.regex(/^\d{1,20}$/));

const runtimeRecordSchema = z.strictObject({
  schema: z.literal(1),
  name: z.literal('node'),
  /** As found, perhaps through links. */
  path: z.string(),
  realPath: z.string().check(z.startsWith('/')),
  version: z.string().check(z.regex(/^\d+\.\d+\.\d+$/)),
  uid: z.int(),
  mode: z.int(),
  ino: decimal,
  size: decimal,
  mtimeNs: decimal,
  /** Cannot be set back without root: the field that counts (integrity.md 2.5). */
  ctimeNs: decimal,
  sha256: z.custom<Digest>((value) => typeof value === 'string' && isDigest(value)),
});

export type RuntimeRecord = z.output<typeof runtimeRecordSchema>;

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
    return z.safeParse(runtimeRecordSchema, JSON.parse(textOf(file)), { jitless: true }).data;
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
