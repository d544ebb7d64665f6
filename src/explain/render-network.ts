// The network section: which hosts, through which way, and where data could leave.
import { columns, paragraph } from '../commands/layout.ts';
import { escapeText } from '../escape.ts';
import { MACOS_NETWORK, MACOS_NO_NETWORK } from '../messages/macos.ts';
import type { ExplainedHost, ExplainedNetwork } from './network.ts';
import type { ExplainedRoutes, FixedName } from './routes.ts';
import { INDENT, item } from './sections.ts';

const WAYS: Readonly<Record<ExplainedNetwork['way'], string>> = {
  none: 'none: an empty network of its own, where no address of this machine, its local services included, or of any other can be reached; no name resolves; unix sockets are refused',
  transparent:
    'transparent: the server has an empty network of its own, in which only these names resolve, to addresses that lead to cordon; cordon looks the name up outside, checks the address and dials it. The server needs to know nothing of this. UDP and unix sockets reach nobody.',
  'loopback-proxy': MACOS_NETWORK,
  proxy:
    'proxy: the server has an empty network of its own, in which only an HTTP proxy of cordon can be reached; the proxy variables are set. Cordon looks the name up outside, checks the address and dials it.',
};

export function networkSection(
  network: ExplainedNetwork,
  { proxy, fixed }: ExplainedRoutes,
  system: 'linux' | 'macos',
): string[] {
  const { hosts, way } = network;
  const proxied = proxy?.hosts ?? [];
  return [
    ...paragraph(way === 'none' && system === 'macos' ? MACOS_NO_NETWORK : WAYS[way], INDENT),
    ...(network.limits.length === 0 ? [] : [`${INDENT}what does not work this way:`]),
    ...network.limits.flatMap((limit) => item(escapeText(limit))),
    ...columns(
      hosts.map((host) => [
        host.host,
        portsText(host),
        host.why === null ? 'no reason given' : escapeText(host.why),
      ]),
      INDENT,
    ),
    ...hosts.flatMap((host) => [
      ...(host.addresses.length === 0 ? [] : item(`${host.host} only at ${host.addresses.join(', ')}`)),
      ...(host.leak === null ? [] : item(`data could leave through ${host.host}: ${escapeText(host.leak)}`)),
    ]),
    ...fixed.flatMap((name) => item(fixedText(name))),
    ...(proxy === null
      ? []
      : item(
          `config.json of this machine sends ${proxied.join(', ')} through the proxy ${proxy.host}, port ${proxy.port}: the proxy looks the names up, its own rules say which addresses they may lead to, and cordon does not see those`,
        )),
    ...(hosts.some(
      ({ host, addresses }) => addresses.length === 0 && host !== 'localhost' && !proxied.includes(host),
    )
      ? paragraph(
          'addresses that are not public ones (of this machine, of private networks, of cloud metadata) are refused whatever a name resolves to, unless named above',
          INDENT,
        )
      : []),
  ];
}

function fixedText({ name, addresses, refused }: FixedName): string {
  const where = `${name} is at ${addresses.join(', ')}, as config.json of this machine has it`;
  return refused === null
    ? where
    : `${where}: every connection is refused, because the profile does not list ${refused} in "addresses"`;
}

function portsText({ ports, protocol }: ExplainedHost): string {
  return `${protocol} ${ports.join(', ')}`;
}
