// JSON Schemas of the files that people and tools edit, for editors. Made from the zod schemas and never by hand.
import * as z from 'zod';
import { configSchema } from '../src/config/schema.ts';
import { narrowingSchema } from '../src/narrowing/schema.ts';
import { pinsSchema } from '../src/pins/schema.ts';
import { profileSchemas } from '../src/profile/schema.ts';

const DIGEST = '^sha256:[0-9a-f]{64}$';

/** Path relative to the project -> content. */
export function schemaFiles(): ReadonlyMap<string, string> {
  return new Map([
    ['profiles/profile.schema.json', schemaText('Cordon profile', profileSchemas().profile)],
    ['profiles/narrowing.schema.json', schemaText('Cordon narrowing', narrowingSchema())],
    ['profiles/config.schema.json', schemaText('Cordon configuration', configSchema())],
    ['profiles/pins.schema.json', schemaText('Cordon pins', pinsSchema())],
  ]);
}

function schemaText(title: string, schema: z.core.$ZodType): string {
  const jsonSchema = z.toJSONSchema(schema, {
    io: 'input',
    unrepresentable: 'any',
    // The only custom type of these files is a digest.
    override: ({ zodSchema, jsonSchema: target }) => {
      if (zodSchema._zod.def.type === 'custom') Object.assign(target, { type: 'string', pattern: DIGEST });
    },
  });
  return `${JSON.stringify({ title, ...jsonSchema }, undefined, 2)}\n`;
}
