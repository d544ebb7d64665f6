// What the tests of tampering share: one installed profile for each file, changed by a row, put back after it.
import fs from 'node:fs';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, it } from 'vitest';
import { installTamperedProfile, type TamperedProfile } from './tampered-profile.ts';

export const NOBODY = 65534;
export const isRoot = process.getuid?.() === 0;

export interface Row {
  readonly name: string;
  readonly code: string;
  /** Which file both the client and the user are told. */
  readonly names: (world: TamperedProfile) => string;
  readonly change: (world: TamperedProfile) => void;
  readonly rootOnly?: true;
}

/** There while tests run. */
export let world: TamperedProfile;

export function tamperWithAProfile(): void {
  beforeAll(() => {
    world = installTamperedProfile();
  });
  afterEach(() => world.restore());
  afterAll(() => world.remove());
}

/** Each row is refused, and once all is put back it starts. */
export function refuses(rows: readonly Row[]): void {
  for (const row of rows) {
    it.runIf(isRoot || row.rootOnly === undefined)(row.name, async () => {
      row.change(world);
      await world.expectRefusal({ code: row.code, names: row.names(world) });
    });
  }
  it('control: all of that put back, it starts', () => world.expectStart());
}

export function changeByte(file: string): void {
  const bytes = fs.readFileSync(file);
  bytes[bytes.length - 2] = (bytes.at(-2) ?? 0) ^ 1;
  fs.writeFileSync(file, bytes);
}

/** Moves a file or folder out of the store and puts a link to it in its place: the bytes are the same. */
export function linkInPlace(place: string, home: string): string {
  const away = path.join(home, `moved-${path.basename(place)}`);
  fs.renameSync(place, away);
  fs.symlinkSync(away, place);
  return away;
}

export function editJson(file: string, edit: (value: Record<string, unknown>) => void): void {
  const value = JSON.parse(fs.readFileSync(file, 'utf8')) as Record<string, unknown>;
  edit(value);
  fs.writeFileSync(file, JSON.stringify(value, null, 2));
}

/** A file of the package, as a refusal names it. */
export const tree =
  (name: string) =>
  (tampered: TamperedProfile): string =>
    tampered.inTree(name);
