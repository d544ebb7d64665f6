// The one request of the proxy way: `CONNECT host:port HTTP/1.1`. Nothing else is understood, so there is no second
// request on a connection, no absolute URI and no Host header that could say another name (W11, NW-10). Pure.

export type ConnectRequest =
  | { readonly kind: 'incomplete' }
  /**
   * `host` lower-cased, without brackets and without one final dot; `length` bytes were the request; `authorization` is what
   * Proxy-Authorization said.
   */
  | {
      readonly kind: 'connect';
      readonly host: string;
      readonly port: number;
      readonly length: number;
      readonly authorization?: string;
    }
  | { readonly kind: 'refused'; readonly status: 400 | 405 | 431 };

const MAX_REQUEST_BYTES = 8 * 1024;
const END = '\r\n\r\n';

// Host: a name, or an IPv6 address in brackets. No user, no percent sign, no control characters.
const REQUEST_LINE = /^CONNECT (\[[0-9a-f:.]{2,45}\]|[a-z0-9._-]{1,254}):([1-9][0-9]{0,4}) HTTP\/1\.[01]$/i;
const AUTHORIZATION = /^proxy-authorization:[ \t]*(.*?)[ \t]*$/i;
const HEADER = /^[!#$%&'*+.^_`|~0-9a-z-]+:[\t\u0020-\u007e\u0080-\u00ff]*$/i;

export function readConnectRequest(bytes: Uint8Array): ConnectRequest {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
  const end = text.indexOf(END);
  if (end === -1) {
    if (bytes.length > MAX_REQUEST_BYTES) return { kind: 'refused', status: 431 };
    // Said at once, not after the client has waited for an answer that cannot come.
    const known = 'CONNECT ';
    if (!known.startsWith(text.slice(0, known.length))) return { kind: 'refused', status: 405 };
    return { kind: 'incomplete' };
  }
  if (end > MAX_REQUEST_BYTES) return { kind: 'refused', status: 431 };
  const [line = '', ...headers] = text.slice(0, end).split('\r\n');
  if (!line.startsWith('CONNECT ')) return { kind: 'refused', status: 405 };
  const [, written = '', digits = ''] = REQUEST_LINE.exec(line) ?? [];
  // The root of all names, one dot, is none.
  const host = plainHost(written);
  const port = Number(digits);
  // A body would be the start of what is carried, to whoever counts otherwise than we do.
  const hasBody = headers.some((header) => /^(?:content-length|transfer-encoding):/i.test(header));
  const authorizations = headers.flatMap((header) => AUTHORIZATION.exec(header)?.[1] ?? []);
  if (
    host === '' ||
    port > 65535 ||
    hasBody ||
    authorizations.length > 1 ||
    !headers.every((header) => HEADER.test(header))
  )
    return { kind: 'refused', status: 400 };
  const [authorization] = authorizations;
  return {
    kind: 'connect',
    host,
    port,
    length: end + END.length,
    ...(authorization === undefined ? {} : { authorization }),
  };
}

function plainHost(host: string): string {
  return host
    .replace(/^\[|\]$/g, '')
    .replace(/\.$/, '')
    .toLowerCase();
}
