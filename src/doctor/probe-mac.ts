// Looks at what a start needs of a Mac, and starts programs under policies: one that denies a single file, and the one that a
// server without grants gets. Not yet run by us on a Mac.
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { execa } from 'execa';
import { digestFromHex } from '../digest.ts';
import { launchCommand, SHELL } from '../launch/seatbelt/launch-command.ts';
import { toCordonError } from '../messages/render-error.ts';
import { placeServer } from '../sandbox/seatbelt/place.ts';
import { renderSeatbelt } from '../sandbox/seatbelt/render.ts';
import type { MacFacts } from '../system/facts.ts';
import { probeMac } from '../system/probe.ts';
import type { MacMachine, Tried } from './mac-facts.ts';
import { planProbe } from './plan-probe.ts';

const PROGRAMS = [SHELL, '/usr/bin/env', '/bin/ps'] as const;
const DENIED = '/private/etc/hosts';
const ALLOW_ALL = '(version 1)(allow default)';

export interface MacQuestion {
  /** Real path of the recorded interpreter; undefined when there is none. */
  readonly runtime: string | undefined;
  readonly starts: MacMachine['starts'];
}

export async function probeMacMachine({ runtime, starts }: MacQuestion): Promise<MacMachine> {
  const facts = usableFacts();
  return {
    version: (await tryOut(['/usr/bin/sw_vers', '-productVersion'])).stdout.trim(),
    uid: process.getuid?.() ?? -1,
    sandboxExec:
      'error' in facts
        ? { kind: 'refused', error: facts.error }
        : { kind: 'usable', path: facts.sandboxExec.path, ...(await tryPolicies(facts.sandboxExec.path)) },
    runtime:
      'error' in facts || runtime === undefined
        ? { kind: 'not-tried' }
        : { kind: 'tried', path: runtime, tried: await tryRuntime(runtime, facts) },
    missingPrograms: PROGRAMS.filter((program) => !fs.existsSync(program)),
    starts,
  };
}

function usableFacts(): MacFacts | { readonly error: ReturnType<typeof toCordonError> } {
  try {
    return probeMac();
  } catch (error) {
    return { error: toCordonError(error) };
  }
}

async function tryPolicies(
  sandboxExec: string,
): Promise<{ readonly allowed: Tried; readonly denied: Tried }> {
  const policy = `${ALLOW_ALL}(deny file-read-data (literal "${DENIED}"))`;
  return {
    allowed: await tryOut([sandboxExec, '-p', ALLOW_ALL, '/usr/bin/true']),
    denied: await tryOut([sandboxExec, '-p', policy, '/bin/cat', DENIED]),
  };
}

/** As launched, but for the package: there is none, and the program says nothing. */
async function tryRuntime(runtime: string, facts: MacFacts): Promise<Tried> {
  const scratch = fs.realpathSync.native(fs.mkdtempSync(path.join(os.tmpdir(), 'cordon-doctor-')));
  try {
    const places = {
      package: path.join(scratch, 'package'),
      runtime,
      launches: scratch,
      home: path.join(scratch, 'home'),
      tmp: path.join(scratch, 'tmp'),
      files: path.join(scratch, 'files'),
      brokerPort: undefined,
    };
    for (const folder of [places.package, places.home, places.tmp, places.files])
      fs.mkdirSync(folder, { mode: 0o700 });
    const digest = digestFromHex(createHash('sha256').digest('hex'));
    const planned = planProbe({ facts, grants: [] }, { text: '', digest });
    const plan = { ...planned, network: { kind: 'none' } as const };
    const server = placeServer(plan, places, undefined);
    const command = launchCommand({
      sandboxExec: facts.sandboxExec.path,
      rendering: renderSeatbelt(plan, places),
      // Asks for more of the system than an empty program, and hardly a server does without it.
      command: [runtime, '-e', 'require("os")'],
      secretArguments: [],
      limits: plan.limits,
    });
    return await tryOut(command, { env: server.environment, cwd: places.home });
  } finally {
    fs.rmSync(scratch, { recursive: true, force: true });
  }
}

async function tryOut(
  [program = '', ...args]: readonly string[],
  { env = {}, cwd = '/' }: { readonly env?: Readonly<Record<string, string>>; readonly cwd?: string } = {},
): Promise<Tried & { readonly stdout: string }> {
  const result = await execa(program, args, {
    env,
    cwd,
    extendEnv: false,
    stdin: 'ignore',
    timeout: 10_000,
    reject: false,
  });
  return {
    status: result.exitCode ?? null,
    signal: result.signal ?? null,
    stdout: result.stdout ?? '',
    stderr: (result.stderr ?? '').slice(0, 2000),
  };
}
