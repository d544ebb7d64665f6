// Looks at what the sandbox needs of the machine. Reads only; every program by absolute path and with an empty
// environment.
import fs from 'node:fs';
import os from 'node:os';
import { execa } from 'execa';
import type { EgressConfig } from '../config/config.ts';
import { toCordonError } from '../messages/render-error.ts';
import { bwrapOptions, requireOptions } from '../system/bwrap-options.ts';
import { probeBwrap } from '../system/probe-bwrap.ts';
import { probeEgress } from '../system/probe-egress.ts';
import type { MachineFacts } from './machine-facts.ts';

/** What runs besides bubblewrap: bin/cordon starts through `env`, and `sh` is the gate inside (launch/gate.ts). */
const PROGRAMS = [
  { path: '/usr/bin/env', package: 'coreutils' },
  { path: '/bin/sh', package: 'dash' },
] as const;

/** @param mode how config.json wants network grants to be given */
export async function probeMachine(mode: EgressConfig['mode']): Promise<MachineFacts> {
  return {
    kernel: os.release(),
    uid: process.getuid?.() ?? -1,
    groups: await groups(),
    bwrap: await bubblewrap(),
    missingPrograms: PROGRAMS.filter((program) => !fs.existsSync(program.path)),
    seccompActions: read('/proc/sys/kernel/seccomp/actions_avail')?.split(/\s+/),
    settings: {
      maxUserNamespaces: setting('/proc/sys/user/max_user_namespaces'),
      unprivilegedUserNamespaces: setting('/proc/sys/kernel/unprivileged_userns_clone'),
      apparmorRestrictsUserNamespaces: setting('/proc/sys/kernel/apparmor_restrict_unprivileged_userns'),
      ptraceScope: setting('/proc/sys/kernel/yama/ptrace_scope'),
    },
    egress: probeEgress(mode),
    egressMode: mode,
    surroundings: surroundings(),
  };
}

async function bubblewrap(): Promise<MachineFacts['bwrap']> {
  try {
    const facts = probeBwrap();
    const options = bwrapOptions(facts);
    requireOptions(options);
    return {
      kind: 'usable',
      facts,
      options,
      version: (await output(facts.path, ['--version'])).replace(/^bubblewrap /, ''),
    };
  } catch (error) {
    return { kind: 'refused', error: toCordonError(error) };
  }
}

/** `id` asks all of the machine's user databases, not only /etc/group. */
async function groups(): Promise<string[] | undefined> {
  const names = await output('/usr/bin/id', ['-Gn']);
  return names === '' ? undefined : names.split(' ');
}

/** First line of a program's output; empty when it cannot be had. */
async function output(program: string, args: readonly string[]): Promise<string> {
  const result = await execa(program, args, {
    env: {},
    extendEnv: false,
    stdin: 'ignore',
    stderr: 'ignore',
    timeout: 5000,
    reject: false,
  });
  return (result.stdout ?? '').split('\n')[0] ?? '';
}

function surroundings(): MachineFacts['surroundings'] {
  if (read('/proc/self/attr/current')?.startsWith('snap.') === true) return 'snap';
  if (fs.existsSync('/.flatpak-info')) return 'flatpak';
  // WSL2's kernel says "microsoft-standard"; WSL1 imitates a kernel and has no namespaces.
  const version = read('/proc/version') ?? '';
  return /Microsoft/.test(version) && !/WSL2|microsoft-standard/.test(version) ? 'wsl1' : 'plain';
}

function setting(file: string): number | undefined {
  const text = read(file);
  return text !== undefined && /^-?\d+$/.test(text) ? Number(text) : undefined;
}

function read(file: string): string | undefined {
  try {
    return fs.readFileSync(file, 'utf8').trim();
  } catch {
    return undefined;
  }
}
