// A home folder of its own below the temporary folder, with the filesystem server in its store and a workspace beside it.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { installFixtureProfile } from '../test/fixtures/installed-profile.ts';

/** One server and where it lies: its profile for us, its files for the others. */
export interface Target {
  readonly profile: string;
  readonly home: string;
  /** The package tree that the launcher verifies; the other columns run from it. */
  readonly tree: string;
  readonly entry: string;
  readonly args: readonly string[];
}

export interface Scratch {
  readonly root: string;
  readonly workspace: string;
  /** Files of the workspace by the size of the answer that reading them gives. */
  readonly files: Readonly<Record<'64 KB' | '1 MB', string>>;
  readonly cordon: string;
  /** The interpreter that the launcher recorded: all columns use it. */
  readonly node: string;
  readonly filesystem: Target;
  /** A package of one file. */
  readonly small: Target;
  remove(): void;
}

const PROJECT = path.dirname(import.meta.dirname);

export function makeScratch(): Scratch {
  const root = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'cordon-bench-')));
  const remove = (): void => {
    spawnSync('/bin/chmod', ['-R', 'u+w', root]);
    fs.rmSync(root, { recursive: true, force: true });
  };
  try {
    return { ...fill(root), remove };
  } catch (error) {
    remove();
    throw error;
  }
}

function fill(root: string): Omit<Scratch, 'remove'> {
  const home = path.join(root, 'home');
  const workspace = path.join(root, 'workspace');
  for (const folder of [home, workspace]) fs.mkdirSync(folder);
  const cordon = path.join(PROJECT, 'bin', 'cordon');
  const install = spawnSync(cordon, ['install', 'filesystem'], {
    env: { ...process.env, HOME: home },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  if (install.status !== 0) throw new Error('cordon install filesystem failed');
  const store = path.join(home, '.local', 'share', 'cordon', 'store');
  const pins = readJson(path.join(PROJECT, 'profiles', 'filesystem', 'pins.json')) as { entry: string };
  const record = readJson(path.join(store, 'runtimes', 'node.json')) as { realPath: string };
  const tree = fs
    .readdirSync(store)
    .map((name) => path.join(store, name, 'tree'))
    .find((folder) => fs.existsSync(path.join(folder, pins.entry)));
  if (tree === undefined) throw new Error(`no tree with ${pins.entry} in ${store}`);
  return {
    root,
    workspace,
    files: { '64 KB': textFile(workspace, 64_000), '1 MB': textFile(workspace, 1_000_000) },
    cordon,
    node: record.realPath,
    filesystem: {
      profile: 'filesystem',
      home,
      tree,
      entry: path.join(tree, pins.entry),
      args: [workspace],
    },
    small: smallServer(path.join(root, 'small-home'), record.realPath),
  };
}

function smallServer(home: string, node: string): Target {
  fs.mkdirSync(home);
  const { tree, packageFolder } = installFixtureProfile({
    home,
    name: 'small',
    package: 'small-server',
    files: { 'server.mjs': path.join(import.meta.dirname, 'small-server.mjs') },
    runtime: node,
  });
  return { profile: 'small', home, tree, entry: path.join(packageFolder, 'server.mjs'), args: [] };
}

/** Where the launcher of that target writes its events. */
export function auditFile({ home }: Target): string {
  return path.join(home, '.local', 'state', 'cordon', 'audit.jsonl');
}

/** The server sends a file's text twice (`content` and `structuredContent`), so half the answer's size is in the file. */
function textFile(folder: string, answerBytes: number): string {
  const file = path.join(folder, `answer-${answerBytes}.txt`);
  fs.writeFileSync(file, 'x'.repeat(answerBytes / 2));
  return file;
}

function readJson(file: string): unknown {
  return JSON.parse(fs.readFileSync(file, 'utf8'));
}
