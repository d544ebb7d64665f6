import fs from 'node:fs';

/** Whether a person types there. Only a device is asked further: node:tty loads streams and sockets, 2 ms of a start. */
export async function isTerminal(fd: number): Promise<boolean> {
  try {
    if (!fs.fstatSync(fd).isCharacterDevice()) return false;
  } catch {
    return false;
  }
  const { isatty } = await import('node:tty');
  return isatty(fd);
}
