// A host of the profile's network grants: one exact name, or `*.` and a name of at least two labels.

const LABEL = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;

/** What is wrong with the writing of a host; undefined when nothing is. */
export function hostFault(host: string): string | undefined {
  if (host.includes('://') || host.includes('/')) return 'must be a host name only, without scheme and path';
  if (isAddress(host)) return 'must be a name, not an IP address';
  if (host.includes(':')) return 'must be a host name only, the port goes into "port"';
  // oxlint-disable-next-line no-control-regex
  if (/[^\u0000-\u007f]/.test(host)) return 'must be ASCII: write an international name as punycode, "xn--…"';
  if (host !== host.toLowerCase()) return 'must be lower case';
  if (host.endsWith('.')) return 'must not end with a dot';
  const wildcard = host.startsWith('*.');
  const labels = (wildcard ? host.slice(2) : host).split('.');
  if (labels.some((label) => label.includes('*')))
    return 'may have one "*." at the start and no other wildcard';
  if (!labels.every((label) => LABEL.test(label)))
    return 'must be labels of a-z, 0-9 and "-", joined by dots';
  if (labels.at(-1) === 'localhost') return 'must not be this machine itself';
  if (labels.length < 2)
    return wildcard
      ? 'is too broad: "*." needs at least two labels after it'
      : 'must be a full name with a dot in it';
  return wildcard ? publicSuffixFault(labels) : undefined;
}

/** The place for the public suffix list: `*.co.uk` and `*.github.io` are as broad as `*.com`. */
function publicSuffixFault(_labels: readonly string[]): string | undefined {
  return undefined;
}

/** Every form that resolvers take for a number: `1.2.3.4`, `127.1`, `0x7f000001`, `2130706433`, `[::1]`. */
function isAddress(host: string): boolean {
  if (host.startsWith('[') || host.split(':').length > 2) return true;
  const last = host.replace(/\.$/, '').split('.').at(-1) ?? '';
  return /^(?:[0-9]+|0x[0-9a-f]*)$/i.test(last);
}

/** Whether a grant's host names this exact host. `*.example.com` covers what is below example.com, not itself. */
export function coversHost(granted: string, host: string): boolean {
  return granted.startsWith('*.')
    ? host.endsWith(granted.slice(1)) && host.length > granted.length - 1
    : granted === host;
}
