// A script is run by the program that its first line names, which may be a script as well: who can change one of these decides
// what runs.
import fs from 'node:fs';
import { secretMemory } from '../secrets/memory.ts';

/** As much as Linux reads of it, and as many scripts as it runs by one another (BINPRM_BUF_SIZE, exec_binprm). */
const LINE_BYTES = 256;
const MAX_SCRIPTS = 5;
const LF = 0x0a;

/** Every file that is named there, also behind `env -S`. */
export function interpretersOf(program: string): readonly string[] {
  const found = new Set<string>();
  let scripts: readonly string[] = [program];
  for (let depth = 0; depth < MAX_SCRIPTS; depth += 1) {
    scripts = scripts.flatMap(namedIn).filter((path) => !found.has(path));
    for (const path of scripts) found.add(path);
  }
  return [...found];
}

function namedIn(file: string): readonly string[] {
  const line = firstLineOf(file);
  return line.startsWith('#!') ? filesAmong(line.slice(2).split(/\s+/)) : [];
}

/** Of the words of a command those that are absolute paths of files. */
export function filesAmong(words: readonly string[]): readonly string[] {
  return words.filter((word) => word.startsWith('/') && isFile(word));
}

function isFile(path: string): boolean {
  try {
    return fs.statSync(path).isFile();
  } catch {
    return false;
  }
}

/** Empty for what is none, or cannot be read: it runs by itself, or not at all. */
function firstLineOf(file: string): string {
  let fd: number;
  try {
    fd = fs.openSync(file, fs.constants.O_RDONLY | fs.constants.O_NONBLOCK);
  } catch {
    return '';
  }
  // What follows the line may be a secret: scripts that give one hold it now and then.
  const bytes = secretMemory(LINE_BYTES);
  try {
    const length = fs.readSync(fd, bytes, 0, LINE_BYTES, 0);
    const end = bytes.indexOf(LF);
    return bytes.toString('utf8', 0, end < 0 ? length : end);
  } catch {
    return '';
  } finally {
    bytes.fill(0);
    fs.closeSync(fd);
  }
}
