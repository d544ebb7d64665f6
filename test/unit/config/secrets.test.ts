import { expect, test } from 'vitest';
import { parseConfig } from '../../../src/config/parse.ts';

const parse = (secrets: unknown) => parseConfig(JSON.stringify({ secrets }));
const one = (source: unknown) => parse({ github: { TOKEN: [source] } });

test('takes every kind of source, in its order', () => {
  expect(
    parse({
      github: {
        TOKEN: [
          { keyring: true },
          { command: ['/usr/bin/op', 'read', 'op://Team/GitHub/token'] },
          { command: ['/usr/bin/vault', 'read'], env: { VAULT_ADDR: 'https://v' }, timeoutSeconds: 5 },
          { file: '/run/keys/github' },
          { file: '${home}/.config/github' },
          { environment: 'GITHUB_TOKEN' },
        ],
      },
    }),
  ).toMatchObject({
    config: {
      secrets: {
        github: {
          TOKEN: [
            { from: 'keyring' },
            {
              from: 'command',
              argv: ['/usr/bin/op', 'read', 'op://Team/GitHub/token'],
              env: {},
              timeoutSeconds: 20,
            },
            {
              from: 'command',
              argv: ['/usr/bin/vault', 'read'],
              env: { VAULT_ADDR: 'https://v' },
              timeoutSeconds: 5,
            },
            { from: 'file', path: '/run/keys/github' },
            { from: 'file', path: '${home}/.config/github' },
            { from: 'environment', name: 'GITHUB_TOKEN' },
          ],
        },
      },
    },
  });
});

const AT = 'secrets.github.TOKEN[0]';
test.each([
  [{ command: ['op', 'read'] }, `${AT}.command[0]: must be the absolute path of a program`],
  [{ command: ['/usr/../tmp/op'] }, `${AT}.command[0]: must be the absolute path of a program`],
  [{ command: '/usr/bin/op read' }, `${AT}.command: must be a list`],
  [{ command: [] }, `${AT}.command: must have at least 1 entry`],
  [{ command: ['/a', 'x\u001b[2J'] }, `${AT}.command[1]: must not contain control characters`],
  [{ file: 'token' }, `${AT}.file: must be an absolute path, or begin with "\${home}/"`],
  [{ file: '${home}/../x' }, `${AT}.file: must be an absolute path, or begin with "\${home}/"`],
  [{ file: '${workspace}/x' }, `${AT}.file: must be an absolute path, or begin with "\${home}/"`],
  [{ environment: 'A B' }, `${AT}.environment: must be a variable name`],
  [{ enviroment: 'A' }, `${AT}.enviroment: unknown key, did you mean "environment"?`],
  [{ command: ['/a'], timeoutSeconds: 0 }, `${AT}.timeoutSeconds: must be at least 1`],
])('refuses %j', (source, fault) => {
  expect(one(source)).toEqual({ ok: false, faults: [fault] });
});

test('refuses names that no profile and no secret can have, and an empty list', () => {
  expect(parse({ Git_Hub: {} })).toMatchObject({ ok: false });
  expect(parse({ github: { 'A-B': [{ keyring: true }] } })).toMatchObject({ ok: false });
  expect(parse({ github: { TOKEN: [] } })).toEqual({
    ok: false,
    faults: ['secrets.github.TOKEN: must have at least 1 entry'],
  });
});
