// The certificate authorities that a server is to trust where the company has its own: the system's and the company's in
// one text, because OpenSSL and requests take one file in place of the system's.
import fs from 'node:fs';

/** Where distributions keep all authorities in one file. */
const BUNDLES = [
  '/etc/ssl/certs/ca-certificates.crt',
  '/etc/pki/tls/certs/ca-bundle.crt',
  '/etc/ssl/cert.pem',
];

/** PEM text. `caFile` was looked at when the configuration was read. */
export function trustedAuthorities(caFile: string): string {
  const files = [...BUNDLES.filter((file) => fs.existsSync(file)).slice(0, 1), caFile];
  return files.map((file) => `${fs.readFileSync(file, 'utf8').trim()}\n`).join('');
}
