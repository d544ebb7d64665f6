// A launcher in a network of the tests' own, whose only name server is ours: what it asks, and any packet at all, is seen.
import { once } from 'node:events';
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { ROOT } from '../fixtures/launcher.ts';

interface Told {
  /** Every IP packet that was sent in that network, loopback included. */
  readonly packets: number;
  readonly questions: ReadonlyArray<{ readonly name: string; readonly type: number }>;
  /** Connections by address. */
  readonly greeted: Readonly<Record<string, number>>;
}

/** Answers by name, one list of addresses for each time that it is asked; the last one stays. */
type Script = Readonly<Record<string, ReadonlyArray<readonly string[]>>>;

export interface EgressWorld {
  /** Put before a command, which then runs in that network. */
  readonly wrap: readonly string[];
  /** Forgets what was seen. */
  script(answers: Script): Promise<void>;
  tell(): Promise<Told>;
  /** Looks a name up there, outside every sandbox. */
  look(name: string): Promise<{ readonly address?: string; readonly code?: string }>;
}

export const WORLD_PORT = 7443;

/** @param folder may be entered by every user */
export function egressWorld(folder: string, name: string): EgressWorld {
  const control = path.join(folder, `${name}.sock`);
  const replaced = (file: string, content: string): readonly string[] => {
    if (!fs.existsSync(file)) return [];
    const own = path.join(folder, `${name}-${path.basename(file)}`);
    fs.writeFileSync(own, content);
    fs.chmodSync(own, 0o644);
    return ['--ro-bind', own, fs.realpathSync(file)];
  };
  const ask = async <Value>(operation: string, given?: unknown): Promise<Value> => {
    const socket = net.connect(control);
    await once(socket, 'connect');
    socket.write(`${JSON.stringify([operation, given])}\n`);
    const [line] = (await once(createInterface({ input: socket }), 'line')) as [string];
    socket.destroy();
    return JSON.parse(line) as Value;
  };
  return {
    wrap: [
      ...'/usr/bin/bwrap --dev-bind / / --unshare-net --die-with-parent --cap-add ALL'.split(' '),
      ...replaced('/etc/resolv.conf', 'nameserver 127.0.0.1\n'),
      ...replaced('/etc/nsswitch.conf', 'hosts: files dns\n'),
      '--',
      process.execPath,
      path.join(ROOT, 'test/fixtures/egress-world.mjs'),
      control,
      String(WORLD_PORT),
    ],
    script: async (answers) => void (await ask('script', answers)),
    tell: () => ask('tell'),
    look: (wanted) => ask('look', wanted),
  };
}
