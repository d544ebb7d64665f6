// A signature by ssh-keygen: it asks for passphrases, speaks with agents and tokens, and private keys never come near us.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { signingFailed } from '../messages/bundle.ts';
import { NAMESPACE } from './ssh-signature.ts';

/**
 * @param key a private key, or a public one whose private key an agent has
 * @throws CordonError BUNDLE_UNTRUSTED when it did not sign
 */
export async function signIndex(index: Buffer, key: string): Promise<Buffer> {
  const { execa } = await import('execa');
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'cordon-sign-'));
  try {
    // By a file and not by stdin, which is where it asks for a passphrase.
    const file = path.join(folder, 'index.json');
    fs.writeFileSync(file, index);
    const { failed, shortMessage } = await execa(
      'ssh-keygen',
      ['-Y', 'sign', '-q', '-n', NAMESPACE, '-f', path.resolve(key), file],
      { stdin: 'inherit', stdout: 'ignore', stderr: 'inherit', reject: false },
    );
    if (failed) throw signingFailed(shortMessage ?? '');
    return fs.readFileSync(`${file}.sig`);
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
}
