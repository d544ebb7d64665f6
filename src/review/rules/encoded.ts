// Text that says something only after decoding (TP-15). ROT13 and other languages are not looked for.
import { Buffer } from 'node:buffer';
import { type Match, type Rule, inTexts } from './rule.ts';

const BASE64 = /(?<![A-Za-z0-9+/_-])[A-Za-z0-9+/_-]{48,}={0,2}(?![A-Za-z0-9+/_-])/g;
const HEX =
  /(?<![A-Za-z0-9])(?:0x)?(?:[0-9a-f]{2}){24,}(?![A-Za-z0-9])|(?<![A-Za-z0-9])(?:0x)?(?:[0-9A-F]{2}){24,}(?![A-Za-z0-9])/g;
const PERCENT = /(?:%[0-9A-Fa-f]{2}){10,}/g;
const BACKSLASH =
  /(?:\\x[0-9A-Fa-f]{2}|\\u[0-9A-Fa-f]{4}|\\u\{[0-9A-Fa-f]{1,6}\}|&#x?[0-9A-Fa-f]{1,6};){8,}/g;
/** Of a digest of 32, 48 or 64 bytes, which many tools show in an example. */
const DIGEST_DIGITS = new Set([64, 96, 128]);

export const encodedRules: readonly Rule[] = [
  {
    id: 'encoded-text',
    title: 'a long encoded run',
    severity: 'medium',
    labels: ['SAFE-T1402'],
    why: 'models decode base64, hex and escapes unasked; reviewers do not',
    find: inTexts(function* find(text) {
      if (text.role === 'uri' || text.role === 'stderr') return;
      for (const { 0: run, index } of text.text.matchAll(BASE64)) {
        const decoded = readable(fromBase64(run));
        if (decoded === undefined && !isMixed(run)) continue;
        yield at(text, index, run, decoded);
      }
      for (const { 0: run, index } of text.text.matchAll(HEX)) {
        const digits = run.replace(/^0x/, '');
        const decoded = readable(Buffer.from(digits, 'hex').toString('utf8'));
        if (decoded !== undefined || !DIGEST_DIGITS.has(digits.length)) yield at(text, index, run, decoded);
      }
      for (const { 0: run, index } of text.text.matchAll(PERCENT))
        yield at(text, index, run, readable(Buffer.from(run.replaceAll('%', ''), 'hex').toString('utf8')));
      for (const { 0: run, index } of text.text.matchAll(BACKSLASH))
        yield at(text, index, run, readable(unescape(run)));
    }),
  },
];

function at(
  text: { readonly pointer: string; readonly text: string },
  index: number,
  run: string,
  decoded: string | undefined,
): Match {
  return {
    pointer: text.pointer,
    text: text.text,
    start: index,
    end: index + run.length,
    decoded,
    severity: decoded === undefined ? 'medium' : 'high',
  };
}

function fromBase64(run: string): string {
  return Buffer.from(run.replaceAll('-', '+').replaceAll('_', '/'), 'base64').toString('utf8');
}

/** Enough to know what it is; the search for words takes the square of it. */
const SHOWN = 2000;

/** Text, if that is what it is: nearly all of it printable, and words in it. */
function readable(whole: string): string | undefined {
  const text = whole.slice(0, SHOWN);
  const printable = text.match(/[\p{L}\p{N}\p{P}\p{Zs}\n]/gu)?.length ?? 0;
  const isText =
    text.length >= 12 && printable >= text.length * 0.95 && /\p{L}{3,}[\s_./:-]+\p{L}{2,}/u.test(text);
  return isText ? text : undefined;
}

/** Long names and paths are words; what is encoded changes case and has digits all over. */
function isMixed(run: string): boolean {
  const changes = run.match(/[a-z][A-Z0-9]|[A-Z0-9][a-z]/g)?.length ?? 0;
  return changes > run.length / 5 && /[0-9]/.test(run) && /[a-z]/.test(run) && /[A-Z]/.test(run);
}

function unescape(run: string): string {
  return run.replaceAll(
    /\\x([0-9A-Fa-f]{2})|\\u\{?([0-9A-Fa-f]{1,6})\}?|&#(x?)([0-9A-Fa-f]{1,6});/g,
    (_, byte, unit, hex, entity) => {
      const digits = (byte ?? unit ?? entity) as string;
      const code = Number.parseInt(digits, entity !== undefined && hex === '' ? 10 : 16);
      return code <= 0x10ffff ? String.fromCodePoint(code) : '';
    },
  );
}
