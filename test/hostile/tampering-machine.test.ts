// SC rows through the real `cordon run`: somebody changed the interpreter, the folders that Node would look into, or the log.
// Each row changes one thing, expects the refusal that names it, repairs it and expects the start. What is allowed to differ is
// here as well, as controls.
import { execFileSync, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { INITIALIZE } from '../fixtures/launcher.ts';
import { installTamperedProfile, type TamperedProfile } from './tampered-profile.ts';
import { editJson, refuses, tamperWithAProfile, world } from './tampering-rows.ts';

tamperWithAProfile();

describe('SC-27, SC-28: the interpreter', () => {
  const rows: ReadonlyArray<readonly [string, string, string | undefined, (runtime: string) => void]> = [
    ['is gone', 'RUNTIME_MISSING', undefined, (runtime) => fs.rmSync(runtime)],
    ['has one byte more', 'RUNTIME_CHANGED', undefined, (runtime) => fs.appendFileSync(runtime, '\n')],
    [
      'has other bytes, the old size and the old modification time',
      'RUNTIME_CHANGED',
      undefined,
      (runtime) => {
        const { atime, mtime, size } = fs.statSync(runtime);
        const fd = fs.openSync(runtime, 'r+');
        fs.writeSync(fd, '\u0001', size - 1);
        fs.closeSync(fd);
        fs.utimesSync(runtime, atime, mtime);
      },
    ],
    [
      'was replaced by a script',
      'RUNTIME_CHANGED',
      undefined,
      (runtime) => {
        fs.rmSync(runtime);
        fs.writeFileSync(runtime, '#!/bin/sh\n', { mode: 0o755 });
      },
    ],
    [
      'was replaced by a link to another one',
      'RUNTIME_CHANGED',
      undefined,
      (runtime) => {
        fs.rmSync(runtime);
        fs.symlinkSync(fs.realpathSync(process.execPath), runtime);
      },
    ],
    [
      'was replaced by a FIFO, without waiting',
      'RUNTIME_CHANGED',
      undefined,
      (runtime) => {
        fs.rmSync(runtime);
        execFileSync('mkfifo', [runtime]);
      },
    ],
    [
      'was installed again with the same bytes, which is said',
      'RUNTIME_CHANGED',
      'same content',
      (runtime) => {
        fs.renameSync(runtime, `${runtime}-old`);
        fs.copyFileSync(`${runtime}-old`, runtime);
      },
    ],
  ];

  it.each(rows)('%s', async (_what, code, names, change) => {
    const folder = fs.mkdtempSync('/var/tmp/cordon-runtime-');
    const runtime = path.join(folder, 'node');
    fs.copyFileSync(fs.realpathSync(process.execPath), runtime);
    fs.chmodSync(runtime, 0o755);
    const tampered = installTamperedProfile({ runtime });
    change(runtime);
    await tampered.expectRefusal({ code, names: names ?? runtime });
    tampered.remove();
    fs.rmSync(folder, { recursive: true });
  });

  it('control: one in a folder of the user starts', async () => {
    const folder = fs.mkdtempSync('/var/tmp/cordon-runtime-');
    const runtime = path.join(folder, 'node');
    fs.copyFileSync(fs.realpathSync(process.execPath), runtime);
    fs.chmodSync(runtime, 0o755);
    const tampered = installTamperedProfile({ runtime });
    await tampered.expectStart();
    tampered.remove();
    fs.rmSync(folder, { recursive: true });
  });

  const record = ({ store }: TamperedProfile): string => path.join(store, 'runtimes/node.json');
  refuses([
    {
      name: 'its record is gone',
      code: 'RUNTIME_MISSING',
      names: () => 'no Node.js is recorded',
      change: (tampered) => fs.rmSync(record(tampered)),
    },
    {
      name: 'its record names a script: the rest of it does not fit',
      code: 'RUNTIME_CHANGED',
      names: ({ home }) => path.join(home, 'node'),
      change: (tampered) => {
        const script = path.join(tampered.home, 'node');
        fs.writeFileSync(script, '#!/bin/sh\n', { mode: 0o755 });
        editJson(record(tampered), (value) => (value['realPath'] = script));
      },
    },
    {
      name: 'its record is nonsense',
      code: 'RUNTIME_MISSING',
      names: () => 'no Node.js is recorded',
      change: (tampered) => fs.writeFileSync(record(tampered), '{"schema":1}'),
    },
    {
      name: 'its record is a FIFO, without waiting',
      code: 'RUNTIME_MISSING',
      names: () => 'no Node.js is recorded',
      change: (tampered) => {
        fs.rmSync(record(tampered));
        execFileSync('mkfifo', [record(tampered)]);
      },
    },
  ]);

  it('control: a PATH full of other interpreters is not even looked at', async () => {
    const tampered = world;
    fs.writeFileSync(path.join(tampered.workspace, 'node'), '#!/bin/sh\ntouch started\n', { mode: 0o755 });
    await tampered.expectStart();
    expect(fs.readdirSync(tampered.workspace)).toEqual(['node']);
  });
});

describe('SC-26: packages planted where Node would look', () => {
  it('neither above the tree, nor in the home folder, nor in the workspace', async () => {
    const tampered = world;
    const { home, workspace, store, digestFolder } = tampered;
    const plant = (folder: string, name: string): string => {
      fs.mkdirSync(path.join(folder, name), { recursive: true });
      fs.writeFileSync(path.join(folder, name, 'index.js'), `module.exports = 'planted';`);
      return name;
    };
    const above = [
      plant(path.join(digestFolder, 'node_modules'), 'planted-above'),
      plant(path.join(store, 'node_modules'), 'planted-in-store'),
      plant(path.join(home, 'node_modules'), 'planted-in-home'),
    ];
    const elsewhere = [
      plant(path.join(home, '.node_modules'), 'planted-in-dot-modules'),
      plant(path.join(home, '.node_libraries'), 'planted-in-libraries'),
      plant(path.join(workspace, 'node_modules'), 'planted-in-workspace'),
    ];
    // Control: outside, from the same file, all of them are found.
    const outside = spawnSync(
      process.execPath,
      [
        '-e',
        `const { createRequire } = require('node:module');
         const [, file, ...names] = process.argv;
         for (const name of names) createRequire(file)(name);`,
        tampered.file('server.cjs'),
        ...above,
        ...elsewhere.slice(0, 2),
      ],
      { env: { HOME: home }, cwd: workspace, encoding: 'utf8' },
    );
    expect(outside.status, outside.stderr).toBe(0);

    const launcher = tampered.start();
    await launcher.request('initialize', INITIALIZE);
    const names = [...above, ...elsewhere];
    const answer = await launcher.call('require', { names });
    launcher.child.stdin?.end();
    await launcher.exited;
    expect(answer['result']).toEqual(Object.fromEntries(names.map((name) => [name, 'MODULE_NOT_FOUND'])));
  });
});

describe('SC-30: the audit log', () => {
  const log = ({ home }: TamperedProfile): string => path.join(home, '.local/state/cordon/audit.jsonl');

  it.each<[string, (place: string, tampered: TamperedProfile) => void]>([
    ['a FIFO, without waiting for a reader', (place) => void execFileSync('mkfifo', [place])],
    ['a link to another file', (place, { home }) => fs.symlinkSync(path.join(home, 'elsewhere'), place)],
    ['a folder', (place) => fs.mkdirSync(place)],
  ])('what cannot be logged does not start: %s', async (_what, make) => {
    const tampered = world;
    fs.mkdirSync(path.dirname(log(tampered)), { recursive: true });
    make(log(tampered), tampered);
    const launcher = tampered.start();
    const patience = setTimeout(() => launcher.child.kill('SIGKILL'), 8_000);
    expect(await launcher.request('initialize', INITIALIZE)).toMatchObject({
      error: { code: -32603, data: { source: 'cordon', reason: 'AUDIT_UNWRITABLE' } },
    });
    clearTimeout(patience);
    launcher.child.stdin?.end();
    expect((await launcher.exited).code).toBe(125);
    expect(launcher.stderr()).toContain(log(tampered));
    expect(fs.existsSync(path.join(tampered.home, 'elsewhere'))).toBe(false);
  });
});
