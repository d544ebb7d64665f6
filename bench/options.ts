import { parseArgs } from 'node:util';

export interface Options {
  /** How often each start is measured; the other figures follow from it. */
  readonly rounds: number;
  readonly json: boolean;
}

export function readOptions(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: { rounds: { type: 'string', default: '15' }, json: { type: 'boolean', default: false } },
  });
  const rounds = Number(values.rounds);
  if (!Number.isInteger(rounds) || rounds < 1 || rounds > 1000)
    throw new Error(`--rounds must be a whole number from 1 to 1000, got ${values.rounds}`);
  return { rounds, json: values.json };
}
