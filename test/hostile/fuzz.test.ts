// The same as test/unit/relay/fuzz.test.ts with a real process as the server, and as much of it as a server can write.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { afterAll, afterEach, expect, it } from 'vitest';
import { faultsOf } from '../fixtures/fuzz/client-oracle.ts';
import {
  FUZZED_POLICY,
  FUZZED_REVIEWED,
  type FuzzedEra,
  firstQuestions,
  lastQuestions,
} from '../fixtures/fuzz/fuzzed-session.ts';
import { floodingLine, fuzzedLines } from '../fixtures/fuzz/lines.ts';
import { type RelaySession, startSession } from './relay-session.ts';

const SERVER = fileURLToPath(new URL('../fixtures/servers/fuzzed-server.mjs', import.meta.url));
const MIB = 1024 * 1024;
const scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'cordon-fuzz-'));
afterAll(() => fs.rmSync(scratch, { recursive: true, force: true }));

let open: RelaySession | undefined;
afterEach(() => open?.close());

/** The server says these lines. Resolves when the last question was answered, with whether the server was still there to do it. */
async function converse(name: string, era: FuzzedEra, lines: readonly Buffer[]): Promise<boolean> {
  const file = path.join(scratch, `${name}.json`);
  fs.writeFileSync(file, JSON.stringify(lines.map((line) => line.toString('base64'))));
  const session = await startSession('', {
    server: [SERVER, file],
    handshake: false,
    policy: FUZZED_POLICY,
    reviewed: FUZZED_REVIEWED,
    maxMessageBytes: MIB,
  });
  open = session;
  const asked = new Map<string, string>();
  for (const { id, method, params } of [...firstQuestions(era), ...lastQuestions(era)]) {
    asked.set(JSON.stringify(id), method);
    session.send({ jsonrpc: '2.0', id, method, params });
    if (id !== 1) await session.next((message) => message.id === id && message.method === undefined);
  }
  expect(faultsOf(session.received(), asked, era)).toEqual([]);
  session.close();
  return session.messages().some(({ id, result }) => id === 'last call' && result !== undefined);
}

it.each<FuzzedEra>(['legacy', 'modern'])('%s: whatever a process writes is judged', async (era) => {
  const samples = fc.sample(fuzzedLines, { numRuns: 5, seed: 20_260_728 });
  for (const [index, lines] of samples.entries()) await converse(`${era}-${index}`, era, lines);
});

it('JR-25: 50 000 lines of it in flat memory, and the client is answered', async () => {
  const some = fc.sample(floodingLine, { numRuns: 1000, seed: 1 });
  const before = process.memoryUsage.rss();
  const lines = Array.from({ length: 50 }, () => some).flat();
  expect(await converse('flood', 'legacy', lines)).toBe(true);
  expect(process.memoryUsage.rss() - before).toBeLessThan(128 * MIB);
});
