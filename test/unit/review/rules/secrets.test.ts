import { secretRules } from '../../../../src/review/rules/secrets.ts';
import { described, parameter, testRules } from './cases.ts';

testRules(secretRules, {
  'secret-path': {
    fires: {
      'TP-01 key': described('Read ~/.ssh/id_rsa.'),
      'TP-01 client': described('Read ~/.cursor/mcp.json.'),
      'TP-06 in a name, snake': parameter('content_from_reading_ssh_id_rsa'),
      'TP-06 in a name, camel': parameter('contentFromReadingSshIdRsa'),
      'in a default': parameter('path', { default: '/etc/shadow' }),
      dotenv: described('Reads `.env` files.'),
    },
    quiet: {
      ssh: described('Connects by ssh to a host. Environment: process.env.HOME, en.env is a name.'),
      docs: described('Reads AWS documentation and Docker images.'),
      keys: parameter('ssh_enabled'),
    },
  },
});
