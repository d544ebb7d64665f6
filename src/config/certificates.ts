// What is wrong with a file of certificate authorities, before every server is given all of it. Pure. A damaged certificate is
// found out by its length alone: what it says is for the programs that trust it, and reading that would cost each start more
// than the rest of the configuration.
import { Buffer } from 'node:buffer';

const BLOCK = /-----BEGIN CERTIFICATE-----\r?\n([A-Za-z0-9+/=\s]*)-----END CERTIFICATE-----/g;
const PRIVATE_KEY = /-----BEGIN [A-Z ]*PRIVATE KEY-----/;

/** The end of a sentence that begins with the place; undefined for a good one. Never a word of the file. */
export function certificateFault(pem: string): string | undefined {
  if (PRIVATE_KEY.test(pem)) return 'holds a private key, and servers are given the whole file';
  const begun = pem.split('-----BEGIN CERTIFICATE-----').length - 1;
  if (begun === 0) return 'holds no certificate in PEM';
  const whole = [...pem.matchAll(BLOCK)].filter(([, base64 = '']) => isOneSequence(base64));
  return whole.length === begun ? undefined : 'holds a certificate that is damaged or not complete';
}

/** One SEQUENCE of DER and nothing behind it, as a certificate is (X.690 8.1.3). */
function isOneSequence(base64: string): boolean {
  const der = Buffer.from(base64, 'base64');
  const [tag, first = 0] = der;
  const lengthBytes = first < 0x80 ? 0 : first & 0x7f;
  if (tag !== 0x30 || lengthBytes > 3 || der.length < 2 + lengthBytes) return false;
  const length = lengthBytes === 0 ? first : der.readUIntBE(2, lengthBytes);
  return der.length === 2 + lengthBytes + length;
}
