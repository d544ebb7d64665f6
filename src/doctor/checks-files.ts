import { INSIDE } from '../plan/inside.ts';
import { type Check, describe, failed, ok, refusalOf, type Scene, valueOf } from './check.ts';
import { mountOf, parseMounts } from './proc-text.ts';
import { names, type Question, text } from './question.ts';

const PROBE = `${INSIDE.package}/probe.mjs`;
/** All that bubblewrap's --dev makes. */
const DEVICES = new Set(
  'console core fd full null ptmx pts random shm stderr stdin stdout tty urandom zero'.split(' '),
);
const CERTAINLY_OURS = ['/', '/usr', '/etc', INSIDE.root] as const;

export function fileChecks(scene: Scene): Check[] {
  const { plan, scratch } = scene;
  const targets = plan.mounts.map((mount) => mount.target);
  const homes = [...new Set(scene.homes)].filter((home) => home !== '/');
  return [
    {
      section: 'files',
      id: 'home-hidden',
      title: 'home folder hidden',
      questions: homes.map((path): Question => ({ ask: 'list', path })),
      judge: (answers) => {
        if (homes.length === 0) return ok('this account has no home folder of its own');
        const seen = homes.flatMap((home, index) => {
          if (refusalOf(answers[index]) === 'ENOENT') return [];
          const found = valueOf(answers[index], names) ?? [describe(answers[index])];
          return found.map((name) => `${home}/${name}`).filter((path) => !leadsTo(path, targets));
        });
        return seen.length === 0
          ? ok(`nothing of ${homes.join(' and ')} is there`)
          : failed(`it can be seen: ${seen.slice(0, 3).join(', ')}`);
      },
    },
    {
      section: 'files',
      id: 'root-folders',
      title: 'nothing beside the plan',
      questions: ['/', '/etc'].map((path): Question => ({ ask: 'list', path })),
      judge: (answers) => {
        const extra = ['', '/etc'].flatMap((folder, index) =>
          (valueOf(answers[index], names) ?? ['(not readable)'])
            .map((name) => `${folder}/${name}`)
            .filter((path) => !leadsTo(path, targets)),
        );
        return extra.length === 0
          ? ok('/ and /etc hold what the plan names and nothing else')
          : failed(`also there: ${extra.join(', ')}`);
      },
    },
    {
      section: 'files',
      id: 'neighbour-hidden',
      title: 'files beside the workspace hidden',
      questions: [{ ask: 'exists', path: scratch.ungranted }],
      judge: ([answer]) =>
        refusalOf(answer) === 'ENOENT'
          ? ok('a file beside the granted folder does not exist there')
          : failed(`a file beside the granted folder: ${describe(answer)}`),
    },
    {
      section: 'files',
      id: 'grant-works',
      title: 'granted folder writable',
      questions: [{ ask: 'write', path: `${scratch.workspace}/written-inside` }],
      judge: ([answer]) =>
        refusalOf(answer) === undefined
          ? ok('a file was written in it')
          : failed(`a file could not be written: ${describe(answer)}`, [
              `df -h ${scratch.workspace}`,
              `ls -ld ${scratch.workspace}`,
            ]),
    },
    {
      section: 'files',
      id: 'protection-holds',
      title: 'protected part of it read-only',
      questions: [{ ask: 'writable', path: scratch.protected }],
      judge: ([answer]) =>
        refusalOf(answer) === undefined
          ? failed('it can be written')
          : ok(`writing is refused (${describe(answer)})`),
    },
    {
      section: 'files',
      id: 'root-read-only',
      title: 'system read-only',
      questions: CERTAINLY_OURS.map((path): Question => ({ ask: 'writable', path })),
      judge: (answers) => {
        const open = CERTAINLY_OURS.filter((_, index) => refusalOf(answers[index]) === undefined);
        return open.length === 0
          ? ok(`${CERTAINLY_OURS.join(', ')}: writing is refused`)
          : failed(`writable: ${open.join(', ')}`);
      },
    },
    {
      section: 'files',
      id: 'package-read-only',
      title: 'package and runtime read-only',
      questions: [
        { ask: 'writable', path: PROBE },
        { ask: 'read', path: '/proc/self/mountinfo' },
      ],
      judge: ([writable, mountinfo]) => {
        const mounts = parseMounts(valueOf(mountinfo, text) ?? '');
        const open = [PROBE, INSIDE.runtime].filter(
          (path) => mountOf(mounts, path)?.options.includes('ro') !== true,
        );
        if (refusalOf(writable) === undefined || open.length > 0)
          return failed(`not on a read-only mount: ${open.join(', ') || PROBE}`);
        return ok('both on read-only mounts');
      },
    },
    ...procChecks(scene),
    {
      section: 'files',
      id: 'dev-minimal',
      title: '/dev minimal',
      questions: [
        { ask: 'list', path: '/dev' },
        { ask: 'writable', path: '/dev' },
      ],
      judge: ([list, writable]) => {
        const extra = (valueOf(list, names) ?? ['(not readable)']).filter((name) => !DEVICES.has(name));
        if (extra.length > 0) return failed(`also there: ${extra.join(', ')}`);
        return refusalOf(writable) === undefined
          ? failed('files can be made in it')
          : ok('no devices but null, zero, full, random and the pseudo terminals; read-only');
      },
    },
    {
      section: 'files',
      id: 'tmp-private',
      title: '/tmp private and small',
      questions: [
        { ask: 'list', path: '/tmp' },
        { ask: 'read', path: '/proc/self/mountinfo' },
      ],
      judge: ([list, mountinfo]) => {
        const extra = valueOf(list, names)?.filter((name) => !leadsTo(`/tmp/${name}`, targets));
        if (extra === undefined || extra.length > 0)
          return failed(`files of others in it: ${extra?.join(', ') ?? describe(list)}`);
        return parseMounts(valueOf(mountinfo, text) ?? '').get('/tmp')?.type === 'tmpfs'
          ? ok('its own, in memory, with a size limit')
          : failed('it is not a file system of its own');
      },
    },
  ];
}

function procChecks(scene: Scene): Check[] {
  const telling = scene.tellingProc;
  return [
    {
      section: 'files',
      id: 'proc-masked',
      title: 'telling parts of /proc hidden',
      questions: telling.map(
        (entry): Question => ({ ask: entry.kind === 'file' ? 'read' : 'list', path: entry.path }),
      ),
      judge: (answers) => {
        const open = telling.filter(
          (entry, index) =>
            refusalOf(answers[index]) === undefined &&
            !(entry.kind === 'folder' && valueOf(answers[index], names)?.length === 0),
        );
        return open.length === 0
          ? ok(`${telling.length} entries cannot be read`)
          : failed(`can be read: ${open.map((entry) => entry.path).join(', ')}`);
      },
    },
    {
      section: 'files',
      id: 'proc-read-only',
      title: '/proc read-only',
      questions: [
        { ask: 'read', path: '/proc/self/mountinfo' },
        { ask: 'writable', path: '/proc/sys/kernel/hostname' },
        { ask: 'writable', path: '/proc/sys/vm/overcommit_memory' },
      ],
      judge: ([mountinfo, ...writable]) => {
        const mount = parseMounts(valueOf(mountinfo, text) ?? '').get('/proc');
        if (mount?.type !== 'proc') return failed('it is not a proc file system of its own');
        return mount.options.includes('ro') && writable.every((answer) => refusalOf(answer) !== undefined)
          ? ok('kernel settings cannot be opened for writing')
          : failed('kernel settings can be opened for writing');
      },
    },
  ];
}

/** Whether `path` is one of the targets, lies below one, or is a folder on the way to one. */
function leadsTo(path: string, targets: readonly string[]): boolean {
  return targets.some(
    (target) =>
      target === path || target.startsWith(`${path}/`) || (target !== '/' && path.startsWith(`${target}/`)),
  );
}
