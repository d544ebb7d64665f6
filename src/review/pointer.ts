// JSON pointers (RFC 6901) into what a server says of itself: `/tools/add/inputSchema/properties/note`. Lists of definitions
// are addressed by key and not by position, which tells a reader nothing.
import type { DefinitionKind } from '../pins/definitions.ts';

export const LISTS: Readonly<Record<DefinitionKind, 'tools' | 'prompts' | 'resources' | 'templates'>> = {
  tool: 'tools',
  prompt: 'prompts',
  resource: 'resources',
  template: 'templates',
};

export function pointer(...segments: ReadonlyArray<string | number>): string {
  return segments
    .map((segment) => `/${String(segment).replaceAll('~', '~0').replaceAll('/', '~1')}`)
    .join('');
}
