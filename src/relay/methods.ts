// Which methods may pass, as data: (direction, kind, method, era) -> pass or block. For now everything passes but what
// only the other side may say; the policy of a profile is another table of the same shape.

export type Direction = 'client-to-server' | 'server-to-client';
export type CallKind = 'request' | 'notification';
/** `legacy`: up to 2025-11-25, with a handshake. `modern`: 2026-07-28, version in every request. */
export type Era = 'legacy' | 'modern';
/** Servers do not look again at what a request says of itself, so an unknown version stops here (protocol.md 5.3.5). */
export const MODERN_VERSIONS: readonly string[] = ['2026-07-28'];

export type Decision = 'pass' | 'block';

interface MethodRule {
  readonly direction: Direction;
  readonly kind: CallKind;
  readonly methods: readonly string[];
  readonly eras: readonly Era[];
  readonly decision: Decision;
}

/** What is not named here passes. */
const RULES: readonly MethodRule[] = [
  {
    // A client that answered these would be the server's server (S2C-11).
    direction: 'server-to-client',
    kind: 'request',
    methods: [
      'initialize',
      'server/discover',
      'tools/list',
      'tools/call',
      'prompts/list',
      'prompts/get',
      'resources/list',
      'resources/templates/list',
      'resources/read',
      'resources/subscribe',
      'resources/unsubscribe',
      'subscriptions/listen',
      'completion/complete',
      'logging/setLevel',
    ],
    eras: ['legacy', 'modern'],
    decision: 'block',
  },
  {
    direction: 'server-to-client',
    kind: 'notification',
    methods: ['notifications/initialized', 'notifications/roots/list_changed'],
    eras: ['legacy', 'modern'],
    decision: 'block',
  },
];

const TABLE = new Map<string, Decision>(
  RULES.flatMap((rule) =>
    rule.methods.flatMap((method) =>
      rule.eras.map((era) => [entry(rule.direction, rule.kind, method, era), rule.decision] as const),
    ),
  ),
);

export function decideMethod(direction: Direction, kind: CallKind, method: string, era: Era): Decision {
  return TABLE.get(entry(direction, kind, method, era)) ?? 'pass';
}

function entry(direction: Direction, kind: CallKind, method: string, era: Era): string {
  return `${direction} ${kind} ${era} ${method}`;
}
