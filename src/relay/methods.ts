// Which methods pass, as data: (direction, kind, method, era) and what the profile grants -> a decision (protocol.md 2). What
// is not in the table does not pass: a new method of a new revision, or a vendor's own, is nobody's grant.
import type { Feature, McpPolicy } from './policy.ts';

export type Direction = 'client-to-server' | 'server-to-client';
export type CallKind = 'request' | 'notification';
/** `legacy`: up to 2025-11-25, with a handshake. `modern`: 2026-07-28, version in every request. */
export type Era = 'legacy' | 'modern';
/** Servers do not look again at what a request says of itself, so an unknown version stops here (protocol.md 5.3.5). */
export const MODERN_VERSIONS: readonly string[] = ['2026-07-28'];
export const LEGACY_VERSIONS: readonly string[] = ['2024-11-05', '2025-03-26', '2025-06-18', '2025-11-25'];
export const NEWEST_LEGACY_VERSION = '2025-11-25';

export type Decision =
  | 'pass'
  | 'block'
  /** Nobody needs to know that it went nowhere: the relay answers with an empty result. */
  | 'answer-empty'
  /** It goes nowhere, without an event: a well-behaved peer sends it by habit. */
  | 'ignore';

interface MethodRule {
  readonly direction: Direction;
  readonly kind: CallKind;
  readonly methods: readonly string[];
  readonly eras: readonly Era[];
  /** One of these must be granted; none needs to be when the list is empty. */
  readonly needs: readonly Feature[];
  /** When it is not. */
  readonly otherwise: Exclude<Decision, 'pass'>;
}

const LEGACY: readonly Era[] = ['legacy'];
const MODERN: readonly Era[] = ['modern'];
const BOTH: readonly Era[] = ['legacy', 'modern'];

const ask = (
  eras: readonly Era[],
  methods: readonly string[],
  needs: readonly Feature[] = [],
  otherwise: MethodRule['otherwise'] = 'block',
): MethodRule => ({ direction: 'client-to-server', kind: 'request', eras, methods, needs, otherwise });
const tell = (
  eras: readonly Era[],
  methods: readonly string[],
  needs: readonly Feature[] = [],
  otherwise: MethodRule['otherwise'] = 'block',
): MethodRule => ({ ...ask(eras, methods, needs, otherwise), kind: 'notification' });
const fromServer = (rule: MethodRule): MethodRule => ({ ...rule, direction: 'server-to-client' });

const RULES: readonly MethodRule[] = [
  ask(LEGACY, ['initialize', 'ping']),
  // A client that asks before it begins is not yet of either generation.
  ask(BOTH, ['server/discover']),
  ask(BOTH, ['tools/list', 'tools/call'], ['tools']),
  ask(BOTH, ['prompts/list', 'prompts/get'], ['prompts']),
  ask(BOTH, ['resources/list', 'resources/templates/list', 'resources/read'], ['resources']),
  ask(LEGACY, ['resources/subscribe', 'resources/unsubscribe'], ['resources']),
  ask(MODERN, ['subscriptions/listen']),
  ask(BOTH, ['completion/complete'], ['prompts', 'resources']),
  // Some clients set a level before they look at what the server can do.
  ask(LEGACY, ['logging/setLevel'], ['logging'], 'answer-empty'),
  ask(LEGACY, ['tasks/get', 'tasks/result', 'tasks/list', 'tasks/cancel'], ['tasks']),
  ask(MODERN, ['tasks/get', 'tasks/update', 'tasks/cancel'], ['tasks']),

  tell(LEGACY, ['notifications/initialized']),
  tell(BOTH, ['notifications/cancelled', 'notifications/progress']),
  tell(LEGACY, ['notifications/roots/list_changed'], ['roots'], 'ignore'),
  tell(LEGACY, ['notifications/tasks/status'], ['tasks']),

  fromServer(ask(LEGACY, ['ping'])),
  fromServer(ask(LEGACY, ['sampling/createMessage'], ['sampling'])),
  fromServer(ask(LEGACY, ['elicitation/create'], ['elicitation'])),
  fromServer(ask(LEGACY, ['roots/list'], ['roots'])),
  fromServer(ask(LEGACY, ['tasks/get', 'tasks/result', 'tasks/list', 'tasks/cancel'], ['tasks'])),

  fromServer(tell(BOTH, ['notifications/cancelled', 'notifications/progress'])),
  fromServer(tell(BOTH, ['notifications/message'], ['logging'], 'ignore')),
  fromServer(tell(BOTH, ['notifications/tools/list_changed'], ['tools'], 'ignore')),
  fromServer(tell(BOTH, ['notifications/prompts/list_changed'], ['prompts'], 'ignore')),
  fromServer(
    tell(
      BOTH,
      ['notifications/resources/list_changed', 'notifications/resources/updated'],
      ['resources'],
      'ignore',
    ),
  ),
  fromServer(tell(MODERN, ['notifications/subscriptions/acknowledged'])),
  fromServer(tell(LEGACY, ['notifications/elicitation/complete'], ['elicitation'])),
  fromServer(tell(LEGACY, ['notifications/tasks/status'], ['tasks'])),
  fromServer(tell(MODERN, ['notifications/tasks'], ['tasks'])),
];

/** direction and kind -> era -> method -> rule. */
const TABLE: Readonly<Record<Direction, Readonly<Record<CallKind, Readonly<Record<Era, Rules>>>>>> = {
  'client-to-server': tableOf('client-to-server'),
  'server-to-client': tableOf('server-to-client'),
};

export function decideMethod(
  direction: Direction,
  kind: CallKind,
  method: string,
  era: Era,
  policy: McpPolicy,
): Decision {
  const rule = TABLE[direction][kind][era].get(method);
  if (rule === undefined) return 'block';
  const granted = rule.needs.length === 0 || rule.needs.some((feature) => policy.features.has(feature));
  return granted ? 'pass' : rule.otherwise;
}

type Rules = ReadonlyMap<string, MethodRule>;

function tableOf(direction: Direction): Readonly<Record<CallKind, Readonly<Record<Era, Rules>>>> {
  const rulesOf = (kind: CallKind, era: Era): Rules =>
    new Map(
      RULES.filter(
        (rule) => rule.direction === direction && rule.kind === kind && rule.eras.includes(era),
      ).flatMap((rule) => rule.methods.map((method) => [method, rule] as const)),
    );
  const erasOf = (kind: CallKind): Readonly<Record<Era, Rules>> => ({
    legacy: rulesOf(kind, 'legacy'),
    modern: rulesOf(kind, 'modern'),
  });
  return { request: erasOf('request'), notification: erasOf('notification') };
}
