// P2 on a Mac, as far as it can be shown without one: each policy allows what the grants say and nothing else, by two readers
// that share no code.
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { renderSeatbelt } from '../../../src/sandbox/seatbelt/render.ts';
import { type Decision, decisions } from '../../fixtures/decisions.ts';
import { MAC, PLACES } from '../../fixtures/mac.ts';
import { renderedFor, SERVERS } from '../../fixtures/mac-servers.ts';
import { samplePlan } from '../../fixtures/plans.ts';
import { evaluator } from '../../fixtures/seatbelt-evaluator.ts';
import { schemeAnswers } from '../../fixtures/tinyscheme.ts';

const said = ({ operation, path, remote, name, target }: Decision, answer: string | undefined): string =>
  [answer, operation, path ?? remote ?? name ?? target ?? ''].join(' ');

describe.each(SERVERS)('%s', (server) => {
  const { policy, parameters, grants } = renderedFor(server);
  const rows = decisions({ grants, reachesHosts: policy.includes('network-outbound') });
  const wanted = rows.map((row) => said(row, row.answer));

  it('allows what is granted and nothing else', () => {
    const ask = evaluator(policy, parameters);
    expect(rows.length).toBeGreaterThan(400);
    expect(rows.map((row) => said(row, ask(row)))).toEqual(wanted);
  });

  it('no path of the machine or of the user is text of it', () => {
    expect(policy).not.toMatch(/127\.0\.0\.1|\(local ip|no-sandbox/);
    expect(Object.values(parameters).filter((path) => policy.includes(path))).toEqual([]);
  });

  it('a real Scheme reads the same', () => {
    const answers = schemeAnswers(policy, parameters, rows);
    expect(rows.map((row, index) => said(row, answers[index]))).toEqual(wanted);
  });
});

it.each(['a")(allow default)("', '\\', "'; a\nb", '(param "PATH_1")', 'ä #t'])(
  'a folder named %j is a folder',
  (name) => {
    const source = `/Users/ada/${name}`;
    const grants = [
      { kind: 'present', source, target: source, type: 'folder', access: 'write', fd: 30 },
    ] as const;
    const plan = { ...samplePlan(MAC, grants), network: { kind: 'none' } } as const;
    const { policy, parameters } = renderSeatbelt(plan, PLACES);
    const rows = decisions({ grants, reachesHosts: false });
    const ask = evaluator(policy, parameters);
    const answers = schemeAnswers(policy, parameters, rows);
    const wanted = rows.map(({ answer }) => answer);
    expect(rows.map((row) => ask(row))).toEqual(wanted);
    expect(answers).toEqual(wanted);
  },
);

describe('a readable folder around the private folders of all starts', () => {
  const source = '/private/var/folders';
  const grants = [
    { kind: 'present', source, target: source, type: 'folder', access: 'read', fd: 30 },
  ] as const;
  const plan = { ...samplePlan(MAC, grants), network: { kind: 'none' } } as const;
  const { policy, parameters } = renderSeatbelt(plan, PLACES);
  const reads = (name: string, answer: 'allow' | 'deny') =>
    ({ operation: 'file-read-data', path: `${PLACES.launches}${name}`, answer }) as const;

  it('shows nothing of other starts, and those of its own', () => {
    const rows = [
      reads('/../other', 'allow'),
      reads('', 'deny'),
      reads('/other/files/TOKEN', 'deny'),
      reads('/other/home/.cache/a', 'deny'),
      { ...reads('/other', 'deny'), operation: 'file-read-metadata' },
      { ...reads('/other', 'deny'), operation: 'file-test-existence' },
      { ...reads('', 'allow'), operation: 'file-read-metadata' },
      { ...reads('/launch', 'allow'), operation: 'file-read-metadata' },
      reads('/launch/home/a', 'allow'),
    ].map((row) => ({ ...row, path: path.posix.normalize(row.path) }));
    const wanted = rows.map(({ answer }) => answer);
    expect(rows.map(evaluator(policy, parameters))).toEqual(wanted);
    expect(schemeAnswers(policy, parameters, rows)).toEqual(wanted);
  });
});

it('files of a start are read and not written, where it has some', () => {
  const withFiles = (names: readonly string[]) => {
    const none = { kind: 'none' } as const;
    const plan = samplePlan(MAC, [], undefined, none, {
      secrets: Object.fromEntries(
        names.map((name) => [name, { required: true, deliver: 'file', why: 'test' }]),
      ),
      secretArguments: new Map(),
    });
    return renderSeatbelt({ ...plan, network: none }, PLACES);
  };
  const rows = ['file-read-data', 'file-write-data', 'file-write-unlink', 'process-exec'].map(
    (operation) => ({
      operation,
      path: `${PLACES.files}/TOKEN`,
    }),
  );
  for (const [names, read] of [
    [['TOKEN'], 'allow'],
    [[], 'deny'],
  ] as const) {
    const { policy, parameters } = withFiles(names);
    const wanted = [read, 'deny', 'deny', 'deny'];
    expect(rows.map(evaluator(policy, parameters))).toEqual(wanted);
    expect(schemeAnswers(policy, parameters, rows)).toEqual(wanted);
  }
});

describe('the second reader', () => {
  it('refuses what Seatbelt has no word for', () => {
    const ask = (rule: string) => () =>
      schemeAnswers(`(version 1)\n${rule}\n`, {}, [{ operation: 'signal' }]);
    expect(ask('(allow signal)')()).toEqual(['allow']);
    expect(ask('(allow file-reed*)')).toThrow('unknown operation file-reed*');
    expect(ask('(allow file-read* (sub-path "/a"))')).toThrow('sub-path');
    expect(ask('(allow file-read* (subpath (param "PATH_9")))')).toThrow('no parameter');
    expect(ask('(allow file-read*')).toThrow('tinyscheme');
  });
});
