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
    log.flush();
    lines.length = 0;
    now += 20_000;
    for (let count = 0; count < 30; count += 1) log.add(event());
    expect(lines).toHaveLength(19);
  });

  test('a name of any length is cut', () => {
    log.add(event({ host: 'x'.repeat(5000) }));
    expect(lines[0]?.host).toHaveLength(253);
  });

  test('NW-16: an hour of a flood of names costs little of the disk, and counts them all', () => {
    let asked = 0;
    for (let second = 0; second < 60 * 60; second += 5) {
      for (let count = 0; count < 40; count += 1) {
        asked += 1;
        log.add(
          event({ host: `${asked}.${'x'.repeat(253)}`, verdict: 'denied', reason: 'name-not-granted' }),
        );
      }
      now += 5000;
      log.flush();
    }
    expect(lines.reduce((sum, line) => sum + (line.count ?? 1), 0)).toBe(asked);
    expect(JSON.stringify(lines).length).toBeLessThan(3 * 1024 * 1024);
  });

  test('a host that was reached, or is granted, is named whatever noise is around it', () => {
    const noise = (): void => {
      for (let count = 0; count < 5000; count += 1)
        log.add(event({ host: `${count}.evil.example`, verdict: 'denied', reason: 'name-not-granted' }));
    };
    noise();
    log.add(event({ bytesToHost: 1000 }));
    log.add(event({ bytesToHost: 500 }));
    const fronted = event({ verdict: 'denied', reason: 'tls-other-name' });
    log.add(fronted);
    noise();
    log.flush();
    const reached = event({ bytesToHost: 1500, bytesToServer: 200, durationMs: 10 });
    expect(lines).toContainEqual({ event: 'egress', ...reached, count: 2 });
    expect(lines).toContainEqual({ event: 'egress', ...fronted, count: 1 });
  });

  test('AN-06, AN-07: a name is one line of plain text, of bounded length', () => {
    log.add(event({ host: 'a\u001b[2J\n{"event":"started"}\u009b\u202e.evil.example' }));
    log.add(event({ host: '\u200b'.repeat(5000) }));
    expect(lines[0]?.host).toBe('a\\x1b[2J\\n{"event":"started"}\\x9b\\u{202e}.evil.example');
    expect(lines[1]?.host).toMatch(/^[\u0020-\u007e]{1,253}$/);
  });
});
