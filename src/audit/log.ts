// The audit log: one JSON line per event, outside every sandbox, by pino. pino is loaded when the first event is written,
// which is after the server was started or refused: it costs some milliseconds that the start need not wait for.
import fs from 'node:fs';
import path from 'node:path';
import { auditUnwritable } from '../messages/run.ts';
import type { AuditEvent } from './event.ts';

const MAX_BYTES = 8 * 1024 * 1024;
const KEEP = 4;
const SESSION_BYTES = 64 * 1024;

export interface AuditLog {
  /** Resolves when the line was handed to the kernel. Never throws: a full disk must not end a running session. */
  record(event: AuditEvent): Promise<void>;
}

/**
 * Opens (and rotates) the log. Throws AUDIT_UNWRITABLE: a server that cannot be audited is not started.
 * @param onLost told once, when a line cannot be written all the same
 */
export function openAudit(file: string, onLost: (cause: unknown) => void = () => {}): AuditLog {
  let fd: number;
  try {
    fs.mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
    rotate(file);
    fd = fs.openSync(
      file,
      fs.constants.O_WRONLY |
        fs.constants.O_APPEND |
        fs.constants.O_CREAT |
        fs.constants.O_NOFOLLOW |
        fs.constants.O_NONBLOCK,
      0o600,
    );
    const stat = fs.fstatSync(fd);
    if (!stat.isFile()) throw new Error('not a regular file');
    refuseOfAnother(stat.uid, fs.statSync(path.dirname(file)).uid);
    // A server with a writable grant can fill the disk: what comes after must not start without a trace.
    if (isFull(path.dirname(file))) throw new Error('the disk is full');
  } catch (error) {
    throw auditUnwritable(file, error);
  }
  let logger: { info(event: object): void } | undefined;
  let lost = false;
  return {
    async record(event) {
      if (logger === undefined) {
        const { default: pino } = await import('pino');
        logger = pino(
          {
            base: { pid: process.pid },
            timestamp: pino.stdTimeFunctions.isoTime,
            formatters: { level: (level) => ({ level }) },
            messageKey: 'text',
          },
          pino.destination({ fd, sync: true }),
        );
      }
      try {
        logger.info(event);
      } catch (error) {
        // A full disk, or a limit on the size of files: the session goes on, but not without a word.
        if (!lost) onLost(error);
        lost = true;
      }
    },
  };
}

/**
 * In a folder of all users another one may have made the log first, to read along, or a folder for it, to take it away again.
 * Root writes in the folders of users as well, when one of them becomes root and keeps their HOME.
 */
function refuseOfAnother(owner: number, ownerOfFolder: number): void {
  const user = process.getuid?.() ?? -1;
  if (owner !== user && owner !== ownerOfFolder) throw new Error('it belongs to another user');
  if (user !== 0 && ownerOfFolder !== user && ownerOfFolder !== 0)
    throw new Error('its folder belongs to another user');
}

/** Less than a session's lines need. File systems that tell no size (some network ones) count as roomy. */
function isFull(folder: string): boolean {
  // Of the folder: another launcher may have moved the file aside since it was opened.
  const { blocks, bavail, bsize } = fs.statfsSync(folder);
  return blocks > 0 && bavail * bsize < SESSION_BYTES;
}

/**
 * Moves a full log aside under a name of its own, so that two launchers that rotate at once lose nothing: at worst one
 * moves the other's new, short file as well, or finds that the full one was moved already.
 */
function rotate(file: string): void {
  const full = fs.lstatSync(file, { throwIfNoEntry: false });
  if (full === undefined || full.size < MAX_BYTES) return;
  const folder = path.dirname(file);
  const stem = path.basename(file, '.jsonl');
  const stamp = new Date().toISOString().replaceAll(/[:.]/g, '-');
  try {
    fs.renameSync(file, path.join(folder, `${stem}-${stamp}-${process.pid}.jsonl`));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  // In a folder of all users another one's files of such names must not push ours out, and cannot be taken away.
  const old = fs
    .readdirSync(folder)
    .filter((name) => name.startsWith(`${stem}-`) && name.endsWith('.jsonl'))
    .filter((name) => fs.lstatSync(path.join(folder, name), { throwIfNoEntry: false })?.uid === full.uid);
  for (const name of old.sort().slice(0, -KEEP)) fs.rmSync(path.join(folder, name), { force: true });
}
