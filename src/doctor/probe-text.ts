import fs from 'node:fs';

/** Source of the probe program: embedded in the executable, read from its file where the tests run on Node. */
export async function probeText(): Promise<string> {
  if (process.versions['bun'] === undefined)
    return fs.readFileSync(new URL('./probe.mjs', import.meta.url), 'utf8');
  const { default: text } = await import('./probe.mjs', { with: { type: 'text' } });
  return text;
}
