// How sections of the explanation look. Pure.
import { paragraph } from '../commands/layout.ts';

export const INDENT = '  ';

export function section(title: string, lines: readonly string[]): string[] {
  return ['', title, ...lines];
}

/** One entry of a list, its further lines indented as its text is. */
export function item(text: string): string[] {
  const [first = '', ...rest] = paragraph(text, `${INDENT}  `);
  return [`${INDENT}- ${first.trimStart()}`, ...rest];
}

const UNITS = [
  ['GiB', 1024 ** 3],
  ['MiB', 1024 ** 2],
  ['KiB', 1024],
] as const;

/** Bytes as the profile writes them: the largest unit that divides them. */
export function sizeText(bytes: number): string {
  const unit = UNITS.find(([, factor]) => bytes >= factor && bytes % factor === 0);
  return unit === undefined ? `${bytes} bytes` : `${bytes / unit[1]} ${unit[0]}`;
}
