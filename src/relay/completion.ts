// What a client may have completed: the arguments of a prompt or of a template that it was shown. By what the reference names and
// not by what it calls itself: servers differ in which of the two they read. Pure.
import { isJsonObject, type JsonObject } from './envelope.ts';
import { isUngrantedUri } from './extension-uris.ts';
import type { Reviewed } from './reviewed.ts';
import type { Session } from './session.ts';

export function mayBeCompleted(
  { ref }: JsonObject,
  { policy, reviewed, isReviewedUri }: Pick<Session, 'policy' | 'reviewed' | 'isReviewedUri'>,
): boolean {
  if (!isJsonObject(ref)) return true;
  const { name, uri } = ref;
  const isPrompt =
    name === undefined || (policy.features.has('prompts') && isKnown('prompts', name, reviewed));
  const isResource =
    uri === undefined ||
    (policy.features.has('resources') &&
      !isUngrantedUri(uri, policy) &&
      (isReviewedUri(uri) || isKnown('templates', uri, reviewed)));
  return isPrompt && isResource;
}

function isKnown(list: 'prompts' | 'templates', key: unknown, reviewed: Reviewed): boolean {
  return (
    reviewed.kind === 'unpinned' ||
    reviewed.contexts.some((context) => context[list].some((definition) => definition.key === key))
  );
}
