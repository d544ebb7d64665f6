// A Seatbelt policy as a value, and its text (SBPL). A path of the machine or of the user is never text of the policy: it is
// a parameter, so that no quote or parenthesis in a name can become a rule.

export type Operation =
  | 'file-ioctl'
  | 'file-map-executable'
  | 'file-read*'
  | 'file-read-data'
  | 'file-read-metadata'
  | 'file-test-existence'
  | 'file-write*'
  | 'file-write-create'
  | 'file-write-data'
  | 'file-write-mode'
  | 'file-write-times'
  | 'file-write-unlink'
  | 'file-write-xattr'
  | 'mach-lookup'
  | 'network-outbound'
  | 'process-exec*'
  | 'process-fork'
  | 'process-info*'
  | 'signal'
  | 'sysctl-read';

/** `fixed`: a path of macOS itself, written in base.ts; `parameter`: anything else. */
type PathText =
  | { readonly kind: 'fixed'; readonly path: `/${string}` }
  | { readonly kind: 'parameter'; readonly name: `PATH_${number}` };

export type Filter =
  | { readonly kind: 'literal' | 'subpath' | 'path-ancestors'; readonly path: PathText }
  | { readonly kind: 'same-sandbox' }
  | { readonly kind: 'global-name' | 'sysctl-name' | 'sysctl-name-prefix'; readonly name: string }
  /** A host is only ever `*` or `localhost`: any other word makes the whole policy fail to parse. */
  | { readonly kind: 'remote-localhost'; readonly port: number };

export interface Rule {
  readonly decision: 'allow' | 'deny';
  readonly operations: readonly Operation[];
  /** Any of them matches; none at all matches everything, but yields to every rule that has some. */
  readonly filters: readonly Filter[];
  readonly why: string;
}

/** After the refusal of everything, the last rule whose filter matches decides. */
export function policyText(rules: readonly Rule[]): string {
  return ['(version 1)', '(deny default)', ...rules.map(ruleText), ''].join('\n');
}

function ruleText({ decision, operations, filters, why }: Rule): string {
  return `; ${why}\n(${[decision, ...operations, ...filters.map(filterText)].join(' ')})`;
}

function filterText(filter: Filter): string {
  switch (filter.kind) {
    case 'literal':
    case 'subpath':
    case 'path-ancestors':
      return `(${filter.kind} ${pathText(filter.path)})`;
    case 'same-sandbox':
      return '(target same-sandbox)';
    case 'global-name':
    case 'sysctl-name':
    case 'sysctl-name-prefix':
      return `(${filter.kind} "${filter.name}")`;
    case 'remote-localhost':
      return `(remote ip "localhost:${filter.port}")`;
  }
}

function pathText(path: PathText): string {
  return path.kind === 'fixed' ? `"${path.path}"` : `(param "${path.name}")`;
}
