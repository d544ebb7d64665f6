import { describe, expect, it } from 'vitest';
import type { EgressConfig } from '../../../src/config/config.ts';
import { explain, explanationDocument } from '../../../src/explain/explanation.ts';
import { explainNetwork } from '../../../src/explain/network.ts';
import { renderExplanation } from '../../../src/explain/render.ts';
import { SHARED_HOSTS } from '../../../src/explain/shared-hosts.ts';
import type { EgressGrant, NetworkPlan } from '../../../src/plan/plan.ts';
import { readHost } from '../../../src/profile/host.ts';
import { requestFor } from './fixture.ts';

const NETWORK = [
  { host: 'api.github.com', port: 443, why: 'the REST API' },
  { host: '*.example.com', port: [443, 8443], why: 'every region has a name of its own' },
  { host: 'db.corp.example', port: 5432, protocol: 'tcp', addresses: ['10.1.0.0/16', 'fd00::/64'] },
  { host: 'localhost', port: 6379, protocol: 'tcp', why: 'the cache on this machine' },
] as const;

const GRANTS: readonly EgressGrant[] = NETWORK.map((grant) => ({
  host: grant.host,
  ports: [grant.port].flat(),
  protocol: 'protocol' in grant ? grant.protocol : 'tls',
  addresses: 'addresses' in grant ? grant.addresses : [],
}));

function explained(network: NetworkPlan, profile: readonly object[] = NETWORK) {
  const request = requestFor({ permissions: { network: profile } });
  return explain({ ...request, plan: { ...request.plan, network } });
}

/** The section alone. */
const render = (network: NetworkPlan): string =>
  /^network\n[\s\S]*?(?=^environment$)/m.exec(renderExplanation(explained(network)))?.[0] ?? '';

describe('the network section', () => {
  it('shows hosts, addresses, reasons, and where data could leave', async () => {
    await expect(render({ kind: 'transparent', grants: GRANTS })).toMatchFileSnapshot(
      'network-transparent.txt',
    );
  });

  it('says what does not work through a proxy', async () => {
    await expect(render({ kind: 'proxy', port: 3128, grants: GRANTS })).toMatchFileSnapshot(
      'network-proxy.txt',
    );
  });

  it('is in the JSON under its own key', () => {
    const document = explanationDocument(explained({ kind: 'transparent', grants: GRANTS }));
    expect(document).toMatchObject({
      about: {
        network: {
          way: 'transparent',
          limits: [],
          hosts: [
            {
              host: 'api.github.com',
              ports: [443],
              why: 'the REST API',
              leak: expect.stringMatching('code host') as string,
            },
            { host: '*.example.com', ports: [443, 8443], leak: null },
            {
              host: 'db.corp.example',
              protocol: 'tcp',
              addresses: ['10.1.0.0/16', 'fd00::/64'],
              why: null,
              leak: null,
            },
            { host: 'localhost', leak: null },
          ],
        },
      },
    });
    expect(explained({ kind: 'none' }, []).network).toEqual({ way: 'none', hosts: [], limits: [] });
  });

  it('lets no reason of a profile add lines', () => {
    const network = [{ host: 'a.example', port: 443, why: 'x' }];
    const grants = [{ host: 'a.example', ports: [443], protocol: 'tls', addresses: [] }] as const;
    const found = explained({ kind: 'transparent', grants }, network);
    const forged = found.network.hosts.map((host) => ({ ...host, why: 'x\n  none\u202e' }));
    const text = renderExplanation({ ...found, network: { ...found.network, hosts: forged } });
    expect(text).toContain('x\\n  none\\u{202e}');
  });
});

describe('where the configuration of the machine leads the hosts', () => {
  const PROXY = { host: 'proxy.corp.example', port: 3128 };
  const section = (egress: Partial<EgressConfig>, grants = GRANTS): string => {
    const request = requestFor({ permissions: { network: NETWORK } });
    const network = { kind: 'transparent', grants } as const;
    const explanation = explain({
      ...request,
      egress: { mode: 'auto', hosts: {}, ...egress },
      plan: { ...request.plan, network },
    });
    return (
      /^network\n[\s\S]*?(?=^environment$)/m
        .exec(renderExplanation(explanation))
        ?.at(0)
        ?.replaceAll(/\s+/g, ' ') ?? ''
    );
  };
  const CHECKED = 'refused whatever a name resolves to';

  it("is the company's proxy for public names, whose addresses cordon does not see", () => {
    const text = section({ proxy: PROXY, hosts: { 'api.github.com': ['140.82.121.6'] } });
    expect(text).toContain(
      'sends *.example.com through the proxy proxy.corp.example, port 3128: the proxy looks the names up',
    );
    expect(text).toContain('api.github.com is at 140.82.121.6, as config.json of this machine has it');
    // That one cordon dials itself.
    expect(text).toContain(CHECKED);
    expect(section({ proxy: PROXY })).not.toContain(CHECKED);
    expect(section({})).toContain(CHECKED);
  });

  it('is no proxy for this machine, for numbers and for what has addresses', () => {
    const [, , listed, local] = GRANTS;
    const number = { host: '10.1.0.7', ports: [5432], protocol: 'tcp', addresses: ['10.1.0.7'] } as const;
    if (listed === undefined || local === undefined) throw new Error('four grants');
    expect(section({ proxy: PROXY }, [listed, local, number])).not.toContain('proxy.corp.example');
  });

  it('is a fixed address, and one that the grant does not reach is said to be refused', () => {
    const hosts = {
      'api.github.com': ['140.82.121.6', '10.0.0.1'],
      'eu.example.com': ['192.168.7.7'],
      'db.corp.example': ['10.1.2.3'],
      'other.example': ['10.1.2.3'],
    };
    const text = section({ hosts });
    expect(text).toContain(
      'api.github.com is at 140.82.121.6, 10.0.0.1, as config.json of this machine has it: every connection is refused, because the profile does not list 10.0.0.1 in "addresses"',
    );
    expect(text).toContain('does not list 192.168.7.7 in "addresses"');
    expect(text).toMatch(/db\.corp\.example is at 10\.1\.2\.3, as config\.json of this machine has it(?!:)/);
    expect(text).not.toContain('other.example');
  });
});

describe('a reason belongs to its own grant', () => {
  it('also when one host has several', () => {
    const network = [
      { host: 'a.example', port: 80, why: 'old clients', protocol: 'tcp' as const },
      { host: 'a.example', port: 443, why: 'new clients', protocol: 'tls' as const },
    ];
    const grants = network.map(({ host, port, protocol }) => ({
      host,
      ports: [port],
      protocol,
      addresses: [],
    }));
    expect(explained({ kind: 'transparent', grants }, network).network.hosts.map(({ why }) => why)).toEqual([
      'old clients',
      'new clients',
    ]);
  });
});

describe('hosts through which data could leave (NW-14)', () => {
  const leakOf = (host: string, addresses: readonly string[] = []) =>
    explainNetwork(
      { kind: 'transparent', grants: [{ host, ports: [443], protocol: 'tls', addresses }] },
      [],
      undefined,
    ).hosts[0]?.leak;

  it.each([
    ['api.github.com', 'code host'],
    ['gist.githubusercontent.com', 'code host'],
    ['gitlab.com', 'code host'],
    ['my-bucket.s3.eu-west-1.amazonaws.com', 'object store'],
    ['acme.blob.core.windows.net', 'object store'],
    ['hooks.slack.com', 'chat service'],
    ['discord.com', 'chat service'],
    ['api.notion.com', 'notes'],
    ['api.sendgrid.com', 'mail'],
    ['pastebin.com', 'drop text'],
    ['o1.ingest.sentry.io', 'collects events'],
    ['api.anthropic.com', 'model service'],
    ['api.firecrawl.dev', 'whatever address'],
    ['octocat.github.io', 'anybody can have a name below github.io'],
    ['my-app.vercel.app', 'anybody can have a name below vercel.app'],
    ['registry.corp.example', 'registry of packages'],
    ['npm-mirror.corp.example', 'registry of packages'],
  ])('%s', (host, reason) => expect(leakOf(host)).toContain(reason));

  it.each(['*.slack.com', '*.windows.net', '*.s3.amazonaws.com', '*.googleapis.com', '*.octocat.github.io'])(
    '%s, which has such hosts in it or is one',
    (host) => expect(leakOf(host)).toBeTypeOf('string'),
  );

  it.each([
    'api.search.brave.com',
    'context7.com',
    'example.com',
    'notgithub.com',
    'github.com.evil.example',
    'github.community.example',
    'localhost',
  ])('not %s, as far as is known', (host) => expect(leakOf(host)).toBeNull());

  it('not one that leads to addresses of its author’s choice', () => {
    expect(leakOf('registry.corp.example', ['10.0.0.1'])).toBeNull();
  });

  it('every pattern of the data could be a grant, and stands there once', () => {
    const hosts = SHARED_HOSTS.flatMap((group) => group.hosts);
    for (const host of hosts)
      expect(['name', 'wildcard'], host).toContain(readHost(host.replace(/^\*\./, 'any.')).kind);
    expect(new Set(hosts).size).toBe(hosts.length);
  });
});

describe('what a proxy cannot do', () => {
  const limitsFor = (nodeVersion: string | undefined) =>
    explainNetwork({ kind: 'proxy', port: 3128, grants: GRANTS.slice(0, 1) }, [], nodeVersion).limits;

  it.each(['18.20.1', '20.20.2', '22.20.0', '23.11.0', '24.4.1'])('node %s ignores it', (version) =>
    expect(limitsFor(version)[0]).toContain(`node ${version}, which ignores proxy variables`),
  );
  it.each(['22.21.0', '24.5.0', '25.0.0', '26.1.0', undefined])('node %s does not', (version) =>
    expect(limitsFor(version).join()).not.toContain('ignores proxy variables'),
  );
});
