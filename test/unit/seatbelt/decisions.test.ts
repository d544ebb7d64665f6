// P2 on a Mac, as far as it can be shown without one: each policy allows what the grants say and nothing else, by two readers
// that share no code.
import { describe, expect, it } from 'vitest';
import { type Decision, decisions } from '../../fixtures/decisions.ts';
import { renderedFor, SERVERS } from '../../fixtures/mac-servers.ts';
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

  it('a real Scheme reads the same', () => {
    const answers = schemeAnswers(policy, parameters, rows);
    expect(rows.map((row, index) => said(row, answers[index]))).toEqual(wanted);
  });
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
