import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Frame, LineFramer } from '../../../src/relay/framing.ts';

const LIMITS = { maxLineBytes: 40, maxDiscardedBytes: 200 };

function frames(pieces: readonly Uint8Array[], limits = LIMITS): unknown[] {
  const framer = new LineFramer(limits);
  return pieces.flatMap((piece) => framer.push(piece)).map(plain);
}

function plain(frame: Frame): unknown {
  return frame.kind === 'line' ? frame.bytes.toString('latin1') : frame;
}

function whole(text: string, limits = LIMITS): unknown[] {
  return frames([Buffer.from(text, 'latin1')], limits);
}

describe('LineFramer', () => {
  it('gives lines with their LF, takes one CR away and skips blank lines', () => {
    expect(whole('a\nbc\r\n\n\r\nd\r\r\ne')).toEqual(['a\n', 'bc\n', 'd\r\n']);
  });

  it('gives the bytes of the piece themselves when a line came whole', () => {
    const piece = Buffer.from('{"a":1}\n{"b":2}\n');
    const [first] = new LineFramer(LIMITS).push(piece);
    expect(first?.kind === 'line' && first.bytes.buffer === piece.buffer).toBe(true);
  });

  it('takes a line of exactly the limit and refuses one byte more', () => {
    expect(whole(`${'a'.repeat(40)}\n`)).toEqual([`${'a'.repeat(40)}\n`]);
    expect(whole(`${'a'.repeat(41)}\n`)).toEqual([
      { kind: 'too-long', length: 41, skimmed: { id: undefined, hasMethod: false, hasVersion: false } },
    ]);
  });

  it.each([
    ['7', 7],
    ['"seven"', 'seven'],
    ['7.0', undefined],
    ['[7]', undefined],
    ['{"id":7}', undefined],
  ])('finds the id %s of a line that is too long, last in it', (spelled, id) => {
    const line = `{"result":{"id":1,"t":"\\"}${'x'.repeat(60)}"},"jsonrpc":"2.0","id": ${spelled} }`;
    expect(whole(`${line}\n`)).toEqual([
      { kind: 'too-long', length: line.length, skimmed: { id, hasMethod: false, hasVersion: true } },
    ]);
  });

  it('finds no id in a line that names two, or none', () => {
    for (const ids of ['"id":1,"id":2', '"id":1,"id":1', '"Id":1', '"id"']) {
      const [frame] = whole(`{${ids},"method":"${'x'.repeat(60)}"}\n`) as Array<{ skimmed: unknown }>;
      expect(frame?.skimmed).toEqual({ id: undefined, hasMethod: true, hasVersion: false });
    }
  });

  it('JR-17: gives up once after the bound, whatever follows', () => {
    const framer = new LineFramer(LIMITS);
    const all = Array.from({ length: 50 }, () => framer.push(Buffer.alloc(30, 'a'))).flat();
    expect(all).toEqual([{ kind: 'endless' }]);
    expect(framer.push(Buffer.from('\n{"a":1}\n'))).toEqual([]);
  });

  it('holds no more than the limit, however small the pieces', () => {
    const framer = new LineFramer({ maxLineBytes: 100_000, maxDiscardedBytes: 1_000_000 });
    for (let sent = 0; sent < 300_000; sent += 1) framer.push(Buffer.from('a'));
    expect(framer.heldBytes).toBe(0);
  });

  it('property: any split of the bytes gives the same frames', () => {
    const text = fc
      .array(
        fc.constantFrom('\n', '\r', '\r\n', '{', '}', '"', '\\', ',', ':', '"id"', '1', 'aaaaaaaaaaaaaaa'),
        {
          maxLength: 120,
        },
      )
      .map((parts) => Buffer.from(parts.join(''), 'latin1'));
    fc.assert(
      fc.property(text, fc.array(fc.nat(400), { maxLength: 30 }), (bytes, cuts) => {
        const places = [0, ...cuts.map((cut) => cut % (bytes.length + 1)), bytes.length].sort(
          (a, b) => a - b,
        );
        const pieces = places.slice(1).map((place, index) => bytes.subarray(places[index], place));
        // Where an endless line is given up depends on the pieces alone in that it may come earlier within one.
        const limits = { maxLineBytes: 40, maxDiscardedBytes: 1_000_000 };
        expect(frames(pieces, limits)).toEqual(frames([bytes], limits));
      }),
      { numRuns: 500 },
    );
  });
});
