// `expects` in a profile is its author's own test: what must be denied and what must be possible. It is judged by the
// text of the grants alone whenever the profile is read, so that a grant that became too wide is found at once.
import { quote } from '../escape.ts';
import { jsonPath } from '../json/json-path.ts';
import { looksLikeAddress, type Read, readAddress } from './address-range.ts';
import { covers, type GrantPath, parseGrantPath, pathFaults } from './grant-path.ts';
import { coversHost, readHost } from './host.ts';
import { portsOf } from './network-rules.ts';
import type { Expectation, NetworkGrant, ProfilePieces, Report } from './pieces.ts';
import type { FilesystemGrant } from './schema.ts';

type Verdict =
  | { readonly kind: 'malformed'; readonly faults: readonly string[] }
  | { readonly kind: 'granted'; readonly by: readonly PropertyKey[] }
  /** `by` is the read grant that takes writing away, when there is one. */
  | { readonly kind: 'denied'; readonly by: readonly PropertyKey[] | undefined };

export function expectationFaults(pieces: ProfilePieces, report: Report): void {
  const isComplete = ![...pieces.filesystem, ...pieces.network].includes(undefined);
  const grants = readableGrants(pieces.filesystem);
  for (const side of ['deny', 'allow'] as const) {
    for (const [index, expectation] of pieces[side].entries()) {
      if (expectation === undefined) continue;
      const [action, target] = actionOf(expectation);
      const place = ['expects', side, index, action];
      const verdict = judge(action, target, grants, pieces.network);
      const what = () => `${action} ${quote(target)}`;
      if (verdict.kind === 'malformed') for (const fault of verdict.faults) report(place, fault);
      // Half of the grants would give a wrong answer.
      else if (!isComplete) continue;
      else if (side === 'deny' && verdict.kind === 'granted')
        report(place, `expects ${what()} to be denied, but ${jsonPath(verdict.by)} grants it`);
      else if (side === 'allow' && verdict.kind === 'denied')
        report(
          place,
          `expects ${what()} to be possible, but ${verdict.by === undefined ? 'nothing grants it' : `${jsonPath(verdict.by)} denies it`}`,
        );
    }
  }
}

type Action = 'read' | 'write' | 'connect';

function actionOf(expectation: Expectation): readonly [Action, string] {
  if ('read' in expectation) return ['read', expectation.read];
  if ('write' in expectation) return ['write', expectation.write];
  return ['connect', expectation.connect];
}

interface ReadableGrant {
  readonly index: number;
  readonly path: GrantPath;
  readonly access: 'read' | 'write';
}

function readableGrants(grants: ReadonlyArray<FilesystemGrant | undefined>): readonly ReadableGrant[] {
  return grants.flatMap((grant, index) =>
    grant === undefined || pathFaults(grant.path).length > 0
      ? []
      : [{ index, path: parseGrantPath(grant.path), access: grant.access }],
  );
}

function judge(
  action: Action,
  target: string,
  grants: readonly ReadableGrant[],
  network: ReadonlyArray<NetworkGrant | undefined>,
): Verdict {
  if (action === 'connect') return judgeConnection(target, network);
  // People write `~` here, as in a shell; a grant must say ${home}.
  const text = target === '~' || target.startsWith('~/') ? `\${home}${target.slice(1)}` : target;
  const faults = pathFaults(text);
  if (faults.length > 0) return { kind: 'malformed', faults };
  return judgePath(action, parseGrantPath(text), grants);
}

/** The deepest grant that covers the path decides, as mounts do. */
function judgePath(action: 'read' | 'write', path: GrantPath, grants: readonly ReadableGrant[]): Verdict {
  let deepest: ReadableGrant | undefined;
  for (const grant of grants) {
    if (!covers(grant.path, path)) continue;
    if (deepest === undefined || grant.path.segments.length > deepest.path.segments.length) deepest = grant;
  }
  if (deepest === undefined) return { kind: 'denied', by: undefined };
  const by = ['permissions', 'filesystem', deepest.index];
  return action === 'read' || deepest.access === 'write' ? { kind: 'granted', by } : { kind: 'denied', by };
}

function judgeConnection(target: string, grants: ReadonlyArray<NetworkGrant | undefined>): Verdict {
  const [, written = '', digits = ''] =
    /^(\[[0-9a-f:.]+\]|[a-z0-9.-]+):([1-9][0-9]{0,4})$/.exec(target) ?? [];
  const port = Number(digits);
  if (written === '' || port > 65535)
    return { kind: 'malformed', faults: ['must be "host:port", lower case'] };
  const host = targetHost(written);
  if (!host.ok) return { kind: 'malformed', faults: [host.fault] };
  const index = grants.findIndex(
    (grant) => grant !== undefined && coversHost(grant.host, host.value) && portsOf(grant).includes(port),
  );
  if (index === -1) return { kind: 'denied', by: undefined };
  return { kind: 'granted', by: ['permissions', 'network', index] };
}

/** Four decimal numbers that are not the loopback: one look tells, and the library is not loaded for it. */
const ORDINARY_ADDRESS =
  /^(?!127\.)(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])(?:\.(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])){3}$/;

/** The host as a grant would write it. */
function targetHost(written: string): Read<string> {
  if (ORDINARY_ADDRESS.test(written)) return { ok: true, value: written };
  const isBracketed = written.startsWith('[');
  const text = isBracketed ? written.slice(1, -1) : written;
  if (!isBracketed && !looksLikeAddress(text)) {
    const host = readHost(text);
    return host.kind === 'invalid' ? { ok: false, fault: host.fault } : { ok: true, value: text };
  }
  const address = readAddress(text);
  if (!address.ok) return address;
  if (isBracketed !== (address.value.kind() === 'ipv6'))
    return { ok: false, fault: 'must have brackets around an IPv6 address and no others' };
  // A grant for localhost is reached by every address of the loopback.
  return { ok: true, value: address.value.range() === 'loopback' ? 'localhost' : text };
}
