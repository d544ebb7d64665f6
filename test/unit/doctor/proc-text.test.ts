import { describe, expect, it } from 'vitest';
import {
  mountOf,
  parseInterfaces,
  parseLimits,
  parseMounts,
  parseStatus,
} from '../../../src/doctor/proc-text.ts';

describe('texts of /proc', () => {
  it('reads /proc/self/status', () => {
    const status = parseStatus('Name:\tnode\nCapEff:\t0000000000000000\nSeccomp:\t2\n');
    expect(status.get('CapEff')).toBe('0000000000000000');
    expect(status.get('Seccomp')).toBe('2');
  });

  it('reads hard limits, not soft ones', () => {
    const limits = parseLimits(
      [
        'Limit                     Soft Limit           Hard Limit           Units     ',
        'Max file size             unlimited            16777216             bytes     ',
        'Max processes             10                   unlimited            processes ',
        'Max open files            256                  256                  files     ',
      ].join('\n'),
    );
    expect(limits.get('Max file size')).toBe(16777216);
    expect(limits.get('Max processes')).toBe(Number.POSITIVE_INFINITY);
    expect(limits.get('Max open files')).toBe(256);
  });

  it('takes the last mount at a point, and undoes the escapes of its name', () => {
    const mounts = parseMounts(
      [
        '1 0 0:1 / /proc rw,nosuid - proc proc rw',
        '2 0 0:2 / /a\\040b ro shared:1 - ext4 /dev/x rw',
        '3 0 0:1 / /proc ro,nosuid - proc proc rw',
      ].join('\n'),
    );
    expect(mounts.get('/proc')).toEqual({ options: ['ro', 'nosuid'], type: 'proc' });
    expect(mounts.get('/a b')).toEqual({ options: ['ro'], type: 'ext4' });
    expect(mountOf(mounts, '/a b/c/d')).toBe(mounts.get('/a b'));
    expect(mountOf(mounts, '/a bc')).toBeUndefined();
  });

  it('reads the names of /proc/net/dev', () => {
    const text = 'Inter-|   Receive\n face |bytes packets\n    lo:       0       0\n  eth0: 1 2\n';
    expect(parseInterfaces(text)).toEqual(['lo', 'eth0']);
  });
});
