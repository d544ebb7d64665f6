// One profile, two systems: what a Mac would allow is what the mounts on Linux allow, but for the differences below.
import { describe, expect, it } from 'vitest';
import { contains } from '../../../src/profile/paths.ts';
import { type Decision, decisions, type Place } from '../../fixtures/decisions.ts';
import type { EgressGrant, LinuxNetwork } from '../../../src/plan/plan.ts';
import { BROKER_PORT } from '../../fixtures/mac.ts';
import { planned, renderedFor, SERVERS } from '../../fixtures/mac-servers.ts';
import { mountReader } from '../../fixtures/mount-reader.ts';
import { evaluator } from '../../fixtures/seatbelt-evaluator.ts';
import { SYSTEMS } from '../../fixtures/systems.ts';

interface Difference {
  readonly why: string;
  readonly places: readonly Place[];
  readonly operations?: readonly string[];
  readonly below?: string;
}

/** In all of them it is Linux that allows: there is nothing that only a Mac would. */
const DIFFERENCES: Readonly<Record<string, Difference>> = {
  'programs in writable folders': {
    why: 'on Linux they run in the same namespaces; on a Mac a program that was not reviewed has no need to run',
    places: [
      'writable',
      'writable root',
      'protected',
      'protected, absent',
      'protected, other case',
      'way to what is protected',
      'readable',
    ],
    operations: ['process-exec', 'file-map-executable'],
  },
  'programs of the system': {
    why: 'Linux shows /usr; on a Mac some of these start programs outside the sandbox',
    places: ['outside, this system only', 'libraries', 'data of the system'],
    operations: [
      'file-read-data',
      'file-read-metadata',
      'file-test-existence',
      'file-map-executable',
      'process-exec',
    ],
  },
  'folders on the way': {
    why: 'on Linux they are empty ones of our own, which may be listed; on a Mac they are the real ones',
    places: ['way'],
    operations: ['file-read-data'],
  },
  'second names': {
    why: 'on Linux they cannot leave a mount; on a Mac they could leave the protection of a path',
    places: ['writable', 'protected, absent', 'protected, other case', 'way to what is protected'],
    operations: ['file-link'],
  },
  'access lists': {
    why: 'on Linux they are more modes; on a Mac one can refuse its owner the removal of a file',
    places: [
      'writable',
      'writable root',
      'protected, absent',
      'protected, other case',
      'way to what is protected',
    ],
    operations: ['file-write-acl'],
  },
  'protected and not there': {
    why: 'a mount needs something to lie over, so that Linux compares these when the server ends; a rule needs nothing',
    places: ['protected, absent'],
    operations: [
      'file-write-create',
      'file-write-data',
      'file-write-mode',
      'file-write-times',
      'file-write-xattr',
      'file-write-unlink',
    ],
  },
  'the way to what is protected': {
    why: 'what holds a mount stays where it is on Linux, and what else comes there is seen when the server ends; a rule forbids it',
    places: ['way to what is protected'],
    operations: ['file-write-create', 'file-write-data', 'file-write-unlink'],
  },
  'all of /tmp': {
    why: "on Linux it is the server's own, and a grant below it one folder there; on a Mac that is another folder",
    places: ['way', 'outside'],
    below: '/tmp',
  },
  'ports of its own': {
    why: 'on Linux in a network of its own; on a Mac everybody could connect',
    places: ['listening'],
    operations: ['network-bind', 'network-inbound'],
  },
};

const linux = SYSTEMS['debian-merged-usr'];
if (linux === undefined) throw new Error('no Linux');

/** The way of Linux that is closest: a port inside on which the broker listens, here with the number of the other. */
const proxyNetwork = (grants: readonly EgressGrant[]): LinuxNetwork =>
  grants.length === 0 ? { kind: 'none' } : { kind: 'proxy', port: BROKER_PORT, grants };

const named = ({ place, operation, path = '' }: Decision): string | undefined =>
  Object.entries(DIFFERENCES).find(
    ([, { places, operations = [operation], below }]) =>
      places.includes(place) &&
      operations.includes(operation) &&
      (below === undefined || contains(below, path)),
  )?.[0];

const seen = new Set<string>();

describe.each(SERVERS)('%s', (server) => {
  it('is granted the same on both systems', () => {
    const { policy, parameters, grants } = renderedFor(server);
    const mac = evaluator(policy, parameters);
    const { plan } = planned(server, linux, proxyNetwork);
    const ask = mountReader(plan);
    const unnamed: string[] = [];
    for (const row of decisions({ grants, reachesHosts: plan.network.kind !== 'none' })) {
      if (row.place === 'system') continue;
      const here = ask(row.onLinux === undefined ? row : { ...row, path: row.onLinux });
      const there = mac(row);
      if (here === there) continue;
      const name = named(row);
      if (name !== undefined && here === 'allow') seen.add(name);
      else
        unnamed.push(`${row.place}: ${row.operation} ${row.path ?? row.remote}: Linux ${here}, Mac ${there}`);
    }
    expect(unnamed).toEqual([]);
  });
});

it('no difference is named that is none', () => {
  expect(Object.keys(DIFFERENCES).filter((name) => !seen.has(name))).toEqual([]);
});
