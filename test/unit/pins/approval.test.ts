import { describe, expect, test } from 'vitest';
import { type ApprovalInput, approvalDigest } from '../../../src/pins/approval.ts';
import { parseProfile } from '../../../src/profile/parse.ts';
import type { ProfileDocument } from '../../../src/profile/schema.ts';
import { definitions, listOf, PACKAGE_PINS, tool } from './fixture.ts';

function profile(more: object = {}): ProfileDocument {
  const parsed = parseProfile(
    JSON.stringify({
      schema: 1,
      description: 'A server.',
      source: { type: 'npm', package: 'a', version: '1.0.0' },
      args: ['--x'],
      env: { why: 'a', LANG: 'C.UTF-8' },
      secrets: { TOKEN: { why: 'calls' } },
      permissions: {
        filesystem: [{ path: '${workspace}', access: 'write', why: 'edits' }],
        network: [{ host: 'api.example.com', port: 443, why: 'calls' }],
      },
      ...more,
    }),
  );
  if (!parsed.ok) throw new Error(parsed.faults.join('\n'));
  return parsed.document;
}

const input = (more: Partial<ApprovalInput> = {}): ApprovalInput => ({
  pins: PACKAGE_PINS,
  profile: profile(),
  definitions: [definitions()],
  ...more,
});
const before = approvalDigest(input());

test('is the same for the same, on every machine and in every version', () => {
  expect(approvalDigest(input())).toBe(before);
  expect(before).toBe('sha256:a80d0875a20ff6f4411481a238fba9f3666b796a7857c5332c0c188596cbb1b8');
});

describe('is another one when', () => {
  const other = { ...PACKAGE_PINS.trees, 'linux-arm64-glibc': `sha256:${'1'.repeat(64)}` };
  const context = definitions().context;
  const grants = (more: object) =>
    profile({ permissions: { filesystem: [{ path: '${workspace}', access: 'write' }], ...more } });
  test.each<[string, Partial<ApprovalInput>]>([
    ['the package changes', { pins: { ...PACKAGE_PINS, package: 'a@1.0.1' } }],
    ['the lockfile changes', { pins: { ...PACKAGE_PINS, lockfile: other['linux-arm64-glibc'] as never } }],
    ['the entry changes', { pins: { ...PACKAGE_PINS, entry: 'node_modules/a/b.js' } }],
    ['the tree of another platform changes', { pins: { ...PACKAGE_PINS, trees: other as never } }],
    ['a grant goes', { profile: grants({}) }],
    ['a host is added', { profile: grants({ network: [{ host: 'a.example', port: 443 }] }) }],
    ['a method is granted', { profile: profile({ permissions: { mcp: { sampling: true } } }) }],
    ['an argument changes', { profile: profile({ args: [] }) }],
    ['a variable changes', { profile: profile({ env: { why: 'a', LANG: 'C' } }) }],
    ['a variable named why changes', { profile: profile({ env: { why: 'b', LANG: 'C.UTF-8' } }) }],
    [
      'a secret becomes optional',
      { profile: profile({ secrets: { TOKEN: { required: false, why: 'calls' } } }) },
    ],
    ['a limit changes', { profile: profile({ limits: { processes: 65 } }) }],
    ['definitions are not held any more', { profile: profile({ definitions: 'unpinned' }) }],
    [
      'the source names a command',
      { profile: profile({ source: { type: 'npm', package: 'a', version: '1.0.0', bin: 'b' } }) },
    ],
    ['a definition changes', { definitions: [definitions({ tools: listOf('tool', [tool('read')]) })] }],
    ['a tool becomes a prompt', { definitions: [definitions({ prompts: [] })] }],
    ['the instructions change', { definitions: [definitions({ instructions: 'Use it!' })] }],
    ['the instructions go', { definitions: [definitions({ instructions: null })] }],
    ['the server says another name', { definitions: [definitions({ serverInfo: {} })] }],
    ['capabilities change', { definitions: [definitions({ capabilities: {} })] }],
    [
      'the context changes',
      { definitions: [definitions({ context: { ...context, protocolVersion: '2025-06-18' } })] },
    ],
    [
      'a context is added',
      { definitions: [definitions(), definitions({ context: { ...context, generation: 'modern' } })] },
    ],
    ['nothing was asked', { definitions: [] }],
  ])('%s', (_, more) => {
    expect(approvalDigest(input(more))).not.toBe(before);
  });
});

test('is the same when only words to people change, or an order that means nothing', () => {
  const words = profile({
    description: 'Another text.',
    secrets: { TOKEN: { why: 'calls it' } },
    permissions: {
      filesystem: [{ access: 'write', path: '${workspace}' }],
      network: [{ host: 'api.example.com', port: 443, why: 'calls it' }],
    },
    expects: { deny: [{ read: '/etc/shadow' }] },
  });
  expect(approvalDigest(input({ profile: words }))).toBe(before);
  const modern = definitions({ context: { ...definitions().context, generation: 'modern' } });
  const both = approvalDigest(input({ definitions: [definitions(), modern] }));
  expect(approvalDigest(input({ definitions: [modern, definitions()] }))).toBe(both);
});
