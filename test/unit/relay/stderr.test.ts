import { PassThrough } from 'node:stream';
import { text as readAll } from 'node:stream/consumers';
import { setTimeout } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { relayStderr } from '../../../src/relay/stderr.ts';
import { type Concealer, concealer } from '../../../src/secrets/conceal.ts';

async function relayed(...chunks: ReadonlyArray<string | Uint8Array>): Promise<string> {
  return relayedBy(undefined, chunks);
}

async function relayedBy(
  by: Concealer | undefined,
  chunks: ReadonlyArray<string | Uint8Array>,
): Promise<string> {
  const source = new PassThrough();
  const sink = new PassThrough();
  const ended = relayStderr(source, sink, by);
  let text = '';
  sink.on('data', (chunk: Buffer) => {
    text += chunk.toString();
  });
  for (const chunk of chunks) {
    source.write(chunk);
    await new Promise(setImmediate);
  }
  source.end();
  await ended;
  await new Promise(setImmediate);
  return text;
}

describe('relayStderr', () => {
  it('marks each line, joins pieces and ends the last line', async () => {
    expect(await relayed('one\ntw', 'o\n\nthree')).toBe(
      '[server] one\n[server] two\n[server] \n[server] three\n',
    );
  });

  it('joins characters that were cut between two pieces, and shows broken ones', async () => {
    const bytes = Buffer.from('łódź\n');
    expect(await relayed(bytes.subarray(0, 1), bytes.subarray(1))).toBe('[server] łódź\n');
    expect(await relayed(Buffer.from([0x61, 0xff, 0x62, 0x0a]))).toBe('[server] a\ufffdb\n');
  });

  it('AN-03: shows escapes, keeps tabs and drops the CR of CRLF', async () => {
    expect(await relayed('\u001b[31mred\t\u0007\u200b\u202e\r\n')).toBe(
      '[server] \\x1b[31mred\t\\x07\\u{200b}\\u{202e}\n',
    );
  });

  it('cuts a line that is too long', async () => {
    const text = await relayed('a'.repeat(1_000_000), 'b'.repeat(1_000_000), '\nshort\n');
    expect(text).toBe(`[server] ${'a'.repeat(8192)}…\n[server] short\n`);
  });

  describe('P4: secrets', () => {
    const TOKEN = 'canary-é-0123456789';
    const by = concealer(new Map([['TOKEN', Buffer.from(TOKEN)]]));

    it('are not shown, however the pipe cuts them', async () => {
      const bytes = Buffer.from(`a ${TOKEN} b\n`);
      for (let cut = 1; cut < bytes.length; cut += 1)
        expect(await relayedBy(by, [bytes.subarray(0, cut), bytes.subarray(cut)])).toBe(
          '[server] a [secret TOKEN] b\n',
        );
      expect(
        await relayedBy(
          by,
          [...bytes].map((byte) => Buffer.from([byte])),
        ),
      ).toBe('[server] a [secret TOKEN] b\n');
    });

    it('are not shown in part where a long line is cut, nor at the end of the output', async () => {
      for (let before = 8192 - 25; before <= 8192; before += 1) {
        const text = await relayedBy(by, [`${'x'.repeat(before)}${TOKEN}${'y'.repeat(100)}\n`]);
        expect(text.replaceAll(/\[secret TOKEN\]|\[server\] |x|y|…|\n/g, '')).toBe('');
      }
      expect(await relayedBy(by, [TOKEN])).toBe('[server] [secret TOKEN]\n');
    });

    it('are not shown in part where they are escaped and a long line is cut', async () => {
      const escaped = [...Buffer.from(TOKEN)]
        .map((byte) => `%${byte.toString(16).padStart(2, '0')}`)
        .join('');
      for (let before = 8192 - escaped.length; before <= 8192; before += 7) {
        const text = await relayedBy(by, [`${'x'.repeat(before)}${escaped}${'y'.repeat(100)}\n`]);
        expect(text.replaceAll(/\[secret TOKEN\]|\[server\] |x|y|…|\n/g, '')).toBe('');
      }
    });

    it('are not shown in part when a part of their line came while too much was said', async () => {
      const source = new PassThrough();
      const sink = new PassThrough({ highWaterMark: 1024 });
      const ended = relayStderr(source, sink, by);
      source.write(`${'x'.repeat(99)}\n`.repeat(20_000));
      source.write(TOKEN.slice(0, 10));
      // Nobody reads: after a moment of patience nothing passes, and a while later it does again.
      await setTimeout(150);
      source.write(TOKEN.slice(10));
      const shown = readAll(sink);
      await setTimeout(1100);
      source.end('\nlast\n');
      await ended;
      sink.end();
      const text = await shown;
      expect(text).not.toMatch(/canary|6789/);
      expect(text).toMatch(/1 lines? dropped.*\n\[server\] last\n$/);
    });

    it('leave lines without one as they are', async () => {
      const line = `${'z'.repeat(20_000)}\n`;
      expect(await relayedBy(by, [line])).toBe(await relayed(line));
    });
  });

  it('drops what is too much, says so once, and keeps reading', async () => {
    const line = `${'x'.repeat(99)}\n`;
    const text = await relayed(...Array.from({ length: 40 }, () => line.repeat(10_000)));
    expect(text.length).toBeLessThan(18_000_000);
    expect(text.match(/lines dropped/g)).toHaveLength(1);
    const passed = text.split('\n').filter((passedLine) => passedLine.endsWith('xx')).length;
    expect(text).toContain(`${400_000 - passed} lines dropped`);
  });

  it('reads on although nobody reads us', async () => {
    const source = new PassThrough();
    const sink = new PassThrough({ highWaterMark: 1024 });
    const ended = relayStderr(source, sink);
    for (let sent = 0; sent < 50; sent += 1) {
      if (!source.write('x'.repeat(99_999).concat('\n').repeat(10)))
        await new Promise((resolve) => source.once('drain', resolve));
    }
    source.end();
    await ended;
    expect(sink.writableLength + sink.readableLength).toBeLessThan(4 * 1024 * 1024);
  });
});
