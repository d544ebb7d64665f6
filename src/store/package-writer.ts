// The files of one package, as its tarball names them, into a fresh folder. Every name is judged before it is used.
import fs from 'node:fs';
import path from 'node:path';
import type { ReadEntry } from 'tar';
import { packageTooLarge, tarballInvalid } from '../messages/store.ts';
import { nameFault } from '../verify/manifest.ts';
import { LIMITS } from './limits.ts';
import { executablesOf } from './package-json.ts';

export interface Unpacked {
  readonly files: number;
  readonly bytes: number;
}

const FILE_TYPES = new Set(['File', 'OldFile', 'ContiguousFile']);

/** Takes one entry at a time: `open`, `write`…, `close`; then `finish`. */
export class PackageWriter {
  readonly #spec: string;
  readonly #folder: string;
  readonly #folders = new Set<string>();
  readonly #written = new Set<string>();
  readonly #executable = new Set<string>();
  #fd: number | undefined;
  #bytes = 0;
  #entries = 0;

  constructor(spec: string, folder: string) {
    this.#spec = spec;
    this.#folder = folder;
    fs.mkdirSync(folder, { recursive: true, mode: 0o755 });
    this.#folders.add('');
  }

  open(entry: ReadEntry): void {
    const isFile = FILE_TYPES.has(entry.type);
    // Folders come into being with their files; empty ones are not part of a tree.
    if (!isFile && entry.type !== 'Directory' && entry.type !== 'GNUDumpDir')
      throw tarballInvalid(this.#spec, `holds an entry of type ${entry.type}`, entry.path);
    this.#entries += 1;
    if (this.#entries > LIMITS.packageFiles)
      throw packageTooLarge(this.#spec, 'it', LIMITS.packageFiles, 'files and folders');
    const file = this.#destination(entry.path);
    if (!isFile || file === undefined) return;
    this.#bytes += entry.size;
    if (this.#bytes > LIMITS.packageBytes) throw packageTooLarge(this.#spec, 'it', LIMITS.packageBytes);
    if (this.#written.has(file)) throw tarballInvalid(this.#spec, 'holds one file twice', entry.path);
    this.#written.add(file);
    if (((entry.mode ?? 0) & 0o100) !== 0) this.#executable.add(file);
    this.#makeFolder(path.posix.dirname(file), entry.path);
    this.#fd = this.#create(file, entry.path);
  }

  write(chunk: Buffer): void {
    if (this.#fd === undefined) return;
    for (let offset = 0; offset < chunk.length; ) offset += fs.writeSync(this.#fd, chunk, offset);
  }

  close(): void {
    if (this.#fd !== undefined) fs.closeSync(this.#fd);
    this.#fd = undefined;
  }

  finish(): Unpacked {
    this.#renameIgnoreFiles();
    for (const file of executablesOf(this.#folder)) if (this.#written.has(file)) this.#executable.add(file);
    for (const file of this.#executable) fs.chmodSync(path.join(this.#folder, file), 0o755);
    return { files: this.#written.size, bytes: this.#bytes };
  }

  /** Path below the package's folder; undefined for what npm drops (outside the archive's one top folder). */
  #destination(name: string): string | undefined {
    if (name.startsWith('/')) throw tarballInvalid(this.#spec, 'holds an absolute path', name);
    const names = name.replace(/\/$/, '').split('/');
    for (const segment of names) {
      const fault = nameFault(segment);
      if (fault !== undefined) throw tarballInvalid(this.#spec, `holds a name that ${fault}`, name);
    }
    return names.length === 1 ? undefined : names.slice(1).join('/');
  }

  #makeFolder(folder: string, name: string): void {
    if (folder === '.' || this.#folders.has(folder)) return;
    this.#makeFolder(path.posix.dirname(folder), name);
    if (this.#written.has(folder))
      throw tarballInvalid(this.#spec, 'holds a file and a folder of one name', name);
    try {
      fs.mkdirSync(path.join(this.#folder, folder), { mode: 0o755 });
    } catch (error) {
      throw this.#collision(error, name);
    }
    this.#folders.add(folder);
  }

  #create(file: string, name: string): number {
    try {
      // Exclusive: nothing that is there already is ever written through.
      return fs.openSync(path.join(this.#folder, file), 'wx', 0o644);
    } catch (error) {
      throw this.#collision(error, name);
    }
  }

  /** The disk says that a name is taken which we did not give away: it folds case, or spellings of a letter. */
  #collision(error: unknown, name: string): unknown {
    const { code } = error as NodeJS.ErrnoException;
    return code === 'EEXIST' || code === 'EISDIR' || code === 'ENOTDIR'
      ? tarballInvalid(this.#spec, 'holds two names that are one on this disk', name)
      : error;
  }

  // As npm does: a published .gitignore serves as .npmignore, unless there is one.
  #renameIgnoreFiles(): void {
    for (const file of [...this.#written].filter((name) => path.posix.basename(name) === '.gitignore')) {
      const renamed = file.replace(/\.gitignore$/, '.npmignore');
      this.#written.delete(file);
      const isExecutable = this.#executable.delete(file);
      if (this.#written.has(renamed)) {
        fs.unlinkSync(path.join(this.#folder, file));
      } else {
        fs.renameSync(path.join(this.#folder, file), path.join(this.#folder, renamed));
        this.#written.add(renamed);
        if (isExecutable) this.#executable.add(renamed);
      }
    }
  }
}
