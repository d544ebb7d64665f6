import { describe, expect, it } from 'vitest';
import { judgeMac } from '../../../src/doctor/judge-mac.ts';
import type { MacMachine, Tried } from '../../../src/doctor/mac-facts.ts';
import { sandboxExecUnsafe } from '../../../src/messages/macos.ts';

const tried = (status: number | null, stderr = '', signal: string | null = null): Tried => ({
  status,
  signal,
  stderr,
});
const DENIED = tried(1, 'cat: /private/etc/hosts: Operation not permitted\n');
const SANDBOX = { kind: 'usable', path: '/usr/bin/sandbox-exec', allowed: tried(0), denied: DENIED } as const;
const GOOD: MacMachine = {
  version: '26.1',
  uid: 501,
  sandboxExec: SANDBOX,
  runtime: { kind: 'tried', path: '/usr/local/bin/node', tried: tried(0) },
  missingPrograms: [],
  starts: 'refused',
};

const verdicts = (facts: Partial<MacMachine>): Record<string, string> =>
  Object.fromEntries(judgeMac({ ...GOOD, ...facts }).map(({ id, verdict }) => [id, verdict]));

describe('a Mac', () => {
  it('on which all works is weaker for what macOS does not have, and as long as no run is on record', () => {
    expect(verdicts({})).toEqual({
      system: 'ok',
      account: 'ok',
      programs: 'ok',
      'sandbox-exec': 'ok',
      policy: 'ok',
      'runtime-start': 'ok',
      'macos-starts': 'ok',
      'macos-untried': 'weaker',
      'macos-processes': 'weaker',
      'macos-limits': 'weaker',
      'macos-names': 'weaker',
      'macos-port': 'weaker',
      'macos-hostname': 'weaker',
      'macos-accounts': 'weaker',
    });
    expect(verdicts({ starts: 'untried', uid: 0 })).toMatchObject({
      'macos-starts': 'weaker',
      account: 'weaker',
    });
  });

  it('says that the client is in a sandbox itself', () => {
    const nested = tried(71, 'sandbox-exec: sandbox_apply: Operation not permitted\n');
    const findings = judgeMac({ ...GOOD, sandboxExec: { ...SANDBOX, allowed: nested, denied: nested } });
    const found = findings.find(({ id }) => id === 'sandbox-exec');
    expect(found).toMatchObject({
      verdict: 'failed',
      detail: expect.stringContaining('in a sandbox already'),
    });
    // A denial that comes from elsewhere proves nothing.
    expect(findings.map(({ id }) => id)).not.toContain('policy');
  });

  it.each([
    ['a file that was read', tried(0)],
    ['another reason', tried(1, 'cat: /private/etc/hosts: No such file or directory')],
    ['a signal', tried(null, '', 'SIGKILL')],
  ])('fails where a policy is not seen in force: %s', (_what, denied) => {
    expect(verdicts({ sandboxExec: { ...SANDBOX, denied } })).toMatchObject({ policy: 'failed' });
  });

  it('fails without sandbox-exec, programs, or a runtime that starts', () => {
    const error = sandboxExecUnsafe('is not there');
    expect(verdicts({ sandboxExec: { kind: 'refused', error } })).toMatchObject({ 'sandbox-exec': 'failed' });
    expect(verdicts({ sandboxExec: { ...SANDBOX, allowed: tried(65) } })).toMatchObject({
      'sandbox-exec': 'failed',
    });
    expect(verdicts({ missingPrograms: ['/bin/ps'] })).toMatchObject({ programs: 'failed' });
    expect(verdicts({ runtime: { kind: 'not-tried' } })).toMatchObject({ 'runtime-start': 'failed' });
    const aborted = {
      kind: 'tried',
      path: '/opt/homebrew/bin/node',
      tried: tried(null, '', 'SIGABRT'),
    } as const;
    const found = judgeMac({ ...GOOD, runtime: aborted }).find(({ id }) => id === 'runtime-start');
    expect(found).toMatchObject({ verdict: 'failed', detail: expect.stringContaining('Homebrew') });
  });

  it('has a cure for all that failed', () => {
    const error = sandboxExecUnsafe('is not there');
    const worst = judgeMac({
      ...GOOD,
      sandboxExec: { kind: 'refused', error },
      runtime: { kind: 'not-tried' },
      missingPrograms: ['/bin/bash'],
    });
    for (const { id, verdict, cure } of worst) if (verdict === 'failed') expect(cure, id).not.toEqual([]);
  });
});
