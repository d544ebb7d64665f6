import fs from 'node:fs';
import { describe, expect, it } from 'vitest';
import { unchangedCode } from '../../../src/launch/own-code.ts';

const mapping = (head: string, anonymousKiB: number): string =>
  `${head}\nSize:                 64 kB\nRss:                  64 kB\nAnonymous:      ${String(anonymousKiB).padStart(8)} kB\nVmFlags: rd ex mr mw me\n`;

describe('unchangedCode', () => {
  it('takes read-only mappings of the program of which no page was changed', () => {
    const smaps = [
      mapping('00200000-01a3f000 r--p 00000000 fe:00 262 /opt/a b/cordon', 0),
      mapping('01a40000-0684a000 r-xp 01838000 fe:00 262 /opt/a b/cordon', 0),
      // Relocated, then write-protected: the file holds something else.
      mapping('06867000-0686f000 r--p 0665e000 fe:00 262 /opt/a b/cordon', 12),
      mapping('0686f000-07525000 rw-p 06666000 fe:00 262 /opt/a b/cordon', 0),
      mapping('7f3d463cd000-7f3d46523000 r-xp 00026000 fe:00 77 /usr/lib/libc.so.6', 0),
      mapping('7f3d06062000-7f3d46062000 rwxp 00000000 00:00 0 ', 368),
      mapping('7ffcdde54000-7ffcdde75000 r-xp 00000000 00:00 0                  [vdso]', 0),
    ].join('');
    expect(unchangedCode(smaps, '/opt/a b/cordon')).toEqual([
      { start: 0x200000, bytes: 0x183f000 },
      { start: 0x1a40000, bytes: 0x4e0a000 },
    ]);
  });

  it('takes nothing that is shared, or whose facts are cut off', () => {
    expect(unchangedCode(mapping('00200000-00300000 r-xs 00000000 fe:00 1 /c', 0), '/c')).toEqual([]);
    expect(unchangedCode('00200000-00300000 r-xp 00000000 fe:00 1 /c\nSize: 64 kB\n', '/c')).toEqual([]);
  });

  it('reads what this kernel writes', () => {
    const smaps = fs.readFileSync('/proc/self/smaps', 'utf8');
    expect(unchangedCode(smaps, fs.readlinkSync('/proc/self/exe')).length).toBeGreaterThan(0);
  });
});
