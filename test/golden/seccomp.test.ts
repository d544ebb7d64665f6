// The very bytes, one instruction a line, so that a change of the filter shows as a diff. `UPDATE_GOLDEN=1` rewrites
// them; look at the diff before committing it.
import fs from 'node:fs';
import { describe, expect, test } from 'vitest';
import { compileSeccomp } from '../../src/sandbox/seccomp/compile.ts';

const VARIANTS = (['x64', 'arm64'] as const).flatMap((architecture) =>
  [false, true].map((unixSockets) => ({
    architecture,
    unixSockets,
    file: `${architecture}${unixSockets ? '-unix-sockets' : ''}.hex`,
  })),
);

describe('the filter is, byte for byte,', () => {
  test.each(VARIANTS)('seccomp/$file', ({ architecture, unixSockets, file }) => {
    const bytes = compileSeccomp({ architecture, unixSockets });
    const text = `${Buffer.from(bytes).toString('hex').match(/.{16}/g)?.join('\n')}\n`;
    const golden = new URL(`seccomp/${file}`, import.meta.url);
    if (process.env['UPDATE_GOLDEN'] === '1') fs.writeFileSync(golden, text);
    expect(text).toBe(fs.readFileSync(golden, 'utf8'));
  });
});
