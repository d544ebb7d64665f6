import { behaviourRules } from '../../../../src/review/rules/behaviour.ts';
import { LEGACY, materialOf, tool } from '../fixture.ts';
import { instructed, probed, upgraded, testRules } from './cases.ts';

testRules(behaviourRules, {
  'list-unstable': {
    fires: { changed: probed({ stable: false }) },
    quiet: { same: probed({ stable: true }) },
  },
  'list-by-start': {
    fires: { 'RP-06': probed({ listing: 'aa' }, { client: 'cursor', listing: 'bb' }) },
    quiet: {
      same: probed({ listing: 'aa' }, { client: 'cursor', listing: 'aa' }),
      'another context': probed(
        { listing: 'aa' },
        { context: { ...LEGACY, clientCapabilities: { sampling: {} } }, listing: 'bb' },
      ),
    },
  },
  'list-by-context': {
    fires: {
      'RP-07': materialOf([{ tools: [tool('one')] }, { tools: [tool('one', { description: 'Other.' })] }]),
    },
    quiet: { 'one more tool': materialOf([{ tools: [tool('one')] }, { tools: [tool('one'), tool('two')] }]) },
  },
  'list-changed-often': {
    fires: { flood: probed({ listChanged: 50 }) },
    quiet: { 'NC-04': probed({ listChanged: 4 }) },
  },
  'capability-growth': {
    fires: {
      'PR-10': upgraded({ capabilities: { tools: {} } }, { capabilities: { tools: {}, prompts: {} } }),
    },
    quiet: {
      less: upgraded({ capabilities: { tools: { listChanged: true } } }, { capabilities: { tools: {} } }),
    },
  },
  'capability-unusual': {
    fires: {
      experimental: materialOf({ capabilities: { experimental: { 'claude/channel': {} } } }),
      tasks: materialOf({ capabilities: { tasks: {} } }),
    },
    quiet: { usual: materialOf({ capabilities: { tools: {}, logging: {}, completions: {} } }) },
  },
  'steering-meta': {
    fires: {
      'always loaded': materialOf({ tools: [tool('one', { _meta: { 'anthropic/alwaysLoad': true } })] }),
    },
    quiet: { own: materialOf({ tools: [tool('one', { _meta: { 'example.com/kind': 'anthropic' } })] }) },
  },
  'server-instructions': {
    fires: { some: instructed('Use absolute paths.') },
    quiet: { none: materialOf() },
  },
  'probe-denied': {
    fires: {
      host: probed({
        denied: [{ by: 'egress', what: 'evil.example', reason: 'name-not-granted', count: 1 }],
      }),
    },
    quiet: { nothing: probed({}) },
  },
  'start-slow': {
    fires: { slow: probed({ startMs: 12_000 }) },
    quiet: { 'NC-12': probed({ startMs: 8000 }) },
  },
});
