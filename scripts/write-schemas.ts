// Writes profiles/*.schema.json; with --check it only says whether they are what the zod schemas give.
import fs from 'node:fs';
import path from 'node:path';
import { schemaFiles } from './schema-files.ts';

const root = path.dirname(import.meta.dirname);
const isCheck = process.argv.includes('--check');

for (const [name, content] of schemaFiles()) {
  const file = path.join(root, name);
  if (!isCheck) fs.writeFileSync(file, content);
  else if (!fs.existsSync(file) || fs.readFileSync(file, 'utf8') !== content) {
    console.error(`error: ${name} is not what the schema gives\nhint: npm run schema`);
    process.exitCode = 1;
  }
}
