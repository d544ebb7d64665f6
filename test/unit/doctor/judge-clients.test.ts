// Each way in which a client's policy can be there and not hold, and that a whole one is called so.
import { describe, expect, it } from 'vitest';
import type { ClaudeFacts, ClientPolicyFacts } from '../../../src/doctor/client-facts.ts';
import { judgeClients } from '../../../src/doctor/judge-clients.ts';
import { claudeCodePolicy } from '../../../src/export/claude-code.ts';
import { entriesFor } from '../../../src/export/entries.ts';

const PROGRAM = '/opt/cordon/bin/cordon';
const SETTINGS = '/etc/claude-code/managed-settings.d/50-cordon.json';
const entries = entriesFor([{ name: 'memory', package: 'memory-server', version: '1.0.0' }], PROGRAM);
const [mcp, settings] = claudeCodePolicy(entries, PROGRAM, 'linux').files.map((file) =>
  file.format === 'json' ? file.members : {},
);

const whole: ClaudeFacts = {
  servers: mcp?.['mcpServers'] as ClaudeFacts['servers'],
  settings: [{ path: SETTINGS, members: settings ?? {} }],
  broken: [],
  unsafe: [],
};

function judged(claude: Partial<ClaudeFacts>, more: Partial<ClientPolicyFacts> = {}) {
  const facts: ClientPolicyFacts = {
    mode: 'managed',
    program: PROGRAM,
    profiles: ['memory'],
    clients: [],
    claude: { ...whole, ...claude },
    ...more,
  };
  return judgeClients(facts).filter(({ verdict }) => verdict !== 'ok');
}
const withMembers = (members: Record<string, unknown>): Partial<ClaudeFacts> => ({
  settings: [{ path: SETTINGS, members: { ...settings, ...members } }],
});

it('control: what cordon exports has no fault', () => {
  expect(judged({})).toEqual([]);
});

it('a machine without any policy: weaker when managed, nobody’s business when not', () => {
  const none = { clients: [], claude: undefined };
  expect(judgeClients({ mode: 'unmanaged', program: PROGRAM, profiles: [], ...none })).toEqual([]);
  expect(judgeClients({ mode: 'managed', program: PROGRAM, profiles: [], ...none })).toMatchObject([
    { verdict: 'weaker', cure: [expect.stringContaining('cordon export')] },
  ]);
});

describe('Claude Code', () => {
  it.each<[string, Partial<ClaudeFacts>, string, string]>([
    [
      'no lock',
      withMembers({ allowManagedMcpServersOnly: undefined }),
      'claude-lock',
      'allowManagedMcpServersOnly',
    ],
    [
      'a lock that a later file opens',
      { settings: [...whole.settings, { path: 'z', members: { allowManagedMcpServersOnly: false } }] },
      'claude-lock',
      'widens',
    ],
    [
      'an entry by name alone',
      withMembers({ allowedMcpServers: [{ serverName: 'memory' }] }),
      'claude-names',
      '"memory"',
    ],
    [
      'a variable in an allowed command',
      withMembers({ allowedMcpServers: [{ serverCommand: ['${BIN}/cordon', 'run', 'memory'] }] }),
      'claude-variables',
      '${BIN}/cordon',
    ],
    [
      'a variable in an argument',
      { servers: { memory: { command: PROGRAM, args: ['run', 'memory', '${P}'] } } },
      'claude-variables',
      '${P}',
    ],
    [
      'another installation',
      { servers: { memory: { command: '/usr/local/bin/cordon', args: ['run', 'memory'] } } },
      'claude-elsewhere',
      '/usr/local/bin/cordon',
    ],
    [
      'a relative command',
      { servers: { memory: { command: 'cordon', args: ['run', 'memory'] } } },
      'claude-elsewhere',
      'cordon',
    ],
    [
      'a profile that is not there',
      { servers: { gone: { command: PROGRAM, args: ['run', 'gone'] } } },
      'claude-profiles',
      '"gone"',
    ],
    [
      'a variable that steers an interpreter',
      withMembers({ env: { CLAUDE_CODE_MCP_ALLOWLIST_ENV: '1', NODE_OPTIONS: '--require /tmp/x' } }),
      'claude-steering',
      'NODE_OPTIONS',
    ],
    [
      'one of a single server',
      { servers: { memory: { command: PROGRAM, args: ['run', 'memory'], env: { LD_PRELOAD: '/x' } } } },
      'claude-steering',
      'LD_PRELOAD',
    ],
    ['servers that get everything', withMembers({ env: {} }), 'claude-environment', 'environment'],
    [
      'a switch that a later file turns off',
      {
        settings: [
          ...whole.settings,
          { path: 'z', members: { env: { CLAUDE_CODE_MCP_ALLOWLIST_ENV: '0' } } },
        ],
      },
      'claude-environment',
      'environment',
    ],
    [
      'remote servers from managed settings',
      { settings: [{ path: 'a', members: { managedMcpServers: { wiki: {} } } }, ...whole.settings] },
      'claude-readmitted',
      '"wiki"',
    ],
    [
      'connectors of an account',
      withMembers({ allowAllClaudeAiMcps: true }),
      'claude-readmitted',
      'allowAllClaudeAiMcps',
    ],
    [
      'settings that a user can change',
      {
        unsafe: [
          { path: '/etc/claude-code/managed-settings.json', why: 'must belong to root', cure: 'mend' },
        ],
      },
      'claude-unsafe',
      'managed-settings.json',
    ],
    [
      'a file that cannot be read',
      { broken: [{ path: '/etc/claude-code/managed-mcp.json', why: 'is not JSON' }] },
      'claude-broken',
      'managed-mcp.json',
    ],
  ])('%s', (_, claude, id, words) => {
    const found = judged(claude);
    expect(found.map((finding) => finding.id)).toEqual([id]);
    expect(found[0]?.detail).toContain(words);
    expect(found[0]?.cure.length).toBeGreaterThan(0);
  });

  it('a name of somebody else’s is one word of what is pasted', () => {
    const name = '/etc/claude-code/managed-settings.d/a;$(id).json';
    const [found] = judged({ broken: [{ path: name, why: 'is not JSON' }] });
    expect(found?.cure).toEqual([`mend it, or move it away: '${name}'`]);
  });

  it('what a remote server is given to prove itself is not said', () => {
    const remote = [{ name: 'wiki', headers: { Authorization: 'Bearer canary' } }, { url: 'https://canary' }];
    const found = judged(withMembers({ managedMcpServers: remote }));
    expect(found.map(({ id }) => id)).toEqual(['claude-readmitted']);
    expect(found[0]?.detail).toContain('"wiki", "an entry without a name"');
    expect(JSON.stringify(found)).not.toContain('canary');
  });

  it('members of a wrong type are not trusted to be there', () => {
    const odd = judged({
      servers: { a: null, b: 'x', c: { command: 7, args: 'run' } } as ClaudeFacts['servers'],
      settings: [
        { path: SETTINGS, members: { allowManagedMcpServersOnly: 'true', allowedMcpServers: 'all', env: 1 } },
      ],
    });
    expect(odd.map(({ id }) => id)).toEqual(['claude-lock', 'claude-environment']);
  });
});

describe('files of any client', () => {
  const file = (rest: object, client = 'copilot') =>
    judged(
      {},
      {
        clients: [
          {
            client: client as never,
            title: 'some client',
            files: [{ path: '/etc/client.json', ...rest } as never],
          },
        ],
      },
    );

  it.each([
    [{ comparison: { kind: 'missing' } }, 'failed', 'is missing'],
    [{ comparison: { kind: 'invalid' } }, 'failed', 'is not JSON'],
    [{ comparison: { kind: 'unreadable', why: 'may not be read by this user' } }, 'failed', 'by this user'],
    [{ comparison: { kind: 'differs', members: ['mcp'] } }, 'weaker', 'differs in mcp'],
    [{ comparison: { kind: 'same', others: ['x\u202e'] } }, 'weaker', '\\u{202e}'],
    [
      { comparison: { kind: 'same', others: [] }, unsafe: { why: 'must belong to root', cure: 'mend' } },
      'failed',
      'must belong to root',
    ],
  ])('%j', (rest, verdict, words) => {
    expect(file(rest)).toMatchObject([{ verdict, detail: expect.stringContaining(words) as string }]);
  });

  it('one that is as it should be is fine', () => {
    expect(file({ comparison: { kind: 'same', others: [] } })).toEqual([]);
  });

  it('one of a client whose users can lift it is not called in force', () => {
    expect(file({ comparison: { kind: 'same', others: [] } }, 'gemini')).toMatchObject([
      { verdict: 'weaker', detail: expect.stringContaining('can lift it') as string },
    ]);
  });
});
