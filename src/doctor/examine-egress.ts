// A second sandbox around the probe, with a network grant and the broker that servers get: whether what is granted works
// and what is not granted does not. The far end is a listener of the doctor's own on loopback.
import { createHash } from 'node:crypto';
import net from 'node:net';
import { digestFromHex } from '../digest.ts';
import { planNetwork } from '../plan/network.ts';
import type { EgressGrant } from '../plan/plan.ts';
import type { LinuxFacts } from '../system/facts.ts';
import type { VerifiedRuntime } from '../verify/verified.ts';
import { judgeAnswers } from './check.ts';
import { egressChecks, NAMES } from './checks-egress.ts';
import { collectAnswers } from './examine.ts';
import type { Finding } from './finding.ts';
import { planProbe, withQuestions } from './plan-probe.ts';
import { probeText } from './probe-text.ts';

const GREETING = 'the doctor was reached';

/** Throws what the launch throws when there is no such sandbox. */
export async function examineEgress(
  facts: LinuxFacts,
  runtime: VerifiedRuntime,
  way: 'transparent' | 'proxy',
): Promise<readonly Finding[]> {
  const { server, port } = await listen();
  try {
    const grant: EgressGrant = {
      host: NAMES.granted,
      ports: [port],
      protocol: 'tcp',
      addresses: ['127.0.0.1'],
    };
    const network = planNetwork([grant], way);
    const text = await probeText();
    const digest = digestFromHex(createHash('sha256').update(text).digest('hex'));
    const plan = planProbe({ facts, grants: [], network }, { text, digest });
    const proxyPort = network.kind === 'proxy' ? network.port : 0;
    const checks = egressChecks({ way, proxyPort, port, greeting: GREETING });
    const [{ holdSandbox }, { serveEgress }] = await Promise.all([
      import('../launch/hold-sandbox.ts'),
      import('../egress/serve-egress.ts'),
    ]);
    const held = await holdSandbox({
      plan: withQuestions(
        plan,
        checks.flatMap((check) => check.questions),
      ),
      facts,
      grants: [],
      packageFd: undefined,
      runtimeFd: runtime.fd,
    });
    const config = { mode: way, hosts: { [NAMES.granted]: ['127.0.0.1'] } };
    const listening =
      held.sockets === undefined
        ? undefined
        : serveEgress(held.sockets, { grants: [grant], config, onEvent: () => {} });
    const answers = await collectAnswers(held.release({ package: 'none', runtime }));
    listening?.close();
    return judgeAnswers(checks, answers);
  } finally {
    server.close();
  }
}

async function listen(): Promise<{ readonly server: net.Server; readonly port: number }> {
  const server = net.createServer((socket) => socket.on('error', () => {}).end(GREETING));
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new TypeError('a TCP listener without a port');
  return { server, port: address.port };
}
