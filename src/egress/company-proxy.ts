// The company's HTTP proxy: the broker asks it with CONNECT and carries bytes once it agrees (RFC 9110 9.3.6). Only the
// configuration names it; the client's proxy variables never do.
import fs from 'node:fs';
import type { Socket } from 'node:net';

export interface CompanyProxy {
  readonly host: string;
  readonly port: number;
  /** A file with `user:password`. */
  readonly credentialsFile?: string;
}

const ANSWER_MS = 10_000;
const MAX_ANSWER_BYTES = 16 * 1024;
const END = '\r\n\r\n';

export type ProxyAnswer =
  /** `begun`: what the far end sent already, mostly nothing. */
  | { readonly kind: 'agreed'; readonly begun: Buffer }
  /** `unauthorized`: it wants other credentials. `broken`: that was no answer of a proxy, or none came. */
  | { readonly kind: 'refused' | 'unauthorized' | 'broken' };

/** Sends CONNECT on a fresh connection to the proxy. Leaves the socket paused. */
export function connectThrough(
  socket: Socket,
  target: { readonly host: string; readonly port: number },
  authorization: string | undefined,
): Promise<ProxyAnswer> {
  const authority = `${target.host.includes(':') ? `[${target.host}]` : target.host}:${target.port}`;
  const lines = [
    `CONNECT ${authority} HTTP/1.1`,
    `Host: ${authority}`,
    ...(authorization === undefined ? [] : [`Proxy-Authorization: ${authorization}`]),
  ];
  return new Promise((resolve) => {
    let answer = Buffer.alloc(0);
    const finish = (given: ProxyAnswer): void => {
      clearTimeout(limit);
      socket.off('data', read).off('end', fail).off('error', fail).off('close', fail);
      socket.pause();
      resolve(given);
    };
    const fail = (): void => finish({ kind: 'broken' });
    const read = (chunk: Buffer): void => {
      answer = Buffer.concat([answer, chunk]);
      const end = answer.indexOf(END, 0, 'latin1');
      if (end === -1) {
        if (answer.length > MAX_ANSWER_BYTES) fail();
        return;
      }
      const [, status] =
        /^HTTP\/1\.[01] ([0-9]{3})(?: |\r)/.exec(answer.toString('latin1', 0, end + 2)) ?? [];
      if (status?.startsWith('2') === true)
        finish({ kind: 'agreed', begun: answer.subarray(end + END.length) });
      else if (status === undefined) fail();
      else finish({ kind: status === '407' ? 'unauthorized' : 'refused' });
    };
    const limit = setTimeout(fail, ANSWER_MS);
    socket.on('data', read).on('end', fail).on('error', fail).on('close', fail);
    socket.resume();
    socket.write(`${lines.join('\r\n')}${END}`);
  });
}

/**
 * The header's value (RFC 7617), from the first line of the file, `user:password`; undefined without a file. What is in it
 * was looked at when the configuration was read.
 */
export function proxyAuthorization({ credentialsFile }: CompanyProxy): string | undefined {
  if (credentialsFile === undefined) return undefined;
  const line = fs.readFileSync(credentialsFile, 'utf8').split(/\r?\n/)[0] ?? '';
  return `Basic ${Buffer.from(line, 'utf8').toString('base64')}`;
}
