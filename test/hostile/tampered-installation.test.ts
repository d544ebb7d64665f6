// Design 2.8 on an installed machine, for every file that a start rests on and every folder above it: where somebody who is not
// root could change it, an ordinary user is refused with one line that names it, and is not when all is as it was set up.
import fs from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasOwnMachine } from '../escape/columns.ts';
import {
  INSTALLED,
  type Called,
  type InstalledMachine,
  installedMachine,
  type Step,
} from '../fixtures/installed-machine.ts';
import { INITIALIZE, ROOT } from '../fixtures/launcher.ts';

const PROFILE = '/etc/cordon/profiles/fixture';
const STORE = '/var/lib/cordon/store';
const QUESTION = `${JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'initialize', params: INITIALIZE })}\n`;

interface Place {
  readonly path: string;
  /** What is said in its place: a package is named by what is in it, and a profile’s own files without it. */
  readonly named?: string;
  /** What every verb rests on, and not this profile's start alone. */
  readonly everyVerb?: true;
  /** A machine does not get along without it for a moment. */
  readonly stays?: true;
}

/** @param package folder of the package in the store */
const placesOf = (packageFolder: string): readonly Place[] => [
  { path: '/', everyVerb: true, stays: true },
  { path: '/opt', everyVerb: true },
  { path: '/opt/cordon', everyVerb: true },
  { path: '/opt/cordon/bin', everyVerb: true },
  { path: INSTALLED, everyVerb: true },
  { path: '/opt/cordon/dist', everyVerb: true },
  { path: '/opt/cordon/dist/cordon', everyVerb: true },
  { path: '/etc', everyVerb: true, stays: true },
  { path: '/etc/cordon', everyVerb: true },
  { path: '/etc/cordon/config.json', everyVerb: true },
  { path: '/etc/cordon/profiles', everyVerb: true },
  { path: PROFILE },
  { path: `${PROFILE}/profile.json` },
  { path: `${PROFILE}/package-lock.json`, named: 'package-lock.json' },
  { path: `${PROFILE}/pins.json`, named: 'pins.json' },
  { path: '/var', everyVerb: true, stays: true },
  { path: '/var/lib', everyVerb: true },
  { path: '/var/lib/cordon', everyVerb: true },
  { path: STORE, everyVerb: true },
  { path: `${STORE}/runtimes` },
  { path: `${STORE}/runtimes/node.json` },
  { path: packageFolder },
  { path: `${packageFolder}/tree`, named: '"." in the installed package' },
  {
    path: `${packageFolder}/tree/node_modules/fixture-server/lifecycle-server.mjs`,
    named: 'fixture-server/lifecycle-server.mjs',
  },
];

/** `user::rwx, user:1:rwx, group::r-x, mask::rwx, other::r-x`, as the kernel keeps it. */
const ACL = Buffer.from(
  [
    [1, 7, -1],
    [2, 7, 1],
    [4, 5, -1],
    [16, 7, -1],
    [32, 5, -1],
  ].reduce((hex, [tag = 0, bits = 0, id = 0]) => {
    const entry = Buffer.alloc(8);
    entry.writeUInt16LE(tag);
    entry.writeUInt16LE(bits, 2);
    entry.writeInt32LE(id, 4);
    return hex + entry.toString('hex');
  }, '02000000'),
  'hex',
).toString('hex');

interface Change {
  readonly what: string;
  readonly make: (place: string) => string;
  readonly undo: (place: string) => string;
  /** Whether `list` is asked as well. */
  readonly listed?: true;
  /** Where it can be made; everywhere when left out. */
  readonly at?: (place: Place) => boolean;
}

const setAcl = (place: string): string =>
  `python3 -c 'import os; os.setxattr("${place}", "system.posix_acl_access", bytes.fromhex("${ACL}"))'`;

const CHANGES: readonly Change[] = [
  { what: 'of another user', listed: true, make: (p) => `chown 1 ${p}`, undo: (p) => `chown 0 ${p}` },
  { what: 'writable by its group', make: (p) => `chmod g+w ${p}`, undo: (p) => `chmod g-w ${p}` },
  { what: 'writable by everybody', make: (p) => `chmod o+w ${p}`, undo: (p) => `chmod o-w ${p}` },
  {
    what: 'writable by one more user',
    make: setAcl,
    undo: (p) => `python3 -c 'import os; os.removexattr("${p}", "system.posix_acl_access")'; chmod go-w ${p}`,
    // The kernel shows it in the mode: one of each kind is enough.
    at: ({ path: place }) => [INSTALLED, PROFILE, `${PROFILE}/pins.json`].includes(place),
  },
  {
    // All of it is the user's own now.
    what: 'behind a link',
    listed: true,
    make: (p) => `mv ${p} /home/user/taken; chown -hR 1 /home/user/taken; ln -s /home/user/taken ${p}`,
    undo: (p) => `rm ${p}; chown -hR 0 /home/user/taken; mv /home/user/taken ${p}`,
    at: ({ stays }) => stays !== true,
  },
  {
    // Both ends of the way are root's, and the user could choose another of root's files. The program is told only by what
    // name it is in the end: who chooses that has chosen it.
    what: 'behind a link to a link of the user',
    make: (p) =>
      `mv ${p} /srv/kept; ln -s /srv/kept /home/user/way; chown -h 1 /home/user/way; ln -s /home/user/way ${p}`,
    undo: (p) => `rm ${p} /home/user/way; mv /srv/kept ${p}`,
    at: ({ path: place, stays }) => stays !== true && !place.startsWith('/opt'),
  },
];

const isListed = ({ listed }: Change, { everyVerb }: Place): boolean => listed === true && everyVerb === true;
const run = (): Step => ({ user: [INSTALLED, 'run', 'fixture'], input: QUESTION });
const list = (): Step => ({ user: [INSTALLED, 'list'] });

describe.runIf(hasOwnMachine)('an installed machine', () => {
  let machine: InstalledMachine;
  let packageFolder = '';
  /** By change and place: of a start, and of `list` where that is refused too. */
  const answers = new Map<string, readonly Called[]>();
  let control: readonly Called[] = [];
  const at = ({ at: can = () => true }: Change) => placesOf(packageFolder).filter(can);

  beforeAll(async () => {
    machine = installedMachine('tampered', path.join(ROOT, 'test/fixtures/servers/lifecycle-server.mjs'));
    const store = path.join(machine.scratch, 'shared/fixture/store');
    packageFolder = `${STORE}/${fs.readdirSync(store).find((name) => name.length === 64)}`;
    const tried = CHANGES.flatMap((change) => at(change).map((place) => ({ change, place })));
    const called = await machine.steps([
      ...tried.flatMap(({ change, place }): Step[] => [
        { root: change.make(place.path) },
        run(),
        ...(isListed(change, place) ? [list()] : []),
        { root: change.undo(place.path) },
      ]),
      run(),
      list(),
      { user: [INSTALLED, 'doctor', '--json'] },
    ]);
    let next = 0;
    for (const { change, place } of tried) {
      const count = isListed(change, place) ? 2 : 1;
      answers.set(`${change.what} ${place.path}`, called.slice(next, next + count));
      next += count;
    }
    control = called.slice(next);
  });
  afterAll(() => machine.remove());

  it('control: it starts, is listed as installed, and doctor finds root to be the only owner', () => {
    const [started, listed, doctor] = control;
    expect(JSON.parse(started?.out ?? '')).toMatchObject({ result: { serverInfo: { name: 'lifecycle' } } });
    expect(listed?.out).toMatch(/^fixture .* managed .* installed/m);
    const { findings } = JSON.parse(doctor?.out ?? '') as {
      findings: Array<{ id: string; verdict: string }>;
    };
    expect(findings.find(({ id }) => id === 'owners')).toMatchObject({ verdict: 'ok' });
    expect(findings.filter(({ verdict }) => verdict === 'failed')).toEqual([]);
  });

  it.each(CHANGES)('P1: no start where anything is $what', (change) => {
    for (const { path: place, named = place } of at(change))
      for (const called of answers.get(`${change.what} ${place}`) ?? []) expectRefused(called, place, named);
  });

  it('doctor names what a start would be refused for', async () => {
    const places = [
      INSTALLED,
      '/opt/cordon/dist/cordon',
      `${PROFILE}/pins.json`,
      `${packageFolder}/MANIFEST`,
    ];
    const [doctor] = await machine.steps([
      { root: places.map((place) => `chmod o+w ${place}`).join('; ') },
      { user: [INSTALLED, 'doctor', '--json'] },
    ]);
    const { findings } = JSON.parse(doctor?.out ?? '') as { findings: Array<{ id: string; detail: string }> };
    const owners = findings.find(({ id }) => id === 'owners');
    expect(owners).toMatchObject({ verdict: 'failed' });
    for (const place of places) expect(owners?.detail).toContain(`"${place}" must not be writable`);
    expect(doctor?.status).toBe(1);
  });
});

/** Says the place, or where a link in its place leads. */
function expectRefused({ status, out, err }: Called, place: string, named: string): void {
  const [line = ''] = err.split('\n');
  expect([place, status, line], out).toEqual([place, 125, expect.stringMatching(/^error: .* \[[A-Z_]+\]$/)]);
  // A configuration is named by its hint, as where to correct it.
  expect([place, err, err.includes(named) || err.includes('/home/user')]).toEqual([place, err, true]);
  expect(line).not.toContain('INTERNAL');
}
