import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readConnectRequest } from '../../../src/egress/connect-request.ts';

const read = (text: string) => readConnectRequest(Buffer.from(text, 'latin1'));
const connect = (authority: string, more = '') => read(`CONNECT ${authority} HTTP/1.1\r\n${more}\r\n`);

describe('a CONNECT request', () => {
  test('names host and port; what follows it is not read', () => {
    const text = 'CONNECT api.example.com:443 HTTP/1.1\r\nHost: api.example.com:443\r\n\r\n';
    expect(read(`${text}\x16\x03\x01`)).toEqual({
      kind: 'connect',
      host: 'api.example.com',
      port: 443,
      length: text.length,
    });
  });

  test.each([
    ['Proxy-Authorization: Basic eDp5\r\n', 'Basic eDp5'],
    ['proxy-authorization:\t Basic eDp5 \r\n', 'Basic eDp5'],
    ['Proxy-Authorization:\r\n', ''],
    ['Authorization: Basic eDp5\r\n', undefined],
  ])('W16: %j says who asks', (header, authorization) => {
    const asked = connect('api.example.com:443', header);
    expect(asked.kind === 'connect' ? asked.authorization : asked).toBe(authorization);
  });

  test('W16: nobody asks in two names', () => {
    const twice = 'Proxy-Authorization: Basic eDp5\r\n'.repeat(2);
    expect(connect('api.example.com:443', twice)).toEqual({ kind: 'refused', status: 400 });
  });

  test.each([
    ['W08: upper case', 'API.Example.COM:443', 'api.example.com'],
    ['W08: one final dot', 'api.example.com.:443', 'api.example.com'],
    ['IPv6', '[fd00::1]:5432', 'fd00::1'],
    ['W07: numbers stay what they are, for the grants to refuse', '2130706433:443', '2130706433'],
    ['W07: hexadecimal too', '0x7f000001:443', '0x7f000001'],
  ])('%s', (_what, authority, host) => {
    expect(connect(authority)).toMatchObject({ kind: 'connect', host });
  });

  test.each([
    ['W08: a user', 'user@api.example.com:443'],
    ['W08: a user that looks like a host', 'api.example.com@evil.example:443'],
    ['W08: an encoded NUL', 'api.example.com%00.evil.example:443'],
    ['a NUL', 'api.example.com\0:443'],
    ['no port', 'api.example.com'],
    ['a port that is none', 'api.example.com:0'],
    ['a port that is too large', 'api.example.com:65536'],
    ['a port with a sign', 'api.example.com:+443'],
    ['a path', 'api.example.com:443/x'],
    ['a scheme', 'https://api.example.com:443'],
    ['a space', 'api.example.com :443'],
    ['a zone', '[fe80::1%eth0]:443'],
    ['beyond ASCII', 'ä.example.com:443'],
    ['nothing', ':443'],
    ['a dot alone', '.:443'],
  ])('with %s is bad', (_what, authority) => {
    expect(connect(authority)).toEqual({ kind: 'refused', status: 400 });
  });

  test.each([
    ['W11: a body by length', 'Content-Length: 5\r\n'],
    ['W11: a body in chunks', 'Transfer-Encoding: chunked\r\n'],
    ['NW-10: a folded header', 'X: a\r\n b\r\n'],
    ['NW-10: a bare line feed', 'X: a\nHost: other\r\n'],
    ['a header without a name', ': x\r\n'],
  ])('%s is bad', (_what, headers) => {
    expect(connect('api.example.com:443', headers)).toEqual({ kind: 'refused', status: 400 });
  });

  test.each([
    'GET http://api.example.com/ HTTP/1.1\r\n\r\n',
    'POST / HTTP/1.1\r\n',
    'connect api.example.com:443 HTTP/1.1\r\n\r\n',
    '\x16\x03\x01',
  ])('W11: anything else is answered at once (%j)', (text) => {
    expect(read(text)).toEqual({ kind: 'refused', status: 405 });
  });

  test('has a size limit', () => {
    expect(read(`CONNECT api.example.com:443 HTTP/1.1\r\nX: ${'a'.repeat(9000)}`)).toEqual({
      kind: 'refused',
      status: 431,
    });
    expect(connect('api.example.com:443', `X: ${'a'.repeat(9000)}\r\n`)).toEqual({
      kind: 'refused',
      status: 431,
    });
  });

  test('every beginning of it asks for more', () => {
    const text = 'CONNECT api.example.com:443 HTTP/1.1\r\nHost: x\r\n\r\n';
    for (let length = 0; length < text.length; length += 1)
      expect(read(text.slice(0, length))).toEqual({ kind: 'incomplete' });
  });

  test('property: a host that passes is a name or number of plain characters', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 40 }), (authority) => {
        const request = connect(`${authority}:443`);
        if (request.kind === 'connect') expect(request.host).toMatch(/^[a-z0-9._:-]+$/);
      }),
    );
  });
});
