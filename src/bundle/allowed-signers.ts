// A file of allowed signers as `ssh-keygen -Y verify` reads it (ssh-keygen(1), ALLOWED SIGNERS). Stricter in two things: a line
// that is not understood makes the whole file count for nothing, because nobody knows what it was meant to forbid; and a line
// that names no namespace signs policy only for a person who is asked for by name, because files of signers are shared with git.
import { quote } from '../escape.ts';
import { matchesList } from './pattern-list.ts';
import { isKeyType, type PublicKey, readKeyWords } from './public-key.ts';
import { readSignerTime } from './signer-time.ts';
import { WireFault } from './ssh-wire.ts';

export interface SignerLine {
  /** Counted from 1. */
  readonly line: number;
  /** Patterns, as written. */
  readonly principals: string;
  readonly namespaces?: string;
  /** Seconds since 1970. */
  readonly validAfter?: number;
  readonly validBefore?: number;
  /** The key signs certificates and nothing else. */
  readonly isAuthority: boolean;
  readonly key: PublicKey;
}

export type ParsedSigners =
  | { readonly ok: true; readonly lines: readonly SignerLine[] }
  /** `line 3: …` */
  | { readonly ok: false; readonly faults: readonly string[] };

export function parseAllowedSigners(text: string): ParsedSigners {
  const lines: SignerLine[] = [];
  const faults: string[] = [];
  for (const [index, raw] of text.split('\n').entries()) {
    const written = raw.replace(/^[ \t]+|[ \t\r]+$/g, '');
    if (written === '' || written.startsWith('#')) continue;
    try {
      lines.push(parseLine(written, index + 1));
    } catch (error) {
      if (!(error instanceof WireFault)) throw error;
      faults.push(`line ${index + 1}: ${error.message}`);
    }
  }
  return faults.length === 0 ? { ok: true, lines } : { ok: false, faults };
}

function parseLine(written: string, line: number): SignerLine {
  const [principals, rest] = readPrincipals(written);
  const [word = ''] = rest.split(/[ \t]/, 1);
  // A key type can be no option: options have no hyphen where it has one, or are followed by "=".
  const [options, keyWords] = isKeyType(word) ? [{ isAuthority: false }, rest] : readOptions(rest);
  const [type = '', base64 = ''] = keyWords.split(/[ \t]+/, 2);
  if (!isKeyType(type)) throw new WireFault(`${quote(type, 60)} is no type of key that counts here`);
  try {
    return { line, principals, ...options, key: readKeyWords(type, base64) };
  } catch (error) {
    throw error instanceof WireFault ? new WireFault(`the key ${error.message}`) : error;
  }
}

/** The first word, perhaps in double quotes; and what comes after it. */
function readPrincipals(written: string): readonly [principals: string, rest: string] {
  const found = /^(?:"(?<quoted>[^"]+)"|(?<plain>[^"\s]+))[ \t]+(?<rest>\S.*)$/.exec(written);
  const { quoted, plain, rest } = found?.groups ?? {};
  const principals = quoted ?? plain;
  if (principals === undefined || rest === undefined)
    throw new WireFault('must be principals, perhaps options, and a key');
  return [principals, rest];
}

type Options = Pick<SignerLine, 'namespaces' | 'validAfter' | 'validBefore' | 'isAuthority'>;

/** `name` or `name="value"`, with commas between and no spaces. */
function readOptions(rest: string): readonly [options: Options, keyWords: string] {
  const option = /([a-z-]+)(?:="((?:[^"\\]|\\.)*)")?(,|[ \t]+|$)/iy;
  const given = new Map<string, string>();
  for (;;) {
    const found = option.exec(rest);
    if (found === null) throw new WireFault('has options that are not written as options are');
    const [, name = '', value, after = ''] = found;
    const key = name.toLowerCase();
    if (given.has(key)) throw new WireFault(`has the option ${quote(key)} twice`);
    if (!OPTIONS.has(key)) throw new WireFault(`has the option ${quote(key, 60)}, which is unknown`);
    if ((value === undefined) !== (key === 'cert-authority'))
      throw new WireFault(
        key === 'cert-authority'
          ? `${quote(key)} takes no value`
          : `${quote(key)} needs a value in double quotes`,
      );
    given.set(key, (value ?? '').replaceAll('\\"', '"'));
    if (after !== ',') return [optionsOf(given), rest.slice(option.lastIndex)];
  }
}

const OPTIONS: ReadonlySet<string> = new Set(['cert-authority', 'namespaces', 'valid-after', 'valid-before']);

function optionsOf(given: ReadonlyMap<string, string>): Options {
  const namespaces = given.get('namespaces');
  const time = (name: string): number | undefined => {
    const text = given.get(name);
    if (text === undefined) return undefined;
    const seconds = readSignerTime(text);
    if (seconds === undefined) throw new WireFault(`${quote(name)} is not a time such as "20270131Z"`);
    return seconds;
  };
  const [validAfter, validBefore] = [time('valid-after'), time('valid-before')];
  if (validAfter !== undefined && validBefore !== undefined && validBefore <= validAfter)
    throw new WireFault('is valid at no time');
  return {
    isAuthority: given.has('cert-authority'),
    ...(namespaces === undefined ? {} : { namespaces }),
    ...(validAfter === undefined ? {} : { validAfter }),
    ...(validBefore === undefined ? {} : { validBefore }),
  };
}

export interface SignerRequest {
  readonly key: PublicKey;
  readonly namespace: string;
  /** Whose signature it must be; undefined for anybody whose line names the namespace. */
  readonly signer: string | undefined;
  /** Milliseconds since 1970. */
  readonly now: number;
}

export type SignerVerdict =
  | { readonly kind: 'allowed'; readonly line: SignerLine }
  /** Why none of the key's lines allows it, one line each; empty when no line has the key. */
  | { readonly kind: 'refused'; readonly why: readonly string[] };

export function judgeSigner(lines: readonly SignerLine[], request: SignerRequest): SignerVerdict {
  const why: string[] = [];
  for (const line of lines) {
    if (!line.key.blob.equals(request.key.blob)) continue;
    const fault = lineFault(line, request);
    if (fault === undefined) return { kind: 'allowed', line };
    why.push(`line ${line.line}: ${fault}`);
  }
  return { kind: 'refused', why };
}

function lineFault(line: SignerLine, { namespace, signer, now }: SignerRequest): string | undefined {
  const seconds = Math.floor(now / 1000);
  if (line.isAuthority)
    return 'the key is that of a certificate authority, and certificates are not understood';
  if (signer !== undefined && !matchesList(signer, line.principals)) return `it is not for ${quote(signer)}`;
  if (line.namespaces === undefined) {
    if (signer === undefined)
      return `it names no namespaces; write namespaces="${namespace}" in front of the key, or name the signer`;
  } else if (!matchesList(namespace, line.namespaces))
    return `it is not for the namespace ${quote(namespace)}`;
  if (line.validAfter !== undefined && seconds < line.validAfter) return 'the key is not valid yet';
  if (line.validBefore !== undefined && seconds > line.validBefore) return 'the key is not valid any more';
  return undefined;
}
