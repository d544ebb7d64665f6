// The escape matrix against the policies for macOS: every row about files, devices, sockets and networks is in the decisions, or
// it says here why a policy is not what answers it.
import { expect, it } from 'vitest';
import { REQUIREMENTS } from '../../escape/requirements.ts';
import { decisions } from '../../fixtures/decisions.ts';
import { renderedFor, SERVERS } from '../../fixtures/mac-servers.ts';

const ABOUT = ['files', 'links', 'devices', 'sockets', 'network', 'persistence'];

const BROKER = 'asked of the broker, which is the same on every system (test/egress)';
const NOT_THERE = 'macOS does not have it';
const LAUNCHER = 'the launcher does it, not the policy (test/integration/seatbelt-launch.test.ts)';

const ELSEWHERE: Readonly<Record<string, string>> = {
  F06: `${NOT_THERE}: a folder without a size; limits of the process stand in for it`,
  F11: `${NOT_THERE}: no /proc`,
  D03: `${NOT_THERE}: no /dev/shm`,
  A01: `${NOT_THERE}: no abstract sockets`,
  A07: LAUNCHER,
  A08: `${NOT_THERE}: socketpair makes unix sockets alone`,
  W05: BROKER,
  W07: BROKER,
  W08: BROKER,
  W09: BROKER,
  W10: BROKER,
  W11: BROKER,
  W15: BROKER,
  Z02: LAUNCHER,
};

const asked = new Set(
  SERVERS.flatMap((server) =>
    decisions({ grants: renderedFor(server).grants, reachesHosts: true }).flatMap(({ id }) => id ?? []),
  ),
);
const rows = REQUIREMENTS.filter(({ category }) => ABOUT.includes(category)).map(({ id }) => id);

it('every row that a policy can answer is among the decisions', () => {
  expect(rows.filter((id) => !asked.has(id) && ELSEWHERE[id] === undefined)).toEqual([]);
});

it('no decision names a row that is none, and no row is said to be elsewhere that is here', () => {
  expect([...asked, ...Object.keys(ELSEWHERE)].filter((id) => !rows.includes(id))).toEqual([]);
  expect(Object.keys(ELSEWHERE).filter((id) => asked.has(id))).toEqual([]);
});
