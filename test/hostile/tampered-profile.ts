// One installed profile in a home folder of its own, for tests that change something of it and start it: what a refusal
// must look like from all sides is checked in one place.
import { execFileSync, spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { expect } from 'vitest';
import { type InstalledProfile, installFixtureProfile } from '../fixtures/installed-profile.ts';
import {
  INITIALIZE,
  type Launcher,
  processesWith,
  ROOT,
  serversWith,
  startLauncher,
  ORDERLY,
  until,
} from '../fixtures/launcher.ts';

const PACKAGE = 'tampered-server';
const SOURCE = path.join(ROOT, 'test/fixtures/servers/requiring-server.cjs');
/** A launch that waits for a writer or a reader is one that hangs for good. */
const PATIENCE_MS = 8_000;

interface Refusal {
  readonly code: string;
  /** What both the client and the user must read, besides the code: which file it is. */
  readonly names: string;
  /** What the client asks for, when it is not the profile that was installed. */
  readonly profile?: string;
  /** Where it starts the server, when that is not the workspace. */
  readonly cwd?: string;
}

export interface TamperedProfile extends InstalledProfile {
  readonly home: string;
  readonly workspace: string;
  readonly store: string;
  /** `<store>/<digest>`. */
  readonly digestFolder: string;
  readonly stateFolder: string;
  /** Path of a file of the package. */
  readonly file: (name: string) => string;
  /** How errors name a file of the package. */
  readonly inTree: (name: string) => string;
  start(profile?: string, cwd?: string): Launcher;
  /** It starts and answers; ended again afterwards. */
  expectStart(): Promise<void>;
  /** The client is told, the user is told, the log has it, and nothing ran. Resolves with what the user reads. */
  expectRefusal(refusal: Refusal): Promise<string>;
  /** Everything in the home folder as it was after the installation. */
  restore(): void;
  remove(): void;
}

export interface TamperedOptions {
  /** An interpreter of its own, to be tampered with as well. */
  readonly runtime?: string;
}

export function installTamperedProfile(options: TamperedOptions = {}): TamperedProfile {
  const scratch = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'cordon-tampered-')));
  const home = path.join(scratch, 'home');
  const workspace = path.join(scratch, 'workspace');
  const sources = path.join(scratch, 'sources');
  const token = `cordon-token-${randomUUID()}`;
  for (const folder of [workspace, sources]) fs.mkdirSync(folder, { recursive: true });
  const texts: Readonly<Record<string, string>> = {
    'index.cjs': "exports.greeting = require('./lib/words.cjs') + require('inner');\n",
    'lib/words.cjs': "module.exports = 'hello ';\n",
    'lib/tool.sh': '#!/bin/sh\n',
    'node_modules/inner/index.js': "module.exports = 'world';\n",
  };
  const files: Record<string, string> = { 'server.cjs': SOURCE };
  for (const [name, text] of Object.entries(texts)) {
    files[name] = path.join(sources, name.replaceAll('/', '-'));
    fs.writeFileSync(files[name], text);
  }
  const installed = installFixtureProfile({
    home,
    name: 'tampered',
    package: PACKAGE,
    entry: 'server.cjs',
    files,
    executable: ['lib/tool.sh'],
    profile: {
      args: [token],
      permissions: { filesystem: [{ path: '${state}', access: 'write' }] },
    },
    ...options,
  });
  const pristine = path.join(scratch, 'pristine');
  copyExactly(home, pristine);
  const digestFolder = path.dirname(installed.tree);
  const log = path.join(home, '.local/state/cordon/audit.jsonl');
  const start = (profile = 'tampered', cwd = workspace): Launcher => startLauncher(profile, { home, cwd });

  return {
    ...installed,
    home,
    workspace,
    store: path.dirname(digestFolder),
    digestFolder,
    stateFolder: path.join(home, '.local/state/cordon/profiles/tampered'),
    file: (name) => path.join(installed.packageFolder, name),
    inTree: (name) => `node_modules/${PACKAGE}/${name}`,
    start,
    async expectStart() {
      const launcher = start();
      const answer = await launcher.request('initialize', INITIALIZE);
      expect(answer['result'], launcher.stderr()).toMatchObject({ serverInfo: { name: 'hello world' } });
      // The control for "there is no server": while it runs, there is.
      expect(serversWith(token)).not.toEqual([]);
      launcher.child.stdin?.end();
      expect(ORDERLY).toContain((await launcher.exited).code);
    },
    async expectRefusal({ code, names, profile = 'tampered', cwd }) {
      const launcher = start(profile, cwd);
      const patience = setTimeout(() => launcher.child.kill('SIGKILL'), PATIENCE_MS);
      const answer = await launcher.request('initialize', INITIALIZE);
      clearTimeout(patience);
      expect(answer).toMatchObject({ error: { code: -32603, data: { source: 'cordon', reason: code } } });
      const { message } = answer['error'] as { message: string };
      expect(message).toMatch(new RegExp(`^${code}: `));
      expect(message).toContain(names);
      expect(serversWith(token)).toEqual([]);
      await until(() => processesWith(token).length === 0, 1000, 'the end of all processes');
      launcher.child.stdin?.end();
      expect((await launcher.exited).code).toBe(125);
      expect(launcher.stderr()).toMatch(new RegExp(`^error: .* \\[${code}\\]\n`));
      expect(launcher.stderr()).toContain(names);
      const last: unknown = JSON.parse(fs.readFileSync(log, 'utf8').trimEnd().split('\n').at(-1) ?? '');
      expect(last).toMatchObject({ event: 'refused', profile: profile.slice(0, 64), code });
      expect(fs.readFileSync(log, 'utf8')).not.toContain('"event":"started"');
      return launcher.stderr();
    },
    restore() {
      fs.rmSync(home, { recursive: true });
      copyExactly(pristine, home);
    },
    remove() {
      spawnSync('/bin/chmod', ['-R', 'u+rwx', scratch]);
      fs.rmSync(scratch, { recursive: true, force: true });
    },
  };
}

/** With modes, owners and times. */
function copyExactly(from: string, to: string): void {
  execFileSync('/bin/cp', ['-a', from, to]);
}
