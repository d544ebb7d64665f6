// `explain` and `list` as a person runs them: the executable, the shipped profiles, a home folder without a store.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { copyProgram } from '../escape/columns.ts';
import { ROOT } from '../fixtures/launcher.ts';

const scratch = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'cordon-explain-')));
const home = path.join(scratch, 'home');
const workspace = path.join(home, 'project');
let cordon: string;

function run(args: readonly string[], cwd = workspace) {
  const { status, stdout, stderr } = spawnSync(cordon, args, {
    cwd,
    encoding: 'utf8',
    env: { HOME: home, PATH: '/usr/bin:/bin' },
  });
  return { status, stdout, stderr };
}

beforeAll(() => {
  fs.mkdirSync(path.join(workspace, '.git'), { recursive: true });
  cordon = copyProgram(scratch).cordon;
});

afterAll(() => fs.rmSync(scratch, { recursive: true, force: true }));

describe('cordon explain', () => {
  it('explains a shipped profile before anything is installed, and makes nothing', () => {
    const { status, stdout, stderr } = run(['explain', 'filesystem']);
    expect(stderr).toBe('');
    expect(status).toBe(0);
    expect(stdout).toContain('not yet: cordon install filesystem');
    expect(stdout).toMatch(new RegExp(`^  write +${workspace} `, 'm'));
    expect(stdout).toMatch(new RegExp(`^  protected +${workspace}/\\.git `, 'm'));
    expect(run(['explain', 'memory']).stdout).toContain('seen as /cordon/state; made at the first start');
    expect(fs.readdirSync(home)).toEqual(['project']);
  });

  it('prints the plan with --json', () => {
    const plan = JSON.parse(run(['explain', 'filesystem', '--json']).stdout) as Record<string, unknown>;
    expect(plan).toMatchObject({
      profile: 'filesystem',
      workingDirectory: workspace,
      network: { kind: 'none' },
      about: { package: 'not-installed', workspace, runtime: { state: 'unusable', code: 'RUNTIME_MISSING' } },
    });
    expect(plan['mounts']).toContainEqual({
      kind: 'bind',
      from: { role: 'grant', index: expect.any(Number) as number },
      source: workspace,
      target: workspace,
      access: 'write',
    });
  });

  it('refuses what a start would be refused', () => {
    expect(run(['explain', 'filesystem'], home)).toMatchObject({
      status: 125,
      stdout: '',
      stderr: expect.stringContaining('[WORKSPACE_TOO_BROAD]') as string,
    });
    expect(run(['explain', 'filesytem']).stderr).toContain('did you mean "filesystem"?');
  });
});

describe('cordon list', () => {
  it('shows every shipped profile, and how to install them', () => {
    const { status, stdout, stderr } = run(['list']);
    expect(status).toBe(0);
    const names = fs
      .readdirSync(path.join(ROOT, 'profiles'), { withFileTypes: true })
      .flatMap((entry) => (entry.isDirectory() ? [entry.name] : []))
      .toSorted();
    for (const name of names)
      expect(stdout).toMatch(
        new RegExp(`^${name} +\\S+@\\S+ +shipped +sha256:[0-9a-f]{12} +not installed$`, 'm'),
      );
    expect(stderr).toContain(`hint: cordon install ${names.join(' ')}`);
  });
});
