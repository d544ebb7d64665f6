// The values of secrets in what a server says went wrong: errors, results of calls that failed, and its log. Programs print
// their configuration there. What a tool returns on purpose is not searched: a server that wants to can write it otherwise.
import type { Concealer } from '../secrets/conceal.ts';
import { isJsonObject, type JsonObject, type Message } from './envelope.ts';
import type { Verdict } from './verdict.ts';

/** The same message, by identity, when there is nothing to hide. */
export function withoutSecrets(message: Message, concealer: Concealer | undefined): Message {
  if (concealer === undefined) return message;
  const hide = (value: JsonObject): JsonObject => hideIn(value, concealer) as JsonObject;
  switch (message.kind) {
    case 'error': {
      const error = hide(message.error);
      return error === message.error ? message : { ...message, error };
    }
    case 'result': {
      const result = message.result['isError'] === true ? hide(message.result) : message.result;
      return result === message.result ? message : { ...message, result };
    }
    case 'notification': {
      const isLog = message.method === 'notifications/message';
      const params = isLog ? hide(message.params) : message.params;
      return params === message.params ? message : { ...message, params };
    }
    case 'request':
      return message;
  }
}

/** What would pass as it came passes as it was judged. */
export function inPlaceOf(said: Message, judged: Message, { forward, ...verdict }: Verdict): Verdict {
  if (forward === undefined) return verdict;
  if (judged === said) return { forward, ...verdict };
  const { kind: _, ...members } = judged;
  return { ...verdict, anew: { jsonrpc: '2.0', ...members } };
}

function hideIn(value: unknown, concealer: Concealer): unknown {
  if (typeof value === 'string') return concealer.conceal(value);
  if (Array.isArray(value)) {
    const members = value.map((member) => hideIn(member, concealer));
    return members.some((member, index) => member !== value[index]) ? members : value;
  }
  if (!isJsonObject(value)) return value;
  const members = Object.entries(value).map(([key, member]) => [key, hideIn(member, concealer)] as const);
  return members.some(([key, member]) => member !== value[key]) ? Object.fromEntries(members) : value;
}
