import fs from 'node:fs';

const O_CLOEXEC = 0o2000000;

/**
 * Closes every descriptor above 2 that a client leaked to us (EV-12, H01): bubblewrap passes on what it inherits, and a
 * server must not find the client's database or log open. Runs before anything of ours is opened; what the runtime
 * opened for itself is close-on-exec and stays.
 */
export function closeInheritedFds(): void {
  // On macOS the shell before the server does it (seatbelt/launch-command.ts): the flag cannot be seen there.
  if (process.platform === 'darwin') return;
  for (const name of fs.readdirSync('/proc/self/fd')) {
    const fd = Number(name);
    if (fd <= 2) continue;
    try {
      const flags = /^flags:\s*([0-7]+)/m.exec(fs.readFileSync(`/proc/self/fdinfo/${fd}`, 'utf8'))?.[1];
      if (flags !== undefined && (Number.parseInt(flags, 8) & O_CLOEXEC) === 0) fs.closeSync(fd);
    } catch {
      // The descriptor of the listing itself, gone by now.
    }
  }
}
