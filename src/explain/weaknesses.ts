// What holds less here than it could. Each is said with its reason; nothing of it refuses a start. Pure.

import { MACOS_WEAKNESSES } from '../messages/macos.ts';
import { deliveryWords } from '../messages/secrets.ts';

export interface Weakness {
  /** Stable name for scripts. */
  readonly id: string;
  readonly text: string;
}

export interface WeaknessFacts {
  readonly system: 'linux' | 'macos';
  readonly mode: 'managed' | 'unmanaged';
  readonly uid: number;
  readonly runtimeUserWritable: boolean;
  /** The profile protects paths inside a writable grant. */
  readonly protects: boolean;
  /** The profile gives up on reviewed definitions. */
  readonly isUnpinned: boolean;
  readonly secretsInArguments: readonly string[];
  /** bubblewrap 0.12 or newer, told by its options, or no mounts at all. */
  readonly makesSafeMountPoints: boolean;
}

export function weaknesses(facts: WeaknessFacts): Weakness[] {
  const found: Weakness[] = facts.system === 'macos' ? [...MACOS_WEAKNESSES] : [];
  if (facts.uid === 0) {
    found.push({
      id: 'root',
      text: 'cordon runs as root here: whoever got through a wall would be root, not a user',
    });
    if (facts.system === 'linux')
      found.push({
        id: 'root-processes',
        text: 'the kernel does not count the processes of root: only a control group limits them, where one can be made',
      });
  }
  if (facts.mode === 'unmanaged')
    found.push({
      id: 'unmanaged',
      text: 'no managed policy: the profile, its pins and the store can be changed by any other program of this user',
    });
  if (facts.isUnpinned)
    found.push({
      id: 'definitions-unpinned',
      text: 'the profile says "definitions": "unpinned": whatever the server says of its tools reaches the model, reviewed or not',
    });
  if (facts.secretsInArguments.length > 0)
    found.push({
      id: 'secret-argument',
      text: `${facts.secretsInArguments.join(', ')} reaches the server ${deliveryWords.argument}`,
    });
  if (facts.runtimeUserWritable && facts.uid !== 0)
    found.push({
      id: 'runtime-writable',
      text: 'the runtime can be changed by this user; a change is noticed at the next start and refused',
    });
  if (facts.protects && !facts.makesSafeMountPoints)
    found.push({
      id: 'nested-mounts',
      text: "bubblewrap is older than 0.12: that protected paths are mounted where they should be rests on cordon's own checks",
    });
  return found;
}
