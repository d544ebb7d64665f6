// What the doctor asks the probe, and what comes back. The probe is ours but runs where servers run: its answer is
// checked like any other input.
import * as z from 'zod';

export type Question =
  /** lstat */
  | { readonly ask: 'exists'; readonly path: string }
  /** Names in a folder. */
  | { readonly ask: 'list'; readonly path: string }
  /** The first 256 KiB of a file, as latin1. */
  | { readonly ask: 'read'; readonly path: string }
  /** open for reading and writing; nothing is written. */
  | { readonly ask: 'open'; readonly path: string }
  /** access(2) with W_OK; nothing is written. */
  | { readonly ask: 'writable'; readonly path: string }
  /** Writes a file; only for the doctor's own scratch folder. */
  | { readonly ask: 'write'; readonly path: string }
  /** readlink */
  | { readonly ask: 'link'; readonly path: string }
  | { readonly ask: 'identity' }
  /** Open descriptors above 2 that are not the runtime's own. */
  | { readonly ask: 'descriptors' }
  | { readonly ask: 'run'; readonly command: readonly string[] }
  /** TCP to 127.0.0.1. */
  | { readonly ask: 'connect'; readonly port: number }
  /** What a TCP server says first, reached directly or with CONNECT through a proxy on 127.0.0.1. */
  | {
      readonly ask: 'greeting';
      readonly host: string;
      readonly port: number;
      readonly proxy: number | null;
    }
  /** A unix socket by its path. */
  | { readonly ask: 'unix'; readonly path: string }
  /** Starts one command again and again until it is refused or was started `atMost` times. */
  | { readonly ask: 'processes'; readonly command: readonly string[]; readonly atMost: number };

/** `error` is the system's short word (`ENOENT`). */
export type Answer = { readonly ok: unknown } | { readonly error: string };

export const answersSchema = z.array(
  z.union([z.strictObject({ ok: z.unknown() }), z.strictObject({ error: z.string().max(500) })]),
);

export const names = z.array(z.string());
export const text = z.string();
export const identity = z.strictObject({
  pid: z.int(),
  parent: z.int(),
  uid: z.int(),
  gid: z.int(),
  hostname: z.string(),
  environment: z.record(z.string(), z.string()),
});
export const descriptors = z.array(z.strictObject({ fd: z.int(), target: z.string() }));
export const commandResult = z.strictObject({ status: z.int().nullable(), stderr: z.string() });
export const processCount = z.strictObject({ started: z.int(), stoppedBy: z.string().nullable() });
