// Every client's policy, word for word: administrators push these texts, and clients compare them literally.
import { describe, expect, it } from 'vitest';
import { compareFile, updatedFile } from '../../../src/export/compare.ts';
import { entriesFor } from '../../../src/export/entries.ts';
import { policyFor } from '../../../src/export/policies.ts';
import { CLIENTS, jsonText, type PolicyFile } from '../../../src/export/policy.ts';

const PROGRAM = '/opt/cordon/bin/cordon';
const PROFILES = [
  { name: 'filesystem', package: '@modelcontextprotocol/server-filesystem', version: '2026.8.31' },
  { name: '9-lives', package: 'nine.lives', version: '1.0.0' },
];
const policy = (client: (typeof CLIENTS)[number], profiles = PROFILES, system: 'linux' | 'macos' = 'linux') =>
  policyFor(client, entriesFor(profiles, PROGRAM), PROGRAM, system);

const contentOf = (file: PolicyFile): string =>
  file.format === 'json' ? jsonText(file.members) : file.content;

/** The only file of a policy that is JSON. */
function jsonFile(client: (typeof CLIENTS)[number], index = 0): Extract<PolicyFile, { format: 'json' }> {
  const file = policy(client).files[index];
  if (file?.format !== 'json') throw new Error('no such file');
  return file;
}

describe.each(CLIENTS)('%s', (client) => {
  it.each(['linux', 'macos'] as const)('on %s', async (system) => {
    const { files, paste, limits } = policy(client, PROFILES, system);
    const text = [
      ...files.map((file) => `== ${file.path}\n${contentOf(file)}`),
      ...paste.map(({ where, text: words }) => `== paste: ${where}\n${words}\n`),
    ].join('\n');
    await expect(text).toMatchFileSnapshot(`../../golden/export/${client}-${system}.txt`);
    expect(limits.length).toBeGreaterThan(0);
  });

  it('what is JSON is what it was made of', () => {
    for (const file of policy(client).files)
      if (file.format === 'json') expect(JSON.parse(jsonText(file.members))).toEqual(file.members);
  });

  it('a file that was written is as it should be, and is not written again', () => {
    for (const file of policy(client).files) {
      const written = updatedFile(file, undefined);
      expect(compareFile(file, written)).toEqual({ kind: 'same', others: [] });
      expect(updatedFile(file, written)).toBe(written);
      expect(compareFile(file, undefined)).toEqual({ kind: 'missing' });
    }
  });

  it('a profile that is gone goes from the file', () => {
    const [before, after] = [policy(client).files, policy(client, PROFILES.slice(1)).files];
    for (const [index, file] of after.entries()) {
      const there = updatedFile(before[index] as PolicyFile, undefined);
      expect(compareFile(file, there).kind).toBe('differs');
      expect(updatedFile(file, there)).not.toMatch(/cordon.*filesystem|filesystem.*cordon/);
    }
  });
});

describe('what others wrote into a file', () => {
  it('stays: servers, matchers, and members of other kinds', () => {
    const mcp = jsonFile('claude-code');
    const there = { mcpServers: { remote: { type: 'http', url: 'https://mcp.corp.example' } }, note: [1] };
    const text = updatedFile(mcp, JSON.stringify(there)) ?? '';
    expect(JSON.parse(text)).toEqual({
      note: [1],
      mcpServers: { ...there.mcpServers, ...(mcp.members['mcpServers'] as object) },
    });
    expect(compareFile(mcp, text)).toEqual({ kind: 'same', others: ['remote'] });

    const copilot = jsonFile('copilot');
    const matcher = { serverUrl: 'https://mcp.corp.example/*' };
    const added = updatedFile(copilot, JSON.stringify({ allowedMcpServers: [matcher], model: 'x' })) ?? '';
    const { allowedMcpServers, model } = JSON.parse(added) as { allowedMcpServers: unknown[]; model: string };
    expect(model).toBe('x');
    expect(allowedMcpServers).toEqual([matcher, ...(copilot.members['allowedMcpServers'] as unknown[])]);
  });

  it('a server of our name that is another one is replaced; one of another installation is not ours', () => {
    const mcp = jsonFile('claude-code');
    const there = {
      mcpServers: {
        filesystem: { command: 'npx', args: ['evil'] },
        old: { command: '/usr/local/bin/cordon', args: ['run', 'old'] },
      },
    };
    expect(compareFile(mcp, JSON.stringify(there))).toEqual({ kind: 'differs', members: ['mcpServers'] });
    const after = JSON.parse(updatedFile(mcp, JSON.stringify(there)) ?? '') as typeof there;
    expect(after.mcpServers.filesystem.command).toBe(PROGRAM);
    expect(after.mcpServers.old).toEqual(there.mcpServers.old);
  });

  it('Gemini: a name that is allowed and defined nowhere is for anybody to define', () => {
    const gemini = jsonFile('gemini');
    const there = {
      mcp: { allowed: ['free', 'corp'], excluded: ['x'] },
      mcpServers: { corp: { command: '/c' } },
    };
    const after = JSON.parse(updatedFile(gemini, JSON.stringify(there)) ?? '') as typeof there;
    expect(after.mcp.excluded).toEqual(['x']);
    expect(after.mcp.allowed).toEqual(expect.arrayContaining(['corp', 'filesystem']));
    expect(after.mcp.allowed).not.toContain('free');
  });

  it('Gemini: what allows nothing never has an empty list, which would allow everything', () => {
    const [gemini] = policy('gemini', []).files as readonly [PolicyFile];
    const nothing = { mcp: { allowed: ['(none)'], excluded: ['(none)'] }, mcpServers: {} };
    const written = updatedFile(gemini, undefined) ?? '';
    expect(JSON.parse(written)).toEqual(nothing);
    expect(updatedFile(gemini, written)).toBe(written);
    expect(compareFile(gemini, JSON.stringify({ mcp: { allowed: [] }, mcpServers: {} }))).toEqual({
      kind: 'differs',
      members: ['mcp'],
    });
    // Of an administrator's own, which stays; and once there is something to allow.
    const corp = { mcp: { allowed: ['corp'], excluded: ['x'] }, mcpServers: { corp: { command: '/c' } } };
    expect(JSON.parse(updatedFile(gemini, JSON.stringify(corp)) ?? '')).toEqual({
      ...corp,
      mcp: { allowed: ['corp'], excluded: ['x'] },
    });
    const after = JSON.parse(updatedFile(jsonFile('gemini'), written) ?? '') as typeof nothing;
    expect(after.mcp.allowed).toContain('filesystem');
    expect(after.mcp.allowed).not.toContain('(none)');
  });

  it('is never lost: a file that cannot be read is not replaced, and neither is TOML of others', () => {
    const [requirements] = policy('codex').files;
    for (const text of ['{', '[]', 'null', '# ours\n', ''])
      expect(updatedFile(jsonFile('claude-code'), text)).toBeUndefined();
    expect(updatedFile(requirements as PolicyFile, '[mcp_servers.corp]\n')).toBeUndefined();
    expect(compareFile(jsonFile('claude-code'), '{,}')).toEqual({ kind: 'invalid' });
  });

  it.each<[string, (ours: string) => string, readonly string[]]>([
    ['a server more', (ours) => `${ours}[mcp_servers.corp]\ncommand = "/c"\n`, ['mcp_servers.corp']],
    ['in quotes', (ours) => `${ours}[ mcp_servers . "my corp" ]\n`, ['mcp_servers.my corp']],
    ['by its members', (ours) => `mcp_servers.corp.command = "/c"\n${ours}`, ['mcp_servers.corp']],
    [
      'one that is gone',
      (ours) => ours.replaceAll('filesystem', 'other'),
      ['mcp_servers.filesystem', 'mcp_servers.other'],
    ],
    ['something else', (ours) => `${ours}model = "x"\n`, ['(file)']],
  ])('of TOML, what differs is named: %s', (_, change, members) => {
    const [, servers] = policy('codex').files;
    const ours = contentOf(servers as PolicyFile);
    expect(compareFile(servers as PolicyFile, change(ours))).toEqual({ kind: 'differs', members });
  });
});

describe('no profiles at all', () => {
  it('Codex: forbids every server, because an empty list would forbid none', () => {
    expect(contentOf(policy('codex', []).files[0] as PolicyFile)).toContain('mcp_servers = {}');
  });

  it('Claude Code: an empty list is one that admits nothing', () => {
    expect(jsonFileOf([]).members['allowedMcpServers']).toEqual([]);
  });
});

function jsonFileOf(profiles: typeof PROFILES): Extract<PolicyFile, { format: 'json' }> {
  const file = policy('claude-code', profiles).files[1];
  if (file?.format !== 'json') throw new Error('no such file');
  return file;
}
