// Facts of a Mac -> findings. Pure. That a policy is in force here is seen; that it keeps what it should is not, so nothing here
// says more than what was tried.
import { MACOS_WEAKNESSES, macosWords } from '../messages/macos.ts';
import { type Finding, findingsOf } from './finding.ts';
import type { MacMachine, Tried } from './mac-facts.ts';

const finding = findingsOf('machine');

/** sandbox-exec: the policy could not be applied. In a sandbox already, it never can. */
const NOT_APPLIED = 71;
/** dyld, or the runtime, was not let read what it needs. */
const ABORTED = 'SIGABRT';

export function judgeMac(facts: MacMachine): Finding[] {
  return [
    version(facts),
    account(facts),
    programs(facts),
    ...sandboxExec(facts),
    runtime(facts),
    starts(facts),
    ...MACOS_WEAKNESSES.map(({ id, text }) => finding(id, 'macOS', 'weaker', text)),
  ];
}

function version({ version: text }: MacMachine): Finding {
  return finding('system', 'system', 'ok', text === '' ? 'macOS' : `macOS ${text}`);
}

function account({ uid }: MacMachine): Finding {
  return uid === 0
    ? finding('account', 'account', 'weaker', macosWords.root, [macosWords.rootCure])
    : finding('account', 'account', 'ok', 'not root');
}

function programs({ missingPrograms }: MacMachine): Finding {
  return missingPrograms.length === 0
    ? finding('programs', 'programs of the launch', 'ok', 'bash, env and ps are there')
    : finding('programs', 'programs of the launch', 'failed', `missing: ${missingPrograms.join(', ')}`, [
        macosWords.systemCure,
      ]);
}

function sandboxExec({ sandboxExec: found }: MacMachine): Finding[] {
  const title = 'sandbox-exec';
  if (found.kind === 'refused')
    return [finding('sandbox-exec', title, 'failed', found.error.message, found.error.hints)];
  const { path, allowed, denied } = found;
  if (allowed.status === NOT_APPLIED && allowed.stderr.includes('Operation not permitted'))
    return [finding('sandbox-exec', title, 'failed', macosWords.nested, [macosWords.nestedCure])];
  if (allowed.status !== 0)
    return [finding('sandbox-exec', title, 'failed', `${path} ${ended(allowed)}`, [macosWords.systemCure])];
  return [
    finding('sandbox-exec', title, 'ok', `${path} starts programs`),
    denied.status !== 0 && denied.stderr.includes('Operation not permitted')
      ? finding('policy', 'policy in force', 'ok', macosWords.denied)
      : finding('policy', 'policy in force', 'failed', `${macosWords.notDenied} (${ended(denied)})`, [
          macosWords.noServer,
        ]),
  ];
}

function runtime({ runtime: found }: MacMachine): Finding {
  const title = 'runtime under the policy';
  if (found.kind === 'not-tried')
    return finding('runtime-start', title, 'failed', macosWords.notTried, [macosWords.notTriedCure]);
  const { path, tried } = found;
  if (tried.status === 0) return finding('runtime-start', title, 'ok', `${path} starts`);
  const why = tried.signal === ABORTED ? macosWords.libraries : ended(tried);
  return finding('runtime-start', title, 'failed', `${path}: ${why}`, [macosWords.librariesCure]);
}

function starts({ starts: word }: MacMachine): Finding {
  return word === 'untried'
    ? finding('macos-starts', 'servers on macOS', 'weaker', macosWords.startsUntried)
    : finding('macos-starts', 'servers on macOS', 'ok', macosWords.startsRefused);
}

function ended({ status, signal, stderr }: Tried): string {
  const how = signal === null ? `ended with status ${status}` : `was ended by ${signal}`;
  const words = stderr.trim().split('\n')[0] ?? '';
  return words === '' ? how : `${how}: ${words}`;
}
