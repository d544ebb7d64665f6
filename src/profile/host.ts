// A host of the profile's network grants: an exact name, `*.` and a name of at least two labels, `localhost`, or an
// address in its one spelling.
import { quote } from '../escape.ts';
import {
  NO_ADDRESS,
  inRange,
  type IpAddress,
  looksLikeAddress,
  readAddress,
  readRange,
} from './address-range.ts';
import { publicSuffixLibrary } from './libraries.ts';

export type Host =
  | { readonly kind: 'name'; readonly name: string }
  /** All that is below `name`, at any depth; not `name` itself. */
  | { readonly kind: 'wildcard'; readonly name: string }
  /** The loopback of the machine. */
  | { readonly kind: 'localhost' }
  | { readonly kind: 'address'; readonly address: IpAddress }
  | { readonly kind: 'invalid'; readonly fault: string };

const LABEL = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;

/** Nearly every host there is: nothing is wrong with it, and one look tells. Neither a number nor "localhost" at its end. */
const ORDINARY =
  /^(?=.{3,253}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+(?!localhost$)[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?$/;

export function readHost(text: string): Host {
  if (ORDINARY.test(text)) return { kind: 'name', name: text };
  if (text === 'localhost') return { kind: 'localhost' };
  const fault = spellingFault(text);
  if (fault !== undefined) return { kind: 'invalid', fault };
  if (looksLikeAddress(text)) return readAddressHost(text);
  const isWildcard = text.startsWith('*.');
  const name = isWildcard ? text.slice(2) : text;
  const nameFault = labelFault(name.split('.'), isWildcard) ?? (isWildcard ? suffixFault(name) : undefined);
  if (nameFault !== undefined) return { kind: 'invalid', fault: nameFault };
  return { kind: isWildcard ? 'wildcard' : 'name', name };
}

function spellingFault(text: string): string | undefined {
  if (text.includes('://') || text.includes('/')) return 'must be a host name only, without scheme and path';
  if (looksLikeAddress(text)) return undefined;
  if (text.includes(':')) return 'must be a host name only, the port goes into "port"';
  // oxlint-disable-next-line no-control-regex
  if (/[^\u0000-\u007f]/.test(text)) return 'must be ASCII: write an international name as punycode, "xn--…"';
  if (text !== text.toLowerCase()) return 'must be lower case';
  if (text.endsWith('.')) return 'must not end with a dot';
  return undefined;
}

function labelFault(labels: readonly string[], isWildcard: boolean): string | undefined {
  if (labels.some((label) => label.includes('*')))
    return 'may have one "*." at the start and no other wildcard';
  if (!labels.every((label) => LABEL.test(label)))
    return 'must be labels of a-z, 0-9 and "-", joined by dots';
  if (labels.at(-1) === 'localhost') return 'must be "localhost" itself when this machine is meant';
  if (labels.length < 2)
    return isWildcard
      ? 'is too broad: "*." needs at least two labels after it'
      : 'must be a full name with a dot in it';
  return undefined;
}

/** `*.co.uk` and `*.github.io` are as broad as `*.com`. */
function suffixFault(name: string): string | undefined {
  const { getPublicSuffix } = publicSuffixLibrary();
  return getPublicSuffix(name, { allowPrivateDomains: true }) === name
    ? `is too broad: anybody can have a name below ${quote(name)}`
    : undefined;
}

/** Only what can be dialled and means the same inside the sandbox as outside. */
function readAddressHost(text: string): Host {
  const read = readAddress(text);
  if (!read.ok)
    return { kind: 'invalid', fault: read.fault === NO_ADDRESS ? `${NO_ADDRESS}, or a name` : read.fault };
  const fault = unusable(read.value);
  return fault === undefined ? { kind: 'address', address: read.value } : { kind: 'invalid', fault };
}

/** Names inside the sandbox stand for addresses of this range (benchmarking, RFC 2544). */
const NAMES_INSIDE = '198.18.0.0/15';

function unusable(address: IpAddress): string | undefined {
  const range = address.range();
  if (range === 'loopback') return 'must be "localhost" when this machine is meant';
  if (range === 'unspecified' || range === 'multicast' || range === 'broadcast')
    return 'is no address that can be connected to';
  const inside = readRange(NAMES_INSIDE);
  return inside.ok && inRange(inside.value, address)
    ? `is in ${NAMES_INSIDE}, whose addresses stand for names inside the sandbox`
    : undefined;
}

/** Whether a grant's host names this exact host. `*.example.com` covers what is below example.com, not itself. */
export function coversHost(granted: string, host: string): boolean {
  return granted.startsWith('*.')
    ? host.endsWith(granted.slice(1)) && host.length > granted.length - 1
    : granted === host;
}
