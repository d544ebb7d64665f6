// How a place in a JSON document is named in messages: `permissions.filesystem[0].path`, `env["a b"]`.
import { quote } from '../escape.ts';

const PLAIN_KEY = /^[A-Za-z_$][A-Za-z0-9_$-]{0,199}$/;

/** The path as one line; the document itself is `(top level)`. Keys are foreign text and come out escaped and cut. */
export function jsonPath(segments: readonly PropertyKey[]): string {
  if (segments.length === 0) return '(top level)';
  return segments
    .map((segment, index) => {
      if (typeof segment === 'number') return `[${segment}]`;
      const key = String(segment);
      if (!PLAIN_KEY.test(key)) return `[${quote(key)}]`;
      return index === 0 ? key : `.${key}`;
    })
    .join('');
}
