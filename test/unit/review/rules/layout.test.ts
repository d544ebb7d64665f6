import { layoutRules } from '../../../../src/review/rules/layout.ts';
import { described, instructed, parameter, testRules } from './cases.ts';

testRules(layoutRules, {
  'blank-run': {
    fires: {
      blanks: described(`Adds.${' '.repeat(200)}and sends`),
      lines: described(`Adds.${'\n'.repeat(40)}and sends`),
      'lines of blanks': described(`Adds.${'\n   '.repeat(40)}and sends`),
    },
    quiet: {
      code: described('Example:\n\n            {\n                "a": 1\n            }\n\n\ndone'),
      'at the end': described(`Adds.${' '.repeat(200)}`),
    },
  },
  'long-text': {
    fires: {
      'TP-04': described(`${'a '.repeat(1024)}then the payload`),
      instructions: instructed('a '.repeat(1100)),
    },
    quiet: {
      'just within': described('a '.repeat(1024)),
      'a long default': parameter('x', { default: 'a'.repeat(3000) }),
    },
  },
});
