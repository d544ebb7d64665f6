// What a server is told: the plan's places become those of one start, and no name of Linux is left.
import { describe, expect, it } from 'vitest';
import { planMacNetwork } from '../../../src/plan/network.ts';
import { planSandbox } from '../../../src/plan/plan-sandbox.ts';
import { placeServer } from '../../../src/sandbox/seatbelt/place.ts';
import type { SeatbeltPlan } from '../../../src/sandbox/seatbelt/render.ts';
import { MAC, PLACES } from '../../fixtures/mac.ts';
import { renderedFor, SERVERS, planned } from '../../fixtures/mac-servers.ts';
import { samplePlan } from '../../fixtures/plans.ts';

const HOSTS = [{ host: 'api.example.com', ports: [443], protocol: 'tls', addresses: [] }] as const;
const BROKER = { port: 49_152, credentials: { user: 'cordon', password: '0a' } };

describe.each(SERVERS)('%s', (server) => {
  it('is told no place of Linux', () => {
    const { plan } = planned(server, MAC, planMacNetwork);
    const placed = placeServer(plan, PLACES, BROKER);
    const { grants } = renderedFor(server);
    // `${state}` keeps its place in these fixtures.
    const state = grants.some(({ target }) => target.startsWith('/cordon/state'));
    const said = JSON.stringify([placed.command, placed.environment, placed.workingDirectory]);
    expect(state ? said.replaceAll('/cordon/state', '') : said).not.toMatch(/\/cordon\/|\/run\/secrets/);
    expect(placed.command.slice(0, 2)).toEqual([PLACES.runtime, `${PLACES.package}/${entryOf(plan)}`]);
    expect(placed.environment).toMatchObject({ HOME: PLACES.home, TMPDIR: PLACES.tmp });
  });
});

const entryOf = (plan: SeatbeltPlan): string => (plan.command.args[0] ?? '').replace('/cordon/package/', '');

it('the proxy variables name the port and the password of the start, and none are set without grants', () => {
  const network = planMacNetwork(HOSTS);
  const { environment } = placeServer(
    { ...samplePlan(MAC, [], undefined, network), network },
    PLACES,
    BROKER,
  );
  const url = 'http://cordon:0a@127.0.0.1:49152';
  expect(environment).toMatchObject({
    HTTPS_PROXY: url,
    https_proxy: url,
    ALL_PROXY: url,
    NODE_USE_ENV_PROXY: '1',
    NO_PROXY: 'localhost,127.0.0.1,::1',
  });
  const none = planMacNetwork([]);
  const without = placeServer({ ...samplePlan(MAC, [], undefined, none), network: none }, PLACES, undefined);
  expect(Object.keys(without.environment).filter((name) => /proxy/i.test(name))).toEqual([]);
});

it('files are named where they are: authorities, and secrets also within an argument', () => {
  const network = planMacNetwork(HOSTS);
  const plan = planSandbox({
    profile: {
      name: 'sample',
      limits: {
        memory: '1GiB',
        processes: 64,
        files: 64,
        fileSize: '1MiB',
        tmp: '1MiB',
        messageBytes: '1MiB',
      },
    },
    package: 'sample@1.0.0',
    digest: samplePlan(MAC, []).digest,
    entry: 'index.js',
    args: ['--token-file=/run/secrets/TOKEN', '/run/secrets/OTHER', '/cordon/home', 'x/cordon/home'],
    environment: { TOKEN_FILE: '/run/secrets/TOKEN', CACHE: '/cordon/home/.cache', TMP: '/tmp' },
    workspace: undefined,
    grants: [],
    network,
    authorities: 'PEM',
    secrets: {
      secrets: { TOKEN: { required: true, deliver: 'file', why: 'x' } },
      secretArguments: new Map(),
    },
    facts: MAC,
  });
  const placed = placeServer({ ...plan, network }, PLACES, BROKER);
  expect(placed.command.slice(2)).toEqual([
    `--token-file=${PLACES.files}/TOKEN`,
    '/run/secrets/OTHER',
    PLACES.home,
    'x/cordon/home',
  ]);
  expect(placed.environment).toMatchObject({
    TOKEN_FILE: `${PLACES.files}/TOKEN`,
    CACHE: `${PLACES.home}/.cache`,
    NODE_EXTRA_CA_CERTS: `${PLACES.files}/ca.pem`,
    SSL_CERT_FILE: `${PLACES.files}/ca.pem`,
    TMP: '/tmp',
  });
});
