import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  processesOf,
  type ProcessRow,
  PS_ARGUMENTS,
  readProcessTable,
} from '../../../../src/launch/seatbelt/process-table.ts';

const HOME = '/Users/ada/.local/state/cordon/launches/70-0123456789abcdef/home';

// As ps of macOS writes it with -E.
const TABLE = `    1     0     1 Ss   /sbin/launchd
    2     0     0 S    (kernel)
   40     1     1 S    helper
   50     1    50 S    /usr/bin/claude SHELL=/bin/zsh HOME=/Users/ada
   70    50    50 S    /opt/cordon/dist/cordon run files HOME=/Users/ada
   71    70    71 Ss   /bin/bash -p -c script watchdog ${HOME.slice(0, -5)}
   72    71    71 S    /opt/cordon/dist/cordon __end-tree 80 ${HOME.slice(0, -5)}
   80    70    80 Ts   /opt/node/bin/node index.js HOME=${HOME} TMPDIR=/x
   81    80    80 T    /opt/node/bin/node a b
   82    81    82 Ss   /opt/node/bin/node stranger
   83     1    83 Ss   /opt/node/bin/node daemon PATH=/usr/bin HOME=${HOME}
   84    83    84 Ss   /opt/node/bin/node of-the-daemon
   85    80    80 Z    (node)
   90     1    90 Ss   /opt/node/bin/node other HOME=${HOME}2 A=1
   91     1    91 Ss   vim ${HOME}/a
   92    70    92 Ss   /usr/bin/sandbox-exec -p (version 1) -D PATH_2=${HOME}/a -D PATH_3=/x
   93    70    93 Ss   /bin/bash -p -c script cordon /usr/bin/sandbox-exec -D PATH_2=${HOME} -D PATH_3=/x
`;

/** As POSIX has it, and the manual of macOS: what follows the first `=` of a word is a heading to the end. Linux reads more. */
function columnsAsked(words: readonly string[]): ReadonlyArray<readonly [column: string, heading: string]> {
  return words
    .filter((_, index) => words[index - 1] === '-o')
    .flatMap((word) => {
      const [columns = '', ...heading] = word.split('=');
      return columns.split(/[ ,]/).map((column) => [column, heading.join('=')] as const);
    });
}

it.each(['darwin', 'linux'] as const)('ps of %s is asked for all columns, and for no headings', (system) => {
  expect(columnsAsked(PS_ARGUMENTS[system] ?? [])).toEqual(
    ['pid', 'ppid', 'pgid', 'stat', 'command'].map((column) => [column, '']),
  );
});

it('ps of this system answers in that form', () => {
  const { stdout } = spawnSync('/bin/ps', PS_ARGUMENTS[process.platform] ?? [], { encoding: 'utf8' });
  const own = readProcessTable(stdout).find(({ pid }) => pid === process.pid);
  expect(own).toMatchObject({ parent: process.ppid, isZombie: false });
});

describe('processes of a server', () => {
  const rows = readProcessTable(TABLE);
  const marks = { group: 80, home: HOME };

  it('are its group, what descends from it, and what has its home folder', () => {
    expect(rows).toHaveLength(17);
    expect(processesOf(marks, rows, 72)).toEqual([80, 81, 82, 83, 84, 93]);
  });

  it('are found by the home folder alone when the group is not known', () => {
    expect(processesOf({ ...marks, group: 0 }, rows, 72)).toEqual([80, 81, 82, 83, 84, 93]);
    for (const group of [0, 1]) expect(processesOf({ group, home: '/nowhere' }, rows, 72)).toEqual([]);
  });

  it('are never the launcher, who looks, or the first of all', () => {
    expect(processesOf({ group: 50, home: HOME }, rows, 72)).not.toContain(50);
    expect(processesOf({ group: 71, home: HOME }, rows, 72)).not.toContain(72);
  });

  it('of any table spare all that the looking process descends from', () => {
    const small = fc.integer({ min: 0, max: 12 });
    const row = fc.record<ProcessRow>({
      pid: small,
      parent: small,
      group: small,
      isZombie: fc.boolean(),
      text: fc.constantFrom('a', `a HOME=${HOME}`, `a HOME=${HOME} b`),
    });
    const table = fc.uniqueArray(row, { selector: ({ pid }) => pid, maxLength: 12 });
    fc.assert(
      fc.property(table, small, small, (any, group, self) => {
        const found = processesOf({ group, home: HOME }, any, self);
        expect(found).not.toContain(0);
        expect(found).not.toContain(1);
        const seen = new Set<number>();
        for (let pid: number | undefined = self; pid !== undefined && pid > 1 && !seen.has(pid); ) {
          expect(found).not.toContain(pid);
          seen.add(pid);
          pid = any.find((one) => one.pid === pid)?.parent;
        }
      }),
    );
  });
});
