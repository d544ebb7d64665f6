// A certificate authority of the tests' own, and certificates of it for any names: what a company that inspects its
// traffic has. OpenSSL makes them.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';

export interface Certificate {
  readonly key: string;
  readonly cert: string;
}

export interface Authority {
  /** PEM file of the authority, for `egress.caFile`. */
  readonly file: string;
  issue(...names: readonly string[]): Certificate;
}

export function makeAuthority(folder: string): Authority {
  const at = (name: string): string => path.join(folder, name);
  const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  openssl(
    'req',
    '-x509',
    ...curve,
    '-keyout',
    at('ca.key'),
    '-out',
    at('ca.pem'),
    '-days',
    '2',
    '-subj',
    '/CN=tests',
  );
  fs.chmodSync(at('ca.pem'), 0o644);
  let serial = 0;
  return {
    file: at('ca.pem'),
    issue(...names) {
      serial += 1;
      const [key, request, cert, extensions] = ['key', 'csr', 'pem', 'ext'].map((end) =>
        at(`${serial}.${end}`),
      );
      if (key === undefined || request === undefined || cert === undefined || extensions === undefined)
        throw new Error('four files');
      fs.writeFileSync(extensions, `subjectAltName=${names.map((name) => `DNS:${name}`).join(',')}\n`);
      openssl('req', '-new', ...curve, '-keyout', key, '-out', request, '-subj', `/CN=${names[0] ?? ''}`);
      const by = ['-CA', at('ca.pem'), '-CAkey', at('ca.key'), '-set_serial', String(serial)];
      openssl('x509', '-req', '-in', request, ...by, '-out', cert, '-days', '2', '-extfile', extensions);
      return { key: fs.readFileSync(key, 'utf8'), cert: fs.readFileSync(cert, 'utf8') };
    },
  };
}

function openssl(...args: readonly string[]): void {
  const done = spawnSync('openssl', args, { encoding: 'utf8' });
  if (done.status !== 0) throw new Error(`openssl ${args[0] ?? ''}: ${done.stderr}`);
}
