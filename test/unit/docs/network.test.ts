// What the README shows of grants, of config.json and of the shipped profiles is what the program takes and what they say.
import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseConfig } from '../../../src/config/parse.ts';
import { narrow } from '../../../src/narrowing/narrow.ts';
import { narrowingSchema } from '../../../src/narrowing/schema.ts';
import { parseProfile } from '../../../src/profile/parse.ts';
import { readDocument, ROOT } from './markdown.ts';

const readme = readDocument('README.md');
const examples = [...readme.matchAll(/^```json\n([\s\S]*?)^```$/gm)].map((match) => match[1] ?? '');

function example(start: string): string {
  const found = examples.filter((text) => text.startsWith(start));
  expect(found).toHaveLength(1);
  return found[0] ?? '';
}

describe('the README', () => {
  it('shows grants that are valid', () => {
    const source = { type: 'npm', package: 'a', version: '1.0.0' };
    const rest = JSON.stringify({ schema: 1, description: 'x', source }).slice(1);
    const parsed = parseProfile(`{"permissions":{${example('"network"')}},${rest}`);
    expect(parsed.ok ? [] : parsed.faults).toEqual([]);
  });

  it('shows a config.json that is valid', () => {
    const parsed = parseConfig(example('{\n  "schema": 1,\n  "egress"'));
    expect(parsed.ok ? [] : parsed.faults).toEqual([]);
  });

  it('shows what a machine allows, and a narrowing, which are valid', () => {
    const parsed = parseConfig(example('{\n  "schema": 1,\n  "profiles"'));
    expect(parsed.ok ? [] : parsed.faults).toEqual([]);
    const narrowing = JSON.parse(example('{\n  "schema": 1,\n  "narrows"')) as { narrows: string };
    const base = parseProfile(readDocument(`profiles/${narrowing.narrows}/profile.json`));
    const narrowed = base.ok && narrow(base.document, narrowingSchema().parse(narrowing));
    expect(narrowed).toMatchObject({ ok: true });
  });

  it('shows secrets that are valid, and sources of theirs', () => {
    const source = { type: 'npm', package: 'a', version: '1.0.0' };
    const rest = JSON.stringify({ schema: 1, description: 'x', source }).slice(1);
    const parsed = parseProfile(`{${example('"secrets"')},${rest}`);
    expect(parsed.ok ? [] : parsed.faults).toEqual([]);
    const config = parseConfig(example('{\n  "schema": 1,\n  "secrets"'));
    expect(config.ok ? [] : config.faults).toEqual([]);
  });

  it('lists the shipped profiles with network, their hosts and their secrets', () => {
    const rows = fs
      .readdirSync(path.join(ROOT, 'profiles'), { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .flatMap(({ name }) => {
        const text = fs.readFileSync(path.join(ROOT, 'profiles', name, 'profile.json'), 'utf8');
        const parsed = parseProfile(text);
        if (!parsed.ok || parsed.document.permissions.network.length === 0) return [];
        const { permissions, secrets, source } = parsed.document;
        const hosts = permissions.network.map((grant) => `\`${grant.host}\``).join(', ');
        const keys = Object.entries(secrets).map(
          ([key, secret]) => `\`${key}\`, ${secret.required ? 'required' : 'optional'}`,
        );
        return [[`\`${name}\``, `\`${source.package}\``, hosts, keys.join('; ')]];
      });
    const table = [
      ...readme.matchAll(/^\| (`[a-z0-9-]+`) \| (`[^`]+`)[^|]* \| ([^|]+) \| ([^|]+) \|$/gm),
    ].map(([, ...cells]) => cells);
    expect(rows).not.toEqual([]);
    expect(table).toEqual(rows);
  });
});
