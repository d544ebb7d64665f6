// What asks for secrets can be reached by a start and by `cordon secret`, and by nothing else.
import fs from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { ROOT } from '../../fixtures/launcher.ts';

const SOURCE = path.join(ROOT, 'src');
const ASKING = ['ask.ts', 'ask-program.ts', 'client-environment.ts', 'secret-file.ts'].map((name) =>
  path.join(SOURCE, 'secrets', name),
);

/** Every file of ours that may be loaded when this one is: also what is loaded only when it is needed. Types are not. */
function reachable(entry: string): ReadonlySet<string> {
  const found = new Set([entry]);
  for (const file of found) {
    const text = fs.readFileSync(file, 'utf8').replaceAll(/^(?:import|export) type [^;]*;$/gm, '');
    for (const [, from = ''] of text.matchAll(/(?:from |import\()'(\.[^']+\.ts)'/g))
      found.add(path.resolve(path.dirname(file), from));
  }
  return found;
}

const asks = (verb: string) => {
  const files = reachable(path.join(SOURCE, verb));
  return ASKING.filter((file) => files.has(file)).length;
};

test('P4: a review, explain, doctor and approve cannot ask for a secret', () => {
  const verbs = fs.readdirSync(path.join(SOURCE, 'commands')).map((name) => `commands/${name}`);
  const asking = verbs.filter((verb) => asks(verb) > 0);
  expect(asking).toEqual(['commands/command-line.ts', 'commands/secret.ts']);
  expect(verbs).toEqual(
    expect.arrayContaining(['review', 'explain', 'doctor', 'approve'].map((verb) => `commands/${verb}.ts`)),
  );
});

test('and a start can', () => expect(asks('run.ts')).toBe(ASKING.length));
