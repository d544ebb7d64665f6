// The attacks on the network, as data: what must come of each, and the tests that show it. coverage.test.ts fails when one has
// no test that names it.

interface AttackRow {
  readonly id: string;
  readonly what: string;
  readonly expected: string;
  /** Files with a test whose name holds the id. */
  readonly shownBy: readonly [string, ...string[]];
}

const ATTACKS = 'test/egress/attacks.test.ts';
const NAMES = 'test/egress/names.test.ts';
const FLOODS = 'test/egress/floods.test.ts';
const ADDRESS = 'test/unit/egress/address.test.ts';

const row = (
  id: string,
  what: string,
  expected: string,
  ...shownBy: readonly [string, ...string[]]
): AttackRow => ({ id, what, expected, shownBy });

export const ATTACK_ROWS: readonly AttackRow[] = [
  row('NW-01', 'connect to any host without a grant', 'ENETUNREACH', ATTACKS),
  row('NW-02', 'services of the machine on loopback', 'its own loopback only', ATTACKS),
  row(
    'NW-03',
    'metadata addresses and names',
    'no way, not even for a granted name',
    ATTACKS,
    NAMES,
    ADDRESS,
  ),
  row(
    'NW-04',
    'private and special addresses, numbers in every spelling',
    'refused after normalisation',
    ATTACKS,
    NAMES,
    ADDRESS,
  ),
  row('NW-05', 'a granted name that resolves elsewhere, or changes', 'the checked address is dialled', NAMES),
  row('NW-07', 'data in names', 'nothing is asked outside', NAMES, FLOODS),
  row('NW-09', 'dial directly, past the proxy variables', 'ENETUNREACH', ATTACKS),
  row('NW-10', 'another host inside what was granted; forged CONNECT requests', 'closed, refused', ATTACKS),
  row('NW-11', 'names that look like a granted one', 'labels are compared', ATTACKS, NAMES),
  row('NW-12', 'a redirect to a host that is not granted', 'judged anew', ATTACKS),
  row('NW-13', 'listen, and be reached from outside', 'not reachable', ATTACKS),
  row('NW-14', 'send data out through a granted host', 'allowed, told of with its bytes', ATTACKS),
  row('NW-15', "another profile's broker", 'not reachable', ATTACKS),
  row('NW-16', '10 000 connections, questions and refusals', 'bounded, calls are answered', FLOODS),
  row(
    'NW-17',
    'programs that know proxies, and programs that do not',
    'work, and fail',
    'test/egress/reach.test.ts',
  ),
];
