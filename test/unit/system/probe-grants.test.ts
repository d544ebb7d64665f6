import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { probeGrants } from '../../../src/system/probe-grants.ts';
import { changedPaths } from '../../../src/system/watched-paths.ts';

const scratch = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'cordon-grants-')));
const workspace = path.join(scratch, 'workspace');

const grant = (source: string, access: 'read' | 'write', optional = false) => ({
  source,
  target: source,
  access,
  optional,
});

beforeEach(() => {
  fs.rmSync(workspace, { recursive: true, force: true });
  fs.mkdirSync(path.join(workspace, '.git/hooks'), { recursive: true });
});
afterAll(() => fs.rmSync(scratch, { recursive: true, force: true }));

function probe(...grants: Parameters<typeof probeGrants>[0]): ReturnType<typeof probeGrants> {
  const probed = probeGrants(grants);
  for (const one of probed) if (one.kind === 'present') fs.closeSync(one.fd);
  return probed;
}

describe('probeGrants', () => {
  it('opens files and folders', () => {
    fs.writeFileSync(path.join(workspace, 'file'), '');
    expect(probe(grant(workspace, 'write'), grant(path.join(workspace, 'file'), 'read'))).toMatchObject([
      { kind: 'present', type: 'folder', access: 'write' },
      { kind: 'present', type: 'file', access: 'read' },
    ]);
  });

  it('EV-20: pins the folders between a writable grant and what is protected in it, so that they cannot be renamed', () => {
    expect(
      probe(grant(workspace, 'write'), grant(path.join(workspace, '.git/hooks'), 'read')).map((one) => [
        one.target,
        one.access,
      ]),
    ).toEqual([
      [workspace, 'write'],
      [path.join(workspace, '.git'), 'write'],
      [path.join(workspace, '.git/hooks'), 'read'],
    ]);
  });

  it('EV-20: a protected path that is missing refuses the start, or is watched when optional', () => {
    const missing = path.join(workspace, '.vscode');
    expect(() => probe(grant(workspace, 'write'), grant(missing, 'read'))).toThrow(
      expect.objectContaining({ code: 'GRANT_PATH_MISSING' }),
    );
    expect(probe(grant(workspace, 'write'), grant(missing, 'read', true))[1]).toEqual({
      kind: 'missing',
      source: missing,
      target: missing,
      access: 'read',
    });
  });

  it('EV-17: a link anywhere on the way refuses the start', () => {
    fs.symlinkSync(workspace, path.join(scratch, 'link'));
    fs.symlinkSync('/', path.join(workspace, 'root'));
    for (const target of [
      path.join(scratch, 'link'),
      path.join(scratch, 'link/.git'),
      path.join(workspace, 'root/etc'),
    ]) {
      expect(() => probe(grant(target, 'read')), target).toThrow(
        expect.objectContaining({ code: 'GRANT_PATH_UNSAFE' }),
      );
    }
    fs.rmSync(path.join(scratch, 'link'));
  });

  it('a link in place of an optional protection is watched', () => {
    const link = path.join(workspace, '.vscode');
    fs.symlinkSync('../elsewhere', link);
    expect(probe(grant(workspace, 'write'), grant(link, 'read', true))[1]).toMatchObject({
      kind: 'missing',
      link: '../elsewhere',
    });
  });

  it('EV-17, SC-09: a FIFO, a socket and a device refuse the start without hanging', async () => {
    const fifo = path.join(workspace, 'fifo');
    spawnSync('/usr/bin/mkfifo', [fifo]);
    const socket = path.join(scratch, 'socket');
    const server = net.createServer();
    await new Promise<void>((resolve) => server.listen(socket, resolve));
    for (const target of [fifo, socket, '/dev/null']) {
      expect(() => probe(grant(target, 'read')), target).toThrow(
        expect.objectContaining({ code: 'GRANT_PATH_UNSAFE' }),
      );
    }
    await new Promise((resolve) => server.close(resolve));
  });

  it('names with spaces, newlines, commas and colons reach the kernel as they are', () => {
    const odd = path.join(workspace, 'a b,c:d\n"e"');
    fs.mkdirSync(odd);
    expect(probe(grant(odd, 'write'))).toMatchObject([{ kind: 'present', source: odd }]);
  });
});

describe('changedPaths', () => {
  it('F17: names what appeared or changed since', () => {
    const absent = { path: path.join(workspace, '.mcp.json') };
    const link = { path: path.join(workspace, '.vscode'), link: 'somewhere' };
    fs.symlinkSync('somewhere', link.path);
    expect(changedPaths([absent, link])).toEqual([]);
    fs.writeFileSync(absent.path, '{}');
    fs.rmSync(link.path);
    fs.symlinkSync('elsewhere', link.path);
    expect(changedPaths([absent, link])).toEqual([absent.path, link.path]);
  });
});
