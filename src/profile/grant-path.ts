// A path of the profile: `${workspace}/.git/hooks`, `/usr/share/dict`. Two of them are compared without knowing where
// the workspace is: templates are taken to be different places.
import { isNormalised } from './paths.ts';
import { notWritable, tooBroad } from './system-folders.ts';
import { TEMPLATES, type Template, templateFaults } from './templates.ts';

export interface GrantPath {
  /** Where it starts; `/` for an absolute path. */
  readonly base: Template | '/';
  readonly segments: readonly string[];
}

const START = /^\$\{(workspace|home|state)\}(?:\/|$)/;

// Controls, line separators, halves of surrogate pairs. Ranges and not \p classes, which take a millisecond to compile.
// oxlint-disable-next-line no-control-regex, no-misleading-character-class
const CONTROL = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\ud800-\udfff]/u;

/** Nearly every path there is: nothing is wrong with it, and one look tells. */
const ORDINARY =
  /^(?:\$\{(?:workspace|home|state)\}(?=\/|$)|(?=\/))(?:\/(?!\.{1,2}(?:\/|$))[A-Za-z0-9._@+ -]+)*$/;

/** What is wrong with the writing of a path, one line each; empty when `parseGrantPath` takes it. */
export function pathFaults(text: string): string[] {
  return ORDINARY.test(text) ? [] : pathFaultsInDetail(text);
}

/** The same without the short cut. */
export function pathFaultsInDetail(text: string): string[] {
  const unknown = templateFaults(text);
  if (unknown.length > 0) return unknown;
  const faults: string[] = [];
  const start = START.exec(text);
  const rest = start === null ? text : text.slice(start[0].length);
  const template = TEMPLATES.find((name) => text.startsWith(`\${${name}}`));
  if (rest.startsWith('~')) faults.push('must start with ${home}, not with ~');
  else if (start === null && template !== undefined) faults.push(`needs a slash after \${${template}}`);
  else if (start === null && !text.startsWith('/'))
    faults.push('must be absolute or start with ${workspace}, ${home} or ${state}');
  if (template === undefined ? text.includes('${') : text.indexOf('${', 1) > 0)
    faults.push('may have a template only at the start');
  faults.push(...segmentFaults(start === null ? text.replace(/^\//, '') : rest, text));
  return faults;
}

function segmentFaults(rest: string, text: string): string[] {
  const faults: string[] = [];
  const segments = rest.split('/');
  if (text !== '/' && text.endsWith('/')) faults.push('must not end with a slash');
  if (segments.slice(0, -1).includes('')) faults.push('must not have an empty segment');
  if (segments.includes('.') || segments.includes('..')) faults.push('must not have a "." or ".." segment');
  if (/[*?[\]{}]/.test(rest.replaceAll(/\$\{\w+\}/g, '')))
    faults.push('must not have * ? [ ] { }: patterns are not understood, name one folder');
  // They separate options and end strings in the mount and policy languages that a path is written into (EV-17).
  if (/[:,"()\\]/.test(rest)) faults.push('must not have any of : , " ( ) \\');
  if (CONTROL.test(text)) faults.push('must not have control characters');
  return faults;
}

/** Only for a text without `pathFaults`. */
export function parseGrantPath(text: string): GrantPath {
  const base = START.exec(text)?.[1] as Template | undefined;
  const segments = text
    .replace(START, '')
    .split('/')
    .filter((segment) => segment !== '');
  return { base: base ?? '/', segments };
}

/** Why this place may not be granted at all, or not for writing. */
export function placeFault(path: GrantPath, access: 'read' | 'write'): string | undefined {
  if (path.base === 'home' && path.segments.length === 0)
    return 'is the whole home folder; grant what lies inside it';
  if (path.base !== '/') return undefined;
  const absolute = `/${path.segments.join('/')}`;
  if (!isNormalised(absolute)) return undefined;
  return tooBroad(absolute) ?? (access === 'write' ? notWritable(absolute) : undefined);
}

export function isSamePlace(one: GrantPath, other: GrantPath): boolean {
  return one.segments.length === other.segments.length && covers(one, other);
}

/** Whether `inner` is `outer` or lies below it, as far as the text tells. */
export function covers(outer: GrantPath, inner: GrantPath): boolean {
  return (
    outer.base === inner.base && outer.segments.every((segment, index) => segment === inner.segments[index])
  );
}
