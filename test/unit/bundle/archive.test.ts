// Headers that no honest program writes, with a checksum that fits them: the first thing that is read of a file from outside.
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { packArchive, readArchive } from '../../../src/bundle/archive.ts';

const [SIZE, CHECKSUM] = [124, 148] as const;
const good = packArchive([
  { path: 'index.json', content: Buffer.from('{}') },
  { path: 'config.json', content: Buffer.from('{"schema":1}') },
]);

function forged(at: number, bytes: Uint8Array): Buffer {
  const archive = Buffer.from(good);
  archive.set(bytes, at);
  archive.fill(' ', CHECKSUM, CHECKSUM + 8);
  const sum = archive.subarray(0, 512).reduce((total, byte) => total + byte, 0);
  archive.write(`${sum.toString(8).padStart(6, '0')} \0`, CHECKSUM, 'latin1');
  return archive;
}

it('is taken as it was packed, also with its checksum written again: the control', () => {
  expect(readArchive(good).ok).toBe(true);
  expect(readArchive(forged(0, new Uint8Array(0))).ok).toBe(true);
});

it.each([
  ['more than a number holds', '8000000040000000000000000'],
  ['more than the file has', '800000000000000000ffffff'],
  ['less than nothing', 'fffffffffffffffffffffe00'],
  ['the least there is', 'ff0000000000000000000000'],
])('a size that is %s is refused', (_, hex) => {
  expect(readArchive(forged(SIZE, Buffer.from(hex, 'hex').subarray(0, 12)))).toMatchObject({ ok: false });
});

it('of more files than an index can name is refused where it has one too many', () => {
  const file = { path: 'config.json', content: Buffer.alloc(0) };
  const most = packArchive(Array.from({ length: 8194 }, () => file));
  expect(readArchive(most).ok).toBe(true);
  // The rest of it is not looked at: this one has no end.
  const more = Buffer.concat([most.subarray(0, -1024), most.subarray(0, 512)]);
  expect(readArchive(more)).toEqual({ ok: false, fault: 'holds more files than any bundle' });
});

it('property: whatever stands in a header, there is an answer, and it is no other archive', () => {
  let taken = 0;
  fc.assert(
    fc.property(fc.nat(500), fc.uint8Array({ minLength: 1, maxLength: 12 }), (at, bytes) => {
      const archive = forged(at, bytes.subarray(0, 512 - at));
      const read = readArchive(archive);
      if (read.ok) taken += 1;
      if (read.ok) expect(packArchive(read.files).equals(archive)).toBe(true);
    }),
    { numRuns: 2000 },
  );
  // Another name makes another archive that is one: a property that sees none of them proves nothing.
  expect(taken).toBeGreaterThan(20);
});
