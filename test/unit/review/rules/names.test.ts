import { nameRules } from '../../../../src/review/rules/names.ts';
import { materialOf, tool } from '../fixture.ts';
import { beside, named, parameter, testRules } from './cases.ts';

testRules(nameRules, {
  'name-mixed-script': {
    fires: {
      'UC-06 one letter': named('rеad_file'),
      'all of them': named('сору'),
      'a parameter': parameter('pаth'),
    },
    quiet: {
      Russian: named('прочитать_файл'),
      'Greek word': parameter('αρχείο'),
      Latin: named('read_file'),
      accents: named('café'),
    },
  },
  'name-unusual': {
    fires: { blank: named('read file'), 'not ASCII': named('café') },
    quiet: { ordinary: named('read_file', 'a.b-c', 'ReadFile2') },
  },
  'names-alike': {
    fires: {
      'l and I': named('fiIe', 'file'),
      separators: named('a.b', 'a_b'),
      script: named('rеad', 'read'),
    },
    quiet: { others: named('read', 'reads', 'write') },
  },
  'reserved-name': {
    fires: {
      'SH-04 Bash': named('Bash'),
      'SH-04 prefix': named('mcp__github__create_issue'),
      'in another script': named('Ваsh'),
    },
    quiet: { ordinary: named('read', 'bash_history_search', 'edit_file', 'task_list') },
  },
  'reserved-command': {
    fires: { 'SH-06': materialOf({ prompts: [{ name: 'clear' }] }) },
    quiet: { other: materialOf({ prompts: [{ name: 'summarise' }] }), 'a tool': named('clear') },
  },
  'name-collision': {
    fires: {
      'SH-01 tool': beside({ tools: [tool('send_email')] }, ['send_email']),
      'SH-01 alike': beside({ tools: [tool('send-email')] }, ['send_email']),
      prompt: beside({ prompts: [{ name: 'reply' }] }, [], ['reply']),
    },
    quiet: { others: beside({ tools: [tool('read_email')] }, ['send_email']) },
  },
  'server-name-collision': {
    fires: {
      'SH-05 profile': beside({ serverInfo: { name: 'Mail', version: '1' } }, []),
      'SH-05 server': beside({ serverInfo: { name: 'mail-server', version: '1' } }, [], [], 'mail-server'),
    },
    quiet: { other: beside({}, [], [], 'mail-server') },
  },
});
