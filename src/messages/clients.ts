// Words of `cordon doctor` about versions of clients.
export const versionWords = {
  noLists: 'it knows no lists of allowed servers',
  commandLine: 'servers that its command line names (--mcp-config) pass by the list',
  reconnects: 'it does not look at the list in editors, in a first session and when it connects again',
  noPolicy: 'it does not know this policy',
  notTried: 'this policy was tried with newer ones alone',
  known: (version: string, path: string) => `${version}, ${path}: not one of those that obey it less`,
  old: (version: string, path: string, before: string) => `${version}, ${path}: ${before}`,
  unknown: (path: string, newest: string) =>
    `nothing near ${path} says which it is; before ${newest} it obeys its policy less`,
  look: 'ask the program itself (--version)',
  update: (newest: string) => `update it to ${newest} or newer`,
} as const;
