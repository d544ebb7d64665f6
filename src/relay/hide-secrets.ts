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
      const result = isFailure(message.result) ? hide(message.result) : message.result;
      return result === message.result ? message : { ...message, result };
    }
    case 'notification': {
      const isSaid = message.method === 'notifications/message' || isFailure(message.params);
      const params = isSaid ? hide(message.params) : message.params;
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

/** Of a call, or of a task that was begun by one, with its result inside. */
function isFailure({ isError, status, task, result }: JsonObject): boolean {
  return (
    isError === true ||
    status === 'failed' ||
    [task, result].some((inside) => isJsonObject(inside) && isFailure(inside))
  );
}

/** Members of what is searched, by the protocol. Other names are the server's own, as those of the headers of a request are. */
const PROTOCOL_NAMES: ReadonlySet<string> = new Set(
  (
    'code message data level logger content structuredContent isError resultType type text mimeType annotations audience priority ' +
    'resource uri blob name title description size icons task taskId status statusMessage _meta'
  ).split(' '),
);

/** Words of the protocol in their own places; a secret that is one of them must not take the message apart. */
const PROTOCOL_WORDS: Readonly<Record<string, ReadonlySet<unknown>>> = {
  type: new Set(['text', 'image', 'audio', 'resource', 'resource_link']),
  level: new Set(['debug', 'info', 'notice', 'warning', 'error', 'critical', 'alert', 'emergency']),
  status: new Set(['failed']),
  resultType: new Set(['complete', 'input_required', 'task']),
};

/** Numbers of the protocol, which are none in another type. */
const PROTOCOL_NUMBERS: ReadonlySet<string> = new Set('code priority size ttl pollInterval'.split(' '));

function hideIn(value: unknown, concealer: Concealer): unknown {
  if (typeof value === 'string') return concealer.conceal(value);
  if (typeof value === 'number') return hideNumber(value, concealer);
  if (Array.isArray(value)) {
    const members = value.map((member) => hideIn(member, concealer));
    return members.some((member, index) => member !== value[index]) ? members : value;
  }
  if (!isJsonObject(value)) return value;
  const entries = Object.entries(value);
  const hidden = entries.map(([key, member]): readonly [string, unknown] => {
    const isProtocol =
      (Object.hasOwn(PROTOCOL_WORDS, key) && PROTOCOL_WORDS[key]?.has(member) === true) ||
      (PROTOCOL_NUMBERS.has(key) && typeof member === 'number');
    const name = PROTOCOL_NAMES.has(key) ? key : concealer.conceal(key);
    return [name, isProtocol ? member : hideIn(member, concealer)];
  });
  const isSame = entries.every(
    ([key, member], index) => hidden[index]?.[0] === key && hidden[index]?.[1] === member,
  );
  return isSame ? value : Object.fromEntries(hidden);
}

/** A value of digits, as a program has it that reads its configuration as numbers; a part of a number is none. */
function hideNumber(value: number, concealer: Concealer): unknown {
  const hidden = concealer.conceal(String(value));
  return WHOLE.test(hidden) ? hidden : value;
}

const WHOLE = /^\[secret \w+\]$/;
