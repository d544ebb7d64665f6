// The documents name only commands and files that exist, and every verb.
import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { namedIn, readDocument, ROOT } from './markdown.ts';

const DOCUMENTS = ['README.md', 'SECURITY.md', 'CONTRIBUTING.md', 'docs/administrators.md'];
const { scripts } = JSON.parse(readDocument('package.json')) as { scripts: Record<string, string> };
const VERBS = [
  ...readDocument('src/commands/command-line.ts').matchAll(/(?:\bverb\(\s*|\.command\()'([a-z]+)/g),
].map((match) => match[1] ?? '');
/** Places of the project that documents name; what else has a slash is elsewhere or made by a command. */
const PROJECT_PATH =
  /^(?:\.\/)?((?:src|test|bench|scripts|profiles|bin|docs|\.ci)\/[A-Za-z0-9._/-]*|\.oxlintrc\.json|package\.json)$/gm;

describe.each(DOCUMENTS)('%s', (name) => {
  const text = readDocument(name);

  it('names only npm scripts that exist', () => {
    const named = namedIn(text, /npm run (?:--silent )?([a-z:]+)/g);
    expect(named.filter((script) => scripts[script] === undefined)).toEqual([]);
  });

  it('names only verbs that exist', () => {
    const named = namedIn(text, /\bcordon ([a-z]+)\b/g);
    expect(named.filter((verb) => !VERBS.includes(verb))).toEqual([]);
  });

  it('names only files that exist', () => {
    const named = namedIn(text, PROJECT_PATH).filter((file) => !fs.existsSync(path.join(ROOT, file)));
    expect(named).toEqual([]);
  });
});

describe('README.md', () => {
  const text = readDocument('README.md');

  it('has every verb in its table', () => {
    const inTable = [...text.matchAll(/^\| `cordon ([a-z]+)/gm)].map((match) => match[1]);
    expect(new Set(inTable)).toEqual(new Set(VERBS));
  });

  it('shows a profile as it is shipped', () => {
    const [, name, json] = /`profiles\/([a-z-]+)\/profile\.json`:\n\n```json\n([\s\S]*?)```/.exec(text) ?? [];
    expect(name).toBeDefined();
    expect(JSON.parse(json ?? '')).toEqual(JSON.parse(readDocument(`profiles/${name}/profile.json`)));
  });
});
