import { grantRules } from '../../../../src/review/rules/grants.ts';
import { materialOf, profileOf } from '../fixture.ts';
import { approved, hinted, withHost, testRules } from './cases.ts';

testRules(grantRules, {
  'grant-growth': {
    fires: {
      path: materialOf(
        {},
        {
          profile: profileOf({ permissions: { filesystem: [{ path: '/srv', access: 'read' }] } }),
          approved: approved(),
        },
      ),
      'a protection gone': materialOf(
        {},
        {
          profile: profileOf({ permissions: { filesystem: [{ path: '/srv', access: 'write' }] } }),
          approved: approved({
            profile: profileOf({
              permissions: {
                filesystem: [
                  { path: '/srv', access: 'write' },
                  { path: '/srv/.git', access: 'read' },
                ],
              },
            }),
          }),
        },
      ),
      right: materialOf(
        {},
        { profile: profileOf({ permissions: { mcp: { sampling: true } } }), approved: approved() },
      ),
      'a larger limit': materialOf(
        {},
        { profile: profileOf({ limits: { memory: '3GiB' } }), approved: approved() },
      ),
    },
    quiet: {
      'a smaller limit': materialOf(
        {},
        { profile: profileOf({ limits: { memory: '64MiB' } }), approved: approved() },
      ),
      less: materialOf(
        {},
        {
          approved: approved({
            profile: profileOf({ permissions: { filesystem: [{ path: '/srv', access: 'read' }] } }),
          }),
        },
      ),
      'the first review': materialOf(
        {},
        { profile: profileOf({ permissions: { mcp: { sampling: true } } }) },
      ),
    },
  },
  'grant-shared-host': {
    fires: { 'NW-14': withHost('anybody can have an account there') },
    quiet: { own: withHost(null) },
  },
  'grant-reads-and-sends': {
    fires: {
      both: {
        ...withHost(null),
        grants: [{ path: '/srv', inside: '/srv', access: 'read', exists: true, why: null }],
      },
    },
    quiet: {
      'only a host': withHost(null),
      'its own state': {
        ...withHost(null),
        grants: [
          { path: '/home/ann/state', inside: '/cordon/state', access: 'write', exists: true, why: null },
        ],
      },
    },
  },
  'grant-unneeded': {
    fires: {
      network: { ...withHost(null), definitions: hinted('one', { openWorldHint: false }).definitions },
    },
    quiet: { needed: { ...withHost(null), definitions: hinted('one', {}).definitions } },
  },
  'definitions-unpinned': {
    fires: { unpinned: materialOf({}, { profile: profileOf({ definitions: 'unpinned' }) }) },
    quiet: { pinned: materialOf() },
  },
});
