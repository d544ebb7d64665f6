// docs/administrators.md as a new administrator follows it: every command of it, on a machine that has nothing of Cordon, with what
// it says that one sees. The package is the one of its first step, not compressed; the server's comes from the registry.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { debianPackage } from '../../scripts/package/debian.ts';
import { wantedOnMachine } from '../../src/setup/layout.ts';
import { profileFiles, programFiles } from '../../src/setup/sources.ts';
import { VERSION } from '../../src/version.ts';
import { columns, hasOwnMachine } from '../escape/columns.ts';
import { onCleanMachine, prepareScratch } from '../fixtures/clean-machine.ts';
import { ROOT } from '../fixtures/launcher.ts';

const PAGE = fs.readFileSync(path.join(ROOT, 'docs/administrators.md'), 'utf8');
const CLIENTS = path.join(ROOT, 'test/clients/node_modules/@anthropic-ai');
const hasDpkg = fs.existsSync('/usr/bin/dpkg') && fs.existsSync('/var/lib/dpkg/info/bubblewrap.list');
const PACKAGE = `cordon_${VERSION}_amd64.deb`;

interface Shown {
  readonly command: string;
  readonly isRoots: boolean;
  readonly lines: readonly string[];
}

function shownIn(page: string): readonly Shown[] {
  const blocks = [...page.matchAll(/^```console\n([\s\S]*?)^```/gm)].map((match) => match[1] ?? '');
  return blocks.flatMap((block) =>
    block
      .split(/^(?=[#$] )/m)
      .filter((part) => part !== '')
      .map((part) => {
        const [prompt = '', ...lines] = part.trimEnd().split('\n');
        return { command: prompt.slice(2), isRoots: prompt.startsWith('# '), lines };
      }),
  );
}

/** `…` stands for anything; alone on its line, for any lines. */
function asPattern(lines: readonly string[]): RegExp {
  const literal = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
  const patterns = lines.map((line) =>
    line === '…'
      ? '(?:.*\\n)*?'
      : `${line
          .split(/…(?!$)|(?<= )…$/)
          .map(literal)
          .join('.*')}\\n`,
  );
  return new RegExp(`^${patterns.join('')}$`);
}

describe.runIf(hasOwnMachine && hasDpkg && process.arch === 'x64')('the page for administrators', () => {
  const shown = shownIn(PAGE);
  let scratch = '';
  beforeAll(() => {
    scratch = prepareScratch('administrators');
    const shared = path.join(scratch, 'shared');
    fs.mkdirSync(path.join(shared, 'out'));
    const wanted = wantedOnMachine(
      programFiles(ROOT),
      profileFiles(ROOT, ['filesystem'], () => false),
    );
    fs.writeFileSync(
      path.join(shared, PACKAGE),
      debianPackage({
        version: VERSION,
        architecture: 'amd64',
        wanted,
        license: Buffer.from('…\n'),
        seconds: 0,
        level: 0,
      }),
    );
    const user = columns().find((column) => column.uid !== 0);
    if (user === undefined) throw new Error('there is no ordinary user');
    shown.forEach(({ command }, index) => fs.writeFileSync(path.join(shared, `${index}.sh`), command));
    const asUser = user.as(['/usr/bin/env', '-i', 'HOME=/home/user', 'PATH=/usr/local/bin:/usr/bin:/bin']);
    const steps = shown.map(({ isRoots }, index) => {
      const shell = `/bin/sh /srv/${index}.sh > /srv/out/${index} 2>&1 || true`;
      return isRoots
        ? `cd /srv; ${shell}`
        : `cd /home/user/project; ${asUser.join(' ')} DISABLE_AUTOUPDATER=1 CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC=1 ${shell}`;
    });
    const [file = '', ...args] = onCleanMachine(
      { scratch, user, dpkg: true, shows: { '/clients': CLIENTS } },
      [
        'ln -s /clients/claude-code-linux-x64/claude /usr/local/bin/claude',
        `mkdir /home/user/project; chown ${user.uid}:${user.gid} /home/user/project`,
        ...steps,
      ].join('\n'),
      ['/bin/true'],
    );
    const { status, stderr } = spawnSync(file, args, {
      env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', HOME: '/root' },
      encoding: 'utf8',
    });
    expect(status, stderr).toBe(0);
  });
  afterAll(() => fs.rmSync(scratch, { recursive: true, force: true }));

  it('has five steps', () => {
    expect([...PAGE.matchAll(/^## (\d)\. /gm)].map((match) => match[1])).toEqual(['1', '2', '3', '4', '5']);
    expect(shown.map(({ command }) => command)).toContain(`dpkg -i ${PACKAGE}`);
  });

  it.each(shown.map(({ command, lines }, index) => [command, lines, index] as const))(
    '%s',
    (_, lines, index) => {
      expect(fs.readFileSync(path.join(scratch, 'shared/out', String(index)), 'utf8')).toMatch(
        asPattern(lines),
      );
    },
  );
});
