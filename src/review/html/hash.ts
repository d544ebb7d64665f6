import { Buffer } from 'node:buffer';
import { sha256Hex } from '../../sha256.ts';

/** As a content security policy wants it. */
export function sha256Base64(text: string): string {
  return Buffer.from(sha256Hex(text), 'hex').toString('base64');
}
