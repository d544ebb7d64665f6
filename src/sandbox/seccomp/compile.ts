// The policy -> the filter program for one architecture, as bytes for `bwrap --seccomp FD`. The architecture is an
// argument and never read from the machine, so any machine can check the bytes of the other.
import type { SeccompPlan } from '../../plan/plan.ts';
import { assemble, DATA_OFFSET, type Instruction } from './assemble.ts';
import { FilterError } from './filter-error.ts';
import { argumentRules, DENIALS, ERRNO, type ArgumentRule, type Denials, type Verdict } from './policy.ts';
import { HIGHEST_JUDGED_SYSCALL, SYSCALLS, type SyscallName } from './syscalls.ts';

type Architecture = SeccompPlan['architecture'];

// See linux/audit.h and linux/seccomp.h.
const AUDIT_ARCH: Readonly<Record<Architecture, number>> = { x64: 0xc000_003e, arm64: 0xc000_00b7 };
const SECCOMP_RET_KILL_PROCESS = 0x8000_0000;
const SECCOMP_RET_ERRNO = 0x0005_0000;
const SECCOMP_RET_ALLOW = 0x7fff_0000;
/** Calls of the x32 ABI carry this bit and would pass a filter that compares x86-64 numbers. */
const X32_SYSCALL_BIT = 0x4000_0000;

/**
 * The order is security:
 * 1. a foreign architecture (`int 0x80`, 32-bit ARM) is killed: its numbers mean other calls;
 * 2. x32 numbers and calls newer than the table do not exist;
 * 3. denials, whatever the arguments;
 * 4. calls that depend on arguments; they end here, whatever the outcome;
 * 5. the rest is allowed.
 */
export function compileSeccomp(plan: SeccompPlan): Uint8Array {
  const { architecture } = plan;
  const rules = argumentRules(plan);
  refuseRepeatedCalls(rules);
  return assemble([
    ...foreignArchitecture(architecture),
    { op: 'load', offset: DATA_OFFSET.nr },
    ...unknownCalls(architecture),
    ...denials(architecture, 'EPERM'),
    ...denials(architecture, 'ENOSYS'),
    ...rules.flatMap((rule) => argumentRule(architecture, rule)),
    returning('allow'),
  ]);
}

function foreignArchitecture(architecture: Architecture): readonly Instruction[] {
  return [
    { op: 'load', offset: DATA_OFFSET.arch },
    { op: 'branch', test: 'equal', value: AUDIT_ARCH[architecture], onTrue: 'own architecture' },
    { op: 'return', value: SECCOMP_RET_KILL_PROCESS },
    { op: 'label', name: 'own architecture' },
  ];
}

function unknownCalls(architecture: Architecture): readonly Instruction[] {
  const x32: readonly Instruction[] =
    architecture === 'x64'
      ? [{ op: 'branch', test: 'greater-or-equal', value: X32_SYSCALL_BIT, onTrue: 'unknown call' }]
      : [];
  return [
    ...x32,
    {
      op: 'branch',
      test: 'greater',
      value: HIGHEST_JUDGED_SYSCALL,
      onTrue: 'unknown call',
      onFalse: 'known call',
    },
    { op: 'label', name: 'unknown call' },
    returning('ENOSYS'),
    { op: 'label', name: 'known call' },
  ];
}

/** One comparison per call, all leading to one return: the kernel caches what is always allowed, so a chain is enough. */
function denials(architecture: Architecture, errno: Denials['errno']): readonly Instruction[] {
  const numbers = DENIALS.filter((group) => group.errno === errno)
    .flatMap((group) => group.syscalls)
    .flatMap((name) => numberOf(architecture, name) ?? []);
  return [
    ...numbers.map((value): Instruction => ({ op: 'branch', test: 'equal', value, onTrue: `deny ${errno}` })),
    { op: 'jump', to: `past ${errno}` },
    { op: 'label', name: `deny ${errno}` },
    returning(errno),
    { op: 'label', name: `past ${errno}` },
  ];
}

function argumentRule(architecture: Architecture, rule: ArgumentRule): readonly Instruction[] {
  const value = numberOf(architecture, rule.syscall);
  if (value === null) return [];
  const past = `past ${rule.syscall}`;
  const code: Instruction[] = [{ op: 'branch', test: 'equal', value, onFalse: past }];
  rule.cases.forEach(({ when, verdict: outcome }, caseIndex) => {
    const nextCase = `${rule.syscall} after case ${caseIndex}`;
    when.forEach((condition, conditionIndex) => {
      const holds = `${rule.syscall} case ${caseIndex} condition ${conditionIndex} holds`;
      code.push({ op: 'load', offset: DATA_OFFSET.argument(condition.argument) });
      if ('hasAnyBitOf' in condition) {
        code.push({ op: 'branch', test: 'any-bit', value: condition.hasAnyBitOf, onFalse: nextCase });
        return;
      }
      if (condition.isOneOf.length === 0) {
        throw new FilterError({ kind: 'condition-empty', syscall: rule.syscall });
      }
      if (condition.mask !== undefined) code.push({ op: 'and', value: condition.mask });
      for (const candidate of condition.isOneOf) {
        code.push({ op: 'branch', test: 'equal', value: candidate, onTrue: holds });
      }
      code.push({ op: 'jump', to: nextCase }, { op: 'label', name: holds });
    });
    code.push(returning(outcome), { op: 'label', name: nextCase });
  });
  // The number is no longer in the accumulator, so nothing may fall through from here.
  return [...code, returning(rule.otherwise), { op: 'label', name: past }];
}

function returning(outcome: Verdict): Instruction {
  return {
    op: 'return',
    value: outcome === 'allow' ? SECCOMP_RET_ALLOW : SECCOMP_RET_ERRNO | ERRNO[outcome],
  };
}

function numberOf(architecture: Architecture, name: SyscallName): number | null {
  return SYSCALLS[name][architecture === 'x64' ? 0 : 1];
}

/** A call named twice would be judged by whichever comes first: a rule that never runs looks like a protection. */
function refuseRepeatedCalls(rules: readonly ArgumentRule[]): void {
  const seen = new Set<SyscallName>();
  for (const name of [...DENIALS.flatMap((group) => group.syscalls), ...rules.map((rule) => rule.syscall)]) {
    if (seen.has(name)) throw new FilterError({ kind: 'syscall-repeated', syscall: name });
    seen.add(name);
  }
}
