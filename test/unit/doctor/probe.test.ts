// The probe and its checks against a process that is not sandboxed at all: the positive control of the whole doctor. A
// check that says ok here would say ok everywhere.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  copyFileSync,
  existsSync,
  mkdtempSync,
  readlinkSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Check, judgeAnswers, type Scene, valueOf } from '../../../src/doctor/check.ts';
import { egressChecks } from '../../../src/doctor/checks-egress.ts';
import { insideChecks } from '../../../src/doctor/examine.ts';
import { countVerdicts, type Finding } from '../../../src/doctor/finding.ts';
import { planProbe, withQuestions } from '../../../src/doctor/plan-probe.ts';
import { type Answer, answersSchema, descriptors, type Question } from '../../../src/doctor/question.ts';
import { findingsDocument, renderFindings } from '../../../src/doctor/render.ts';
import { makeScratch, type Scratch } from '../../../src/doctor/scratch.ts';
import { digestFromHex } from '../../../src/digest.ts';
import type { ProbedGrant } from '../../../src/system/facts.ts';
import { FACTS } from '../explain/fixture.ts';

const PROBE = new URL('../../../src/doctor/probe.mjs', import.meta.url).pathname;
const NAMESPACES = ['user', 'pid', 'mnt', 'net', 'ipc', 'uts'];

let folder: string;
let scratch: Scratch;
let scene: Scene;
let checks: readonly Check[];

function ask(questions: readonly Question[]): Answer[] {
  copyFileSync(PROBE, path.join(folder, 'probe.mjs'));
  writeFileSync(path.join(folder, 'questions.json'), JSON.stringify(questions));
  const child = spawnSync(process.execPath, [path.join(folder, 'probe.mjs')], {
    encoding: 'utf8',
    env: { LEAKED_TOKEN: 'secret' },
  });
  return answersSchema.parse(JSON.parse(child.stdout));
}

beforeAll(async () => {
  folder = realpathSync(mkdtempSync(path.join(os.tmpdir(), 'cordon-probe-')));
  scratch = await makeScratch();
  const grants = scratch.grants.map(
    ({ source, target, access }): ProbedGrant => ({
      kind: 'present',
      source,
      target,
      access,
      type: 'folder',
      fd: 10,
    }),
  );
  const probe = { text: '// probe', digest: digestFromHex('00'.repeat(32)) };
  scene = {
    plan: planProbe({ facts: FACTS, grants, workspace: scratch.paths.workspace }, probe),
    tellingProc: [{ path: '/proc/cmdline', kind: 'file', canOpen: true }],
    homes: [os.userInfo().homedir],
    uid: 1001,
    namespaces: Object.fromEntries(NAMESPACES.map((name) => [name, readlinkSync(`/proc/self/ns/${name}`)])),
    scratch: scratch.paths,
  };
  checks = insideChecks(scene);
});

afterAll(async () => {
  await scratch.remove();
  rmSync(folder, { recursive: true, force: true });
});

describe('the probe outside of every sandbox', () => {
  let findings: Finding[];
  beforeAll(() => {
    findings = judgeAnswers(checks, ask(checks.flatMap((check) => check.questions)));
  });

  it('fails every check that does not depend on how this machine is set up', () => {
    const verdict = Object.fromEntries(findings.map((finding) => [finding.id, finding.verdict]));
    // An account without a home folder has none to hide.
    for (const id of [
      'home-hidden',
      'root-folders',
      'neighbour-hidden',
      'package-read-only',
      'proc-masked',
      'proc-read-only',
      'dev-minimal',
      'tmp-private',
      'environment-exact',
      'processes-hidden',
      'namespaces-own',
      'identity-neutral',
      'limits-set',
      'processes-limited',
    ])
      if (id !== 'home-hidden' || existsSync(os.userInfo().homedir))
        expect([id, verdict[id]]).toEqual([id, 'failed']);
    // The parts of it that hold without a sandbox too.
    expect(verdict['grant-works']).toBe('ok');
  });

  it('names the variable that leaked, never its value', () => {
    const { detail = '' } = findings.find(({ id }) => id === 'environment-exact') ?? {};
    expect(detail).toContain('LEAKED_TOKEN');
    expect(detail).not.toContain('secret');
  });

  it('gives a cure for everything that failed', () => {
    for (const { verdict, cure } of findings) if (verdict === 'failed') expect(cure).not.toEqual([]);
  });

  it('reaches the listeners', () => {
    // spawnSync keeps this process from answering; the kernel accepts all the same.
    const answers = ask([
      { ask: 'connect', port: scratch.paths.port },
      { ask: 'unix', path: scratch.paths.socket },
    ]);
    expect(answers).toEqual([{ ok: null }, { ok: null }]);
    const network = checks.filter(({ id }) => id === 'loopback-unreachable' || id === 'unix-sockets-refused');
    expect(judgeAnswers(network, answers).map(({ verdict }) => verdict)).toEqual(['failed', 'failed']);
  });

  it('fails every check of network grants', async () => {
    const greeting = 'hello';
    // In a process of its own: spawnSync keeps this one from answering.
    const listener = spawn(
      process.execPath,
      [
        '-e',
        `require('node:net').createServer((s) => s.end('${greeting}')).listen(0, '127.0.0.1', function () { console.log(this.address().port) })`,
      ],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    );
    try {
      const [line] = (await once(listener.stdout, 'data')) as [Buffer];
      const egress = egressChecks({
        way: 'transparent',
        proxyPort: 0,
        port: Number(line.toString()),
        greeting,
      });
      const answers = ask(egress.flatMap((check) => check.questions));
      expect(judgeAnswers(egress, answers).map(({ id, verdict }) => [id, verdict])).toEqual([
        ['egress-granted', 'failed'],
        ['egress-others', 'failed'],
        ['egress-numbers', 'failed'],
      ]);
    } finally {
      listener.kill();
    }
  }, 20_000);

  it('sees a descriptor that was left open', () => {
    copyFileSync(PROBE, path.join(folder, 'probe.mjs'));
    writeFileSync(path.join(folder, 'questions.json'), JSON.stringify([{ ask: 'descriptors' }]));
    const child = spawnSync(
      '/bin/sh',
      ['-c', 'exec "$0" "$1" 9</etc/hostname', process.execPath, path.join(folder, 'probe.mjs')],
      {
        encoding: 'utf8',
      },
    );
    const [answer] = answersSchema.parse(JSON.parse(child.stdout));
    // Whatever else the test's own parents left open is seen as well.
    expect(valueOf(answer, descriptors)).toContainEqual({ fd: 9, target: '/etc/hostname' });
  });
});

describe('judgeAnswers', () => {
  it('fails checks without an answer, or with one of another shape', () => {
    const findings = judgeAnswers(checks, []);
    expect(countVerdicts(findings)).toEqual({ ok: 0, weaker: 0, failed: checks.length });
    const odd = judgeAnswers(
      checks,
      checks.flatMap((check) => check.questions.map(() => ({ ok: 42 }))),
    );
    expect(odd.filter(({ verdict }) => verdict === 'ok').map(({ id }) => id)).toEqual(['grant-works']);
  });

  it('asks nothing that writes outside the scratch folder', () => {
    const writes = checks.flatMap((check) => check.questions).filter((question) => question.ask === 'write');
    expect(writes.map((question) => path.dirname(question.path))).toEqual([scratch.paths.workspace]);
  });
});

describe('planProbe', () => {
  it('puts two read-only files where the package would be, and nothing else', () => {
    const plan = withQuestions(scene.plan, [{ ask: 'identity' }]);
    const own = plan.mounts.filter((mount) => mount.target.startsWith('/cordon/package/'));
    expect(own.map((mount) => [mount.kind, mount.target])).toEqual([
      ['file', '/cordon/package/probe.mjs'],
      ['file', '/cordon/package/questions.json'],
    ]);
    expect(plan.mounts.some((mount) => mount.kind === 'bind' && mount.from.role === 'package')).toBe(false);
    expect(plan.mounts.at(-1)).toEqual({ kind: 'remount-read-only', target: '/' });
  });
});

describe('renderFindings', () => {
  const findings: Finding[] = [
    { section: 'machine', id: 'a', title: 'one', verdict: 'ok', detail: 'fine', cure: [] },
    {
      section: 'machine',
      id: 'b',
      title: 'longer',
      verdict: 'weaker',
      detail: 'x\u001b[1my',
      cure: ['do this'],
    },
    { section: 'network', id: 'c', title: 'three', verdict: 'failed', detail: 'open', cure: ['a', 'b'] },
  ];

  it('aligns, groups, escapes and counts', async () => {
    await expect(renderFindings(findings, { color: false })).toMatchFileSnapshot('findings.txt');
  });

  it('colours verdicts alone, and only when asked', () => {
    const colored = renderFindings(findings, { color: true });
    // oxlint-disable-next-line no-control-regex
    expect(colored.replace(/\u001b\[\d+m/g, '')).toBe(renderFindings(findings, { color: false }));
    expect(colored).toContain('\u001b[31mfailed  \u001b[0m');
  });

  it('counts in the JSON document', () => {
    expect(findingsDocument(findings)).toMatchObject({ ok: 1, weaker: 1, failed: 1, findings });
  });
});
