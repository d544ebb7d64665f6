import { supplyChainRules } from '../../../../src/review/rules/supply-chain.ts';
import { materialOf, packageFact, packageOf } from '../fixture.ts';
import { approved, packages, testRules } from './cases.ts';

testRules(supplyChainRules, {
  'install-scripts': {
    fires: { 'SC-01': packages(packageFact('x', { installScripts: ['postinstall'] })) },
    quiet: { none: packages(packageFact('x')) },
  },
  'native-code': {
    fires: { 'SC-11': packages(packageFact('x', { native: ['x.node'] })) },
    quiet: { none: packages(packageFact('x')) },
  },
  'integrity-weak': {
    fires: { sha1: packages(packageFact('x', { integrity: 'sha1-abc' })) },
    quiet: { sha512: packages(packageFact('x')) },
  },
  'package-new': {
    fires: {
      new: materialOf(
        {},
        { package: packageOf({ packages: [packageFact('left-pad')] }), approved: approved() },
      ),
    },
    quiet: {
      upgraded: materialOf(
        {},
        {
          package: packageOf({ packages: [packageFact('zod', { version: '9.0.0' })] }),
          approved: approved(),
        },
      ),
    },
  },
  'package-republished': {
    fires: {
      'SC-03': materialOf(
        {},
        {
          package: packageOf({
            packages: [packageFact('zod', { version: '3.25.0', integrity: 'sha512-other' })],
          }),
          approved: approved(),
        },
      ),
    },
    quiet: { same: materialOf({}, { approved: approved() }) },
  },
  'license-missing': {
    fires: { none: packages(packageFact('x', { license: null })) },
    quiet: { MIT: packages(packageFact('x')) },
  },
});
