import fs from 'node:fs';

/**
 * Returns when the descriptor has taken all of it. A stream would hold back what a slow reader does not take yet, and
 * lose it when the process ends: a document without its end.
 */
export function writeWhole(fd: number, text: string): void {
  const bytes = Buffer.from(text);
  for (let offset = 0; offset < bytes.length; ) {
    try {
      offset += fs.writeSync(fd, bytes, offset);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error;
      // A pipe that is full, made non-blocking by whoever shares it.
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1);
    }
  }
}
