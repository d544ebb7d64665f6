import { describe, expect, test } from 'vitest';
import { gated } from '../../../src/launch/gate.ts';
import { outerCommand } from '../../../src/launch/outer-command.ts';

const BWRAP = ['/usr/bin/bwrap', '--args', '3'];
const listen = { program: '/opt/cordon/dist/cordon', spec: '{"configure":true}' };

describe('what bubblewrap is started by', () => {
  test('nothing, for a user without network grants', () => {
    expect(outerCommand({ readOnlyDevices: false, listen: undefined }, BWRAP)).toEqual(BWRAP);
  });

  test('root: a read-only view of /dev, and no network namespace of ours', () => {
    const command = outerCommand({ readOnlyDevices: true, listen: undefined }, BWRAP);
    expect(command).toContain('--mount');
    expect(command).not.toContain('--net');
    expect(command.slice(-3)).toEqual(BWRAP);
  });

  test('network grants: the stage ends before bubblewrap starts, which does not get its descriptor', () => {
    const command = outerCommand({ readOnlyDevices: false, listen }, BWRAP);
    expect(command).toContain('--net');
    expect(command).not.toContain('--mount');
    const script = command[command.indexOf('-c') + 1] ?? '';
    expect(script).toBe('"$1" __listen "$2" 9 </dev/null >/dev/null && shift 2 && exec "$@" 9>&-');
    expect(command.slice(-5)).toEqual([listen.program, listen.spec, ...BWRAP]);
  });

  test('both, as root with network grants: /dev first', () => {
    const command = outerCommand({ readOnlyDevices: true, listen }, BWRAP);
    expect(command.slice(0, 5)).toEqual([
      '/usr/bin/unshare',
      '--user',
      '--map-root-user',
      '--mount',
      '--net',
    ]);
    const script = command[command.indexOf('-c') + 1] ?? '';
    expect(script.startsWith('/usr/bin/mount --rbind -o ro,nosuid,noexec /dev /dev && "$1" __listen')).toBe(
      true,
    );
  });
});

test('the proxy way: the stage ends before the gate, and the server gets neither descriptor', () => {
  const [, , script = '', , ...rest] = gated(['/cordon/runtime/node', 'x'], listen);
  expect(script).toBe(
    '"$1" __listen "$2" 9 </dev/null >/dev/null || exit 125; shift 2; exec 9>&-; read -r go <&6 || exit 125; unset SHLVL OLDPWD; exec "$@" <&7 >&8 7<&- 8>&- 6<&-',
  );
  expect(rest).toEqual([listen.program, listen.spec, '/cordon/runtime/node', 'x']);
});
