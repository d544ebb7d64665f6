import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { shedWhenQuiet } from '../../../src/launch/quiet.ts';

describe('shedWhenQuiet', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('waits for a quiet second after the start, then for half a minute after each busy time', () => {
    let passed = 0;
    const shed = vi.fn<() => void>();
    shedWhenQuiet(() => passed, shed);
    for (let second = 0; second < 5; second += 1) {
      passed += 1;
      vi.advanceTimersByTime(1000);
    }
    expect(shed).toHaveBeenCalledTimes(0);
    vi.advanceTimersByTime(1000);
    expect(shed).toHaveBeenCalledTimes(1);
    vi.advanceTimersByTime(600_000);
    expect(shed, 'nothing passed since').toHaveBeenCalledTimes(1);
    passed += 1;
    vi.advanceTimersByTime(30_000);
    expect(shed, 'one look sees that something passed').toHaveBeenCalledTimes(1);
    vi.advanceTimersByTime(30_000);
    expect(shed).toHaveBeenCalledTimes(2);
  });
});
