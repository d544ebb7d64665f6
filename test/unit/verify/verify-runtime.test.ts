import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Installation } from '../../../src/installation.ts';
import { runtimeRecordFile } from '../../../src/store/layout.ts';
import { recordRuntime } from '../../../src/store/record-runtime.ts';
import { readRuntimeRecord, runtimeIdentity } from '../../../src/verify/runtime-record.ts';
import { hashRuntime, verifyRuntime } from '../../../src/verify/verify-runtime.ts';
import { refusal } from '../../fixtures/registry/refusal.ts';
import { installationIn } from '../../fixtures/registry/workbench.ts';

let home: string;
let installation: Installation;
let program: string;

beforeEach(() => {
  home = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'cordon-runtime-')));
  fs.chmodSync(home, 0o755);
  installation = installationIn(home);
  program = path.join(home, 'node');
  fs.writeFileSync(program, '\u007fELF of a fixture', { mode: 0o755 });
  record();
});
afterEach(() => fs.rmSync(home, { recursive: true }));

/** Writes a record of `program` as install would, without running it. */
function record(): void {
  const fd = fs.openSync(program, 'r');
  const file = runtimeRecordFile(installation.store);
  fs.mkdirSync(path.dirname(file), { recursive: true });
  const { ...identity } = runtimeIdentity(fd);
  const value = { schema: 1, name: 'node', path: program, realPath: program, version: '20.1.2', ...identity };
  fs.writeFileSync(file, JSON.stringify({ ...value, sha256: hashRuntime(fd) }));
  fs.closeSync(fd);
}

describe('verifyRuntime', () => {
  it('returns the recorded file by descriptor', async () => {
    const runtime = await verifyRuntime(installation);
    expect(runtime).toMatchObject({ name: 'node', path: program, version: '20.1.2' });
    expect(fs.fstatSync(runtime.fd).ino).toBe(fs.statSync(program).ino);
    fs.closeSync(runtime.fd);
  });

  it('SC-28: another file in its place is refused', async () => {
    fs.renameSync(program, `${program}.old`);
    fs.writeFileSync(program, '\u007fELF of a stranger', { mode: 0o755 });
    const error = await refusal(verifyRuntime(installation));
    expect([error.code, error.message]).toEqual(['RUNTIME_CHANGED', expect.stringContaining('not the file')]);
  });

  it('SC-28: changed content is refused though size and mtime are put back', async () => {
    const { atime, mtime } = fs.statSync(program);
    fs.writeFileSync(program, '\u007fELF of a fiXture');
    fs.utimesSync(program, atime, mtime);
    expect((await refusal(verifyRuntime(installation))).code).toBe('RUNTIME_CHANGED');
  });

  it('says that the same content was installed again', async () => {
    const content = fs.readFileSync(program);
    fs.rmSync(program);
    fs.writeFileSync(program, content, { mode: 0o755 });
    const error = await refusal(verifyRuntime(installation));
    expect([error.code, error.message]).toEqual(['RUNTIME_CHANGED', expect.stringContaining('same content')]);
    expect(error.hints).toEqual(['cordon install']);
  });

  it('a link in its place is refused', async () => {
    fs.renameSync(program, `${program}.old`);
    fs.symlinkSync(`${program}.old`, program);
    expect((await refusal(verifyRuntime(installation))).code).toBe('RUNTIME_CHANGED');
  });

  it('says that it is gone, or was never recorded', async () => {
    fs.rmSync(program);
    expect((await refusal(verifyRuntime(installation))).code).toBe('RUNTIME_MISSING');
    fs.writeFileSync(runtimeRecordFile(installation.store), '{"schema":1}');
    expect((await refusal(verifyRuntime(installation))).code).toBe('RUNTIME_MISSING');
    // A home folder that is none.
    const nowhere = { ...installation, store: '/dev/null/.local/share/cordon/store' };
    expect((await refusal(verifyRuntime(nowhere))).code).toBe('RUNTIME_MISSING');
  });

  it('a record that others can write is refused', async () => {
    fs.chmodSync(path.dirname(runtimeRecordFile(installation.store)), 0o777);
    expect((await refusal(verifyRuntime(installation))).code).toBe('INSTALLATION_UNSAFE');
  });
});

describe('recordRuntime', () => {
  it('SC-27: takes a fixed place before PATH, and no script', async () => {
    fs.rmSync(runtimeRecordFile(installation.store));
    const shims = path.join(home, 'shims');
    fs.mkdirSync(shims);
    fs.writeFileSync(path.join(shims, 'node'), '#!/bin/sh\necho v99.0.0\n', { mode: 0o755 });
    const found = await recordRuntime(installation, `${shims}:${path.dirname(process.execPath)}`);
    expect(found.realPath).not.toContain(home);
    expect(Number(found.version.split('.')[0])).toBeGreaterThanOrEqual(20);
    expect(readRuntimeRecord(runtimeRecordFile(installation.store))).toEqual(found);
    const { fd } = await verifyRuntime(installation);
    fs.closeSync(fd);
  });

  it('leaves an unchanged record as it is, and writes a changed one anew', async () => {
    expect((await recordRuntime(installation, '')).realPath).toBe(program);
    fs.appendFileSync(program, 'x');
    expect((await recordRuntime(installation, path.dirname(process.execPath))).realPath).not.toBe(program);
  });
});
