// The profiles that come with Cordon, and the JSON Schemas beside them.
import fs from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { schemaFiles } from '../../../scripts/schema-files.ts';
import { parseProfile } from '../../../src/profile/parse.ts';
import { PROFILE_NAME } from '../../../src/profile/schema.ts';

const root = path.resolve(import.meta.dirname, '../../..');
const names = fs
  .readdirSync(path.join(root, 'profiles'), { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map((entry) => entry.name);

test.each([...schemaFiles()])('%s is what the schema gives', (file, content) => {
  expect(fs.readFileSync(path.join(root, file), 'utf8'), 'run: npm run schema').toBe(content);
});

test.each(names)('%s is valid and expects something', (name) => {
  expect(name).toMatch(PROFILE_NAME);
  const parsed = parseProfile(fs.readFileSync(path.join(root, 'profiles', name, 'profile.json'), 'utf8'));
  expect(parsed.ok ? [] : parsed.faults).toEqual([]);
  if (!parsed.ok) return;
  const { permissions, expects } = parsed.document;
  expect(expects.deny.length).toBeGreaterThan(0);
  for (const grant of [...permissions.filesystem, ...permissions.network])
    expect(grant.why).toBeTypeOf('string');
});
