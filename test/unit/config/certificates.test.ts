import { generateKeyPairSync } from 'node:crypto';
import { rootCertificates } from 'node:tls';
import { describe, expect, test } from 'vitest';
import { certificateFault } from '../../../src/config/certificates.ts';

const [ONE = '', TWO = ''] = rootCertificates;

describe('certificates that servers are to trust', () => {
  test.each([
    ['all that Node.js knows', rootCertificates.join('\n')],
    ['with lines as Windows ends them', `${ONE}\n`.replaceAll('\n', '\r\n')],
    ['behind a byte order mark', `\uFEFF${ONE}`],
    ['with text around them', `# Corp Root\n${ONE}\nsubject=Corp\n${TWO}\n`],
  ])('are taken: %s', (_, pem) => {
    expect(certificateFault(pem)).toBeUndefined();
  });

  test.each([
    ['nothing', ''],
    ['no PEM', 'corp.example'],
  ])('are missed in %s', (_, pem) => {
    expect(certificateFault(pem)).toBe('holds no certificate in PEM');
  });

  // One of them makes OpenSSL and Python refuse the whole file, the certificates of the system included.
  test.each([
    ['an end that was cut off', `${TWO}\n${ONE.slice(0, ONE.length / 2)}`],
    ['a line that is missing', ONE.split('\n').toSpliced(3, 1).join('\n')],
    ['words in the place of the certificate', ONE.replace(/\n[^]*\n/, '\nto be done\n')],
    ['two certificates in one block', ONE.replace(/\n[^]*\n/, '\nMAAwAA==\n')],
    ['a length without an end', ONE.replace(/\n[^]*\n/, '\nMIA=\n')],
    ['nothing between its lines', ONE.replace(/\n[^]*\n/, '\n')],
  ])('are damaged: %s', (_, pem) => {
    expect(certificateFault(pem)).toBe('holds a certificate that is damaged or not complete');
  });

  test.each(['pkcs8', 'sec1'] as const)('stand with no private key beside them (%s)', (type) => {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const key = privateKey.export({ type, format: 'pem' }).toString();
    expect(certificateFault(`${ONE}\n${key}`)).toBe(
      'holds a private key, and servers are given the whole file',
    );
  });
});
