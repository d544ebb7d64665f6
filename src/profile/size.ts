// `128MiB` -> bytes. Binary units only, so that nobody has to guess between MB and MiB.
import { SIZE } from './schema.ts';

const UNITS: Readonly<Record<string, number>> = { KiB: 1024, MiB: 1024 ** 2, GiB: 1024 ** 3 };

/**
 * Bytes of a size as the profile's schema accepts it (`64KiB`, `128MiB`, `1GiB`).
 * Throws `TypeError` on anything else: the schema has refused it before, so it is a programming error.
 */
export function sizeInBytes(text: string): number {
  const [, count, unit = ''] = SIZE.exec(text) ?? [];
  const factor = UNITS[unit];
  if (count === undefined || factor === undefined) throw new TypeError(`not a size: ${text}`);
  return Number(count) * factor;
}
