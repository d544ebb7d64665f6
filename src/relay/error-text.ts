// The text of a server's error: clients put it before the model or into a terminal, as they do with our own refusals. Pure.
import { escapeText } from '../escape.ts';
import { isJsonObject, type JsonObject } from './envelope.ts';
import { LIMITS } from './limits.ts';

export interface JudgedError {
  /** Undefined when the error passes as it came. */
  readonly anew: JsonObject | undefined;
  /** It pretends to be one of ours. */
  readonly isForged: boolean;
}

// Control characters but for line ends and tabs, and what is there without being seen, or moves what is seen: the same text
// would read otherwise for the person than for the model. What joins emoji and scripts stays where it joins: several in a row
// join nothing, and spell whatever their order says.
const UNSEEN =
  // oxlint-disable-next-line no-control-regex, no-misleading-character-class
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\u3164\ufe00-\ufe0d\ufeff\uffa0\ufff9-\ufffb\u{e0000}-\u{e0fff}]|(?<=[\u200c\u200d])[\u200c\u200d\ufe0e\ufe0f]|(?<=[\ufe0e\ufe0f])[\u200c\ufe0e\ufe0f]/u;
const EVERY_UNSEEN = new RegExp(UNSEEN.source, 'gu');

export function judgeErrorText(error: JsonObject): JudgedError {
  const { code, message, data } = error as { code: number; message: string; data?: unknown };
  const isForged = isJsonObject(data) && isOurs(data['source']);
  const keepsData = data === undefined || (!isForged && isPlain(data));
  const shown = plainMessage(message);
  if (keepsData && shown === message) return { anew: undefined, isForged };
  return {
    anew: { code, message: shown, ...(keepsData && data !== undefined ? { data } : {}) },
    isForged,
  };
}

function plainMessage(message: string): string {
  const isLong = message.length > LIMITS.errorMessageCharacters;
  if (!isLong && !UNSEEN.test(message)) return message;
  return (isLong ? `${beginning(message)}…` : message).replace(EVERY_UNSEEN, escapeText);
}

/** Not cut in the middle of a pair: half a character is refused by strict clients. */
function beginning(text: string): string {
  return text.slice(0, LIMITS.errorMessageCharacters).replace(/[\ud800-\udbff]$/, '');
}

/** `data.source` is how a program tells our refusals from what a server says. */
function isOurs(source: unknown): boolean {
  return typeof source === 'string' && source.trim().toLowerCase() === 'cordon';
}

/** Data is for programs: it passes whole, or not at all. */
function isPlain(data: unknown): boolean {
  const text = JSON.stringify(data);
  return text.length <= LIMITS.errorDataCharacters && isPlainText(data);
}

function isPlainText(value: unknown): boolean {
  if (typeof value === 'string') return !UNSEEN.test(value);
  if (typeof value !== 'object' || value === null) return true;
  return Object.entries(value).every(([name, member]) => !UNSEEN.test(name) && isPlainText(member));
}
