import { describe, expect, it } from 'vitest';
import { judgeMachine } from '../../../src/doctor/judge-machine.ts';
import type { MachineFacts, SandboxOutcome } from '../../../src/doctor/machine-facts.ts';
import { diagnoseSetup } from '../../../src/launch/diagnose.ts';
import { sandboxUnavailable } from '../../../src/messages/sandbox.ts';

const FACTS: MachineFacts = {
  kernel: '6.12.0-9-amd64',
  uid: 1001,
  groups: ['ann', 'users'],
  bwrap: {
    kind: 'usable',
    facts: { path: '/usr/bin/bwrap' },
    options: new Set(['args', 'not-a-security-boundary']),
    version: '0.12.0',
  },
  missingPrograms: [],
  seccompActions: ['kill_process', 'errno', 'allow'],
  settings: {
    maxUserNamespaces: 1000,
    unprivilegedUserNamespaces: 1,
    apparmorRestrictsUserNamespaces: 0,
    ptraceScope: 1,
  },
  egress: { way: 'transparent' },
  egressMode: 'auto',
  surroundings: 'plain',
};
const STARTED: SandboxOutcome = { kind: 'started', confinement: 'v2' };
const refused = (stderr: string): SandboxOutcome => ({ kind: 'refused', error: diagnoseSetup(stderr) });

function judge(change: Partial<MachineFacts>, outcome: SandboxOutcome = STARTED) {
  const findings = judgeMachine({ ...FACTS, ...change }, outcome);
  return {
    all: findings,
    of: (id: string) => findings.find((finding) => finding.id === id),
    notOk: findings
      .filter((finding) => finding.verdict !== 'ok')
      .map(({ id, verdict }) => `${id} ${verdict}`),
  };
}

describe('judgeMachine', () => {
  it('finds nothing wrong with a good machine', () => {
    expect(judge({}).notOk).toEqual([]);
  });

  it.each<[string, Partial<MachineFacts>, SandboxOutcome, readonly string[]]>([
    ['root', { uid: 0 }, STARTED, ['account weaker']],
    ['no control group', {}, { kind: 'started', confinement: 'none' }, ['control-group weaker']],
    ['a member of docker', { groups: ['ann', 'docker', 'sudo'] }, STARTED, ['groups weaker']],
    ['an old kernel', { kernel: '5.10.0-33-amd64' }, STARTED, ['kernel weaker']],
    ['groups unknown', { groups: undefined }, STARTED, ['groups weaker']],
    ['Yama off', { settings: { ...FACTS.settings, ptraceScope: 0 } }, STARTED, ['tracing weaker']],
    ['no network of our own', { egress: { way: 'proxy', why: 'EPERM' } }, STARTED, ['egress weaker']],
    [
      'the proxy way, as configured',
      { egress: { way: 'proxy', why: 'x' }, egressMode: 'proxy' },
      STARTED,
      ['egress weaker'],
    ],
    [
      'a way that is forbidden',
      { egress: { way: 'proxy', why: 'x' }, egressMode: 'transparent' },
      STARTED,
      ['egress failed'],
    ],
    ['no seccomp', { seccompActions: undefined }, STARTED, ['seccomp failed']],
    [
      'no bubblewrap',
      {
        bwrap: {
          kind: 'refused',
          error: sandboxUnavailable('bubblewrap is not installed', ['apt-get install bubblewrap']),
        },
      },
      { kind: 'not-tried' },
      ['bubblewrap failed', 'sandbox-starts failed'],
    ],
    [
      'no shell',
      { missingPrograms: [{ path: '/bin/sh', package: 'dash' }] },
      { kind: 'not-tried' },
      ['programs failed', 'sandbox-starts failed'],
    ],
    [
      'user namespaces at zero',
      { settings: { ...FACTS.settings, maxUserNamespaces: 0 } },
      refused(
        'bwrap: Creating new namespace failed: nesting depth or /proc/sys/user/max_*_namespaces exceeded (ENOSPC)',
      ),
      ['user-namespaces failed', 'sandbox-starts failed'],
    ],
    [
      'a snap',
      { surroundings: 'snap' },
      refused('bwrap: cannot set privileged capabilities'),
      ['surroundings failed', 'sandbox-starts failed'],
    ],
  ])('%s', (_, change, outcome, expected) => {
    expect(judge(change, outcome).notOk).toEqual(expected);
  });

  it('believes a sandbox that started more than a setting', () => {
    const settings = { ...FACTS.settings, apparmorRestrictsUserNamespaces: 1, unprivilegedUserNamespaces: 0 };
    expect(judge({ settings, surroundings: 'flatpak' }).notOk).toEqual([]);
  });

  it('gives a cure to paste for everything that failed', () => {
    const outcomes: readonly SandboxOutcome[] = [
      { kind: 'not-tried' },
      refused('bwrap: setting up uid map: Permission denied'),
      refused('bwrap: something nobody has seen before'),
    ];
    for (const outcome of outcomes) {
      const failed = judge({ seccompActions: [], surroundings: 'wsl1' }, outcome).all.filter(
        ({ verdict }) => verdict === 'failed',
      );
      for (const { cure } of failed) {
        expect(cure.length).toBeGreaterThan(0);
        expect(cure).not.toContain('cordon doctor');
      }
    }
  });

  it('names the AppArmor cure when that stands in the way', () => {
    const settings = { ...FACTS.settings, apparmorRestrictsUserNamespaces: 1 };
    const { of } = judge({ settings }, refused('bwrap: setting up uid map: Permission denied'));
    expect(of('user-namespaces')?.cure.join()).toContain('bwrap-userns-restrict');
    expect(of('sandbox-starts')?.cure.join()).toContain('bwrap-userns-restrict');
  });

  it('says of an older bubblewrap what rests on checks of our own', () => {
    const old = {
      kind: 'usable',
      facts: { path: '/usr/bin/bwrap' },
      options: new Set<string>(),
      version: '0.8.0',
    } as const;
    const finding = judge({ bwrap: old }).of('bubblewrap');
    expect(finding?.verdict).toBe('ok');
    expect(finding?.detail).toContain('before 0.12');
  });
});
