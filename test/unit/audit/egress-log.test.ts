import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { EgressLog, type EgressLine } from '../../../src/audit/egress-log.ts';
import type { EgressEvent } from '../../../src/egress/event.ts';

const event = (more: Partial<EgressEvent> = {}): EgressEvent => ({
  host: 'api.example.com',
  port: 443,
  verdict: 'allowed',
  bytesToHost: 10,
  bytesToServer: 100,
  durationMs: 5,
  ...more,
});

describe('EgressLog', () => {
  let lines: EgressLine[];
  let now: number;
  let log: EgressLog;
  beforeEach(() => {
    vi.useFakeTimers();
    lines = [];
    now = 0;
    log = new EgressLog(
      (line) => lines.push(line),
      () => now,
    );
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  test('writes each event while they are few', () => {
    for (let count = 0; count < 200; count += 1) log.add(event());
    expect(lines).toHaveLength(200);
    expect(lines[0]).toEqual({ event: 'egress', ...event() });
  });

  test('NW-16: adds up what is alike when they are many, and loses none', () => {
    for (let count = 0; count < 10_000; count += 1) log.add(event());
    expect(lines).toHaveLength(200);
    vi.advanceTimersByTime(5000);
    expect(lines).toHaveLength(201);
    expect(lines.at(-1)).toEqual({
      event: 'egress',
      ...event({ bytesToHost: 98_000, bytesToServer: 980_000, durationMs: 49_000 }),
      count: 9800,
    });
  });

  test('NW-07: names without end fill neither memory nor disk, and the total is right', () => {
    for (let count = 0; count < 50_000; count += 1)
      log.add(event({ host: `n${count}.evil.example`, verdict: 'denied', reason: 'name-not-granted' }));
    log.flush();
    expect(lines.length).toBeLessThan(200 + 256 + 3);
    expect(lines.reduce((sum, line) => sum + (line.count ?? 1), 0)).toBe(50_000);
    expect(lines.at(-1)).toMatchObject({ host: '(others)', verdict: 'denied' });
  });

  test('writes at once again after a while', () => {
    for (let count = 0; count < 300; count += 1) log.add(event());
    now += 1000;
    log.flush();
    lines.length = 0;
    for (let count = 0; count < 30; count += 1) log.add(event());
    expect(lines).toHaveLength(20);
  });

  test('a name of any length is cut', () => {
    log.add(event({ host: 'x'.repeat(5000) }));
    expect(lines[0]?.host).toHaveLength(253);
  });
});
