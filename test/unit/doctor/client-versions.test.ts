// The version of a client, told from what lies around its program, and what is said of old ones.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type ClientVersion, judgeClientVersions } from '../../../src/doctor/judge-client-versions.ts';
import { probeClientVersions } from '../../../src/doctor/probe-client-versions.ts';

let folder = '';
const bin = () => path.join(folder, 'bin');
const write = (file: string, content = '') => {
  fs.mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
  fs.writeFileSync(path.join(folder, file), content);
  return path.join(folder, file);
};
const packageOf = (name: string, version: unknown) => JSON.stringify({ name, version });
const link = (program: string, target: string) => fs.symlinkSync(target, path.join(bin(), program));
const found = () => probeClientVersions(['.', '', bin()]);

beforeEach(() => {
  folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'cordon-versions-')));
  fs.mkdirSync(bin());
});
afterEach(() => fs.rmSync(folder, { recursive: true }));

describe('the version is told', () => {
  it('by the package above, past one of another name', () => {
    write('lib/node_modules/@openai/codex/package.json', packageOf('@openai/codex', '0.170.1'));
    write('lib/node_modules/@openai/codex/vendor/package.json', packageOf('vendor', '9.9.9'));
    const program = write('lib/node_modules/@openai/codex/vendor/bin/codex.js');
    link('codex', program);
    expect(found()).toEqual([{ client: 'codex', path: program, version: '0.170.1' }]);
  });

  it('of a package for one platform, and of an editor that is beside its program', () => {
    write('claude-code-linux-x64/package.json', packageOf('@anthropic-ai/claude-code-linux-x64', '2.1.330'));
    link('claude', write('claude-code-linux-x64/claude'));
    write('share/code/resources/app/package.json', packageOf('Code', '1.131.0'));
    link('code', write('share/code/bin/code'));
    expect(found().map(({ client, version }) => `${client} ${version}`)).toEqual([
      'claude-code 2.1.330',
      'vscode 1.131.0',
    ]);
  });

  it('by the folder or the file of a version', () => {
    link('claude', write('share/claude/versions/2.1.240'));
    expect(found()).toMatchObject([{ client: 'claude-code', version: '2.1.240' }]);
  });

  it.each<[string, () => void]>([
    ['of no package', () => write('gemini/gemini.js')],
    ['of a package of another name', () => write('gemini/package.json', packageOf('gemini', '1.0.0'))],
    ['no version', () => write('gemini/package.json', packageOf('@google/gemini-cli', 'latest\u001b[2J'))],
    ['no JSON', () => write('gemini/package.json', 'null')],
    [
      'a package.json that never ends',
      () => fs.symlinkSync('/dev/zero', path.join(folder, 'gemini/package.json')),
    ],
  ])('by nothing: %s', (_, make) => {
    const program = write('gemini/gemini.js');
    make();
    link('gemini', program);
    expect(found()).toEqual([{ client: 'gemini', path: program, version: undefined }]);
  });

  it('of no client where there is none, and none of the current folder', () => {
    fs.mkdirSync(path.join(bin(), 'claude'));
    link('codex', path.join(folder, 'gone'));
    expect(found()).toEqual([]);
  });
});

describe('is said', () => {
  const CLIENTS = [
    { client: 'claude-code', title: 'Claude Code' },
    { client: 'vscode', title: 'VS Code' },
    { client: 'codex', title: 'Codex' },
  ] as const;
  const judged = (client: ClientVersion['client'], version: string | undefined) =>
    judgeClientVersions([{ client, path: '/usr/bin/x', version }], CLIENTS).map(
      ({ id, verdict, detail }) => `${id} ${verdict}: ${detail}`,
    );

  it.each<[ClientVersion['client'], string | undefined, RegExp]>([
    ['claude-code', '2.1.332', /^version-claude-code ok: 2\.1\.332, "\/usr\/bin\/x"/],
    ['claude-code', '2.1.169', / ok: /],
    ['claude-code', '2.1.168', / weaker: .*connects again/],
    ['claude-code', '2.1.82', / failed: .*--mcp-config/],
    ['claude-code', '1.9.999', / failed: .*knows no lists/],
    ['vscode', '1.99.3', / failed: .*does not know this policy/],
    ['vscode', '1.130.0', / ok: /],
    ['codex', '0.168.9', / weaker: .*newer ones alone/],
    ['codex', undefined, / weaker: nothing near/],
  ])('%s %s', (client, version, words) => {
    expect(judged(client, version)).toEqual([expect.stringMatching(words)]);
  });

  it('nothing of a client that has no policy here', () => {
    expect(judged('gemini', '0.1.0')).toEqual([]);
  });
});
