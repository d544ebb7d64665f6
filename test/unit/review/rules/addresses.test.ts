import { addressRules } from '../../../../src/review/rules/addresses.ts';
import { materialOf, tool } from '../fixture.ts';
import { described, testRules } from './cases.ts';

testRules(addressRules, {
  'address-suspicious': {
    fires: {
      'PR-07 file': materialOf({ resources: [{ uri: 'file:///etc/passwd', name: 'x' }] }),
      'PR-07 script': materialOf({ templates: [{ uriTemplate: 'javascript:alert(1)', name: 'x' }] }),
      'PR-07 data': materialOf({ resources: [{ uri: 'data:text/html;base64,AAAA', name: 'x' }] }),
      'a name before the host': described('See https://github.com@evil.example/x.'),
      'a number as host': described('See http://3232235777/x.'),
      'not ASCII': described('See https://gіthub.com/x.'),
    },
    quiet: {
      links: described('See https://example.com/a?b=c and http://localhost:3000.'),
      words: described('data: the payload; file: the path; about: the reason'),
      'files of a server': materialOf({ templates: [{ uriTemplate: 'file:///{path}', name: 'x' }] }),
      'its own scheme': materialOf({ resources: [{ uri: 'memo://insights', name: 'x' }] }),
    },
  },
  'address-shared-host': {
    fires: { webhook: described('Posts to https://hooks.slack.com/services/x.') },
    quiet: { docs: described('See https://example.com/docs.') },
  },
  'icon-address': {
    fires: {
      'TP-13': materialOf({ tools: [tool('one', { icons: [{ src: 'http://evil.example/x.png' }] })] }),
      'of the server': materialOf({
        serverInfo: { name: 'x', version: '1', icons: [{ src: 'https://x.example/i.svg' }] },
      }),
    },
    quiet: {
      embedded: materialOf({
        tools: [tool('one', { icons: [{ src: 'data:image/png;base64,iVBORw0KGgo=' }] })],
      }),
    },
  },
});
