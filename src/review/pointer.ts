// JSON pointers (RFC 6901) into what a server says of itself: `/tools/add/inputSchema/properties/note`. Lists of definitions
// are addressed by key and not by position, which tells a reader nothing.

export function pointer(...segments: ReadonlyArray<string | number>): string {
  return segments
    .map((segment) => `/${String(segment).replaceAll('~', '~0').replaceAll('/', '~1')}`)
    .join('');
}
