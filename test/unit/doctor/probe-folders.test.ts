// What a user who may not look everywhere is told: never that nothing is there, and never nothing at all.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { probeFolders } from '../../../src/doctor/probe-installation.ts';
import { probeOwners } from '../../../src/doctor/probe-owners.ts';
import type { Installation } from '../../../src/installation.ts';

let root: string;
let installation: Installation;

beforeEach(() => {
  root = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'cordon-folders-')));
  fs.chmodSync(root, 0o755);
  for (const folder of ['policy', 'data/store']) fs.mkdirSync(path.join(root, folder), { recursive: true });
  installation = {
    mode: 'managed',
    configFile: path.join(root, 'policy/config.json'),
    profileFolders: [],
    store: path.join(root, 'data/store'),
    stateRoot: path.join(root, 'state/profiles'),
    auditFile: path.join(root, 'state/audit.jsonl'),
    home: root,
    accountHome: root,
  };
});
afterEach(() => {
  for (const folder of ['', 'data']) fs.chmodSync(path.join(root, folder), 0o755);
  fs.rmSync(root, { recursive: true });
});

it('names the folder that keeps this user out', () => {
  fs.chmodSync(path.join(root, 'data'), 0);
  asNobody(() => {
    expect(probeOwners(installation, root)?.looked).toBeGreaterThan(0);
    const store = probeFolders(installation, root).find(({ id }) => id === 'store');
    expect(store).toMatchObject({ closed: path.join(root, 'data'), chain: [] });
  });
});

it('a log can be made where its folder, or the one above, is this user’s', () => {
  for (const made of [false, true]) {
    if (made) fs.mkdirSync(path.join(root, 'state'));
    const audit = probeFolders(installation, root).find(({ id }) => id === 'audit');
    expect(audit).toMatchObject({ isOutside: false });
    expect(audit?.unwritable).toBeUndefined();
  }
});

/** Root may look everywhere. */
function asNobody(look: () => void): void {
  if (process.geteuid?.() !== 0) return look();
  process.seteuid?.(65_534);
  try {
    look();
  } finally {
    process.seteuid?.(0);
  }
}
