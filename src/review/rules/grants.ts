// What the profile grants, against what was approved and against what the server says that it does.
import { grantChanges } from '../grants.ts';
import { pointer } from '../pointer.ts';
import { isObject } from '../walk.ts';
import type { Rule } from './rule.ts';

export const grantRules: readonly Rule[] = [
  {
    id: 'grant-growth',
    title: 'the profile grants more than was approved',
    severity: 'high',
    labels: ['OWASP MCP02 scope creep'],
    why: 'an approval covers the grants that it was given for',
    find: function* find({ material }) {
      const before = material.approved?.profile;
      if (before === undefined) return;
      for (const change of grantChanges(before, material.profile))
        if (change.wider) yield { pointer: change.pointer, note: change.words };
    },
  },
  {
    id: 'grant-shared-host',
    title: 'a host where anybody can receive',
    severity: 'medium',
    labels: ['SAFE-T1911'],
    why: 'no walls help against data that goes to a granted host; there, not only its owner gets it',
    find: function* find({ material }) {
      for (const { host, leak } of material.network.hosts)
        if (leak !== null)
          yield { pointer: pointer('permissions', 'network', host), note: [{ theirs: host }, `: ${leak}`] };
    },
  },
  {
    id: 'grant-reads-and-sends',
    title: 'reads files and has a network',
    severity: 'info',
    labels: ['OWASP MCP10 context over-sharing'],
    why: 'what it can read can leave through the hosts that it reaches',
    find: function* find({ material }) {
      const files = material.grants.filter(
        (grant) => grant.access !== 'protect' && grant.inside === grant.path,
      );
      if (files.length > 0 && material.network.hosts.length > 0)
        yield {
          pointer: pointer('permissions'),
          note: [
            { theirs: files.map((grant) => grant.path).join(', ') },
            ' and ',
            { theirs: material.network.hosts.map((host) => host.host).join(', ') },
          ],
        };
    },
  },
  {
    id: 'grant-unneeded',
    title: 'a grant that no tool seems to need',
    severity: 'low',
    labels: ['OWASP MCP02 scope creep'],
    why: 'every tool says that it reaches nothing outside, or only reads; grant less and see whether it works',
    find: function* find({ material, entries }) {
      const hints = entries.flatMap(({ kind, value }) => (kind === 'tool' ? [value['annotations']] : []));
      if (hints.length === 0) return;
      const all = (name: string, value: boolean): boolean =>
        hints.every((hint) => isObject(hint) && hint[name] === value);
      if (material.network.hosts.length > 0 && all('openWorldHint', false))
        yield { pointer: pointer('permissions', 'network'), note: ['openWorldHint is false on every tool'] };
      if (all('readOnlyHint', true))
        for (const grant of material.grants)
          if (grant.access === 'write' && grant.inside === grant.path)
            yield {
              pointer: pointer('permissions', 'filesystem'),
              note: ['write on ', { theirs: grant.path }, ', and readOnlyHint is true on every tool'],
            };
    },
  },
  {
    id: 'definitions-unpinned',
    title: 'the profile does not pin definitions',
    severity: 'high',
    labels: ['SAFE-T1201'],
    why: 'the server may show every client another text than the one below, at any time',
    find: function* find({ material }) {
      if (material.profile.definitions === 'unpinned') yield { pointer: pointer('definitions') };
    },
  },
];
