// Where the secrets of a profile would come from at a start, for people: the sources are asked, and what they give is dropped.
import type { SecretsConfig } from '../config/secrets.ts';
import { sourceName } from '../messages/secrets.ts';
import type { PlannedSecret } from '../plan/plan.ts';
import type { Profile } from '../profile/schema.ts';
import type { Asker } from './ask.ts';
import { firstAnswer, type Found, refuses } from './first-answer.ts';
import { sourcesOf } from './sources.ts';

export interface LookedUp {
  readonly profile: string;
  readonly secret: string;
  readonly required: boolean;
  readonly deliver: PlannedSecret['deliver'];
  /** The source that has it; null when none has. */
  readonly from: string | null;
  /** What came of the others. */
  readonly asked: readonly string[];
  readonly usesKeyring: boolean;
  /** A start is refused because of it. */
  readonly refuses: boolean;
}

export async function lookUpSecrets(
  profile: Pick<Profile, 'name' | 'secrets'>,
  config: SecretsConfig,
  asker: Asker,
): Promise<LookedUp[]> {
  const found: LookedUp[] = [];
  for (const [secret, { required, deliver = 'environment' }] of Object.entries(profile.secrets)) {
    const { list, isConfigured } = sourcesOf(config, profile.name, secret);
    const answer = await firstAnswer(list, { profile: profile.name, secret }, asker);
    if (answer.kind === 'value') answer.bytes.fill(0);
    found.push({
      profile: profile.name,
      secret,
      required,
      deliver,
      from: answer.kind === 'value' ? sourceName(answer.source) : null,
      asked: whatCameOf(answer),
      usesKeyring: list.some(({ from }) => from === 'keyring'),
      refuses: refuses(answer, { required, isConfigured }),
    });
  }
  return found;
}

function whatCameOf(answer: Found): readonly string[] {
  switch (answer.kind) {
    case 'value':
      return [];
    case 'malformed':
      return [`${sourceName(answer.source)} ${answer.why}`];
    case 'none':
      return answer.asked;
  }
}
