// The broker of one server: everything that its network needs outside, from the sockets that came out of the sandbox.
import type { EgressConfig } from '../config/config.ts';
import type { EgressGrant } from '../plan/plan.ts';
import { Broker } from './broker.ts';
import { proxyAuthorization } from './company-proxy.ts';
import type { EgressEvent } from './event.ts';
import { type EgressSockets, type Listening, listenOn } from './listen.ts';
import { Names } from './names.ts';

export interface EgressOptions {
  readonly grants: readonly EgressGrant[];
  readonly config: EgressConfig;
  readonly onEvent: (event: EgressEvent) => void;
}

/** Owns the sockets. */
export function serveEgress(sockets: EgressSockets, options: EgressOptions): Listening {
  const { grants, config, onEvent } = options;
  const { proxy, hosts } = config;
  const routes = {
    hosts,
    proxy: proxy === undefined ? undefined : { ...proxy, authorization: proxyAuthorization(proxy) },
  };
  const authorization = sockets.kind === 'loopback-proxy' ? sockets.authorization : undefined;
  const broker = new Broker({
    grants,
    routes,
    onEvent,
    ...(authorization === undefined ? {} : { authorization }),
  });
  return listenOn(sockets, { broker, names: new Names(grants), onEvent });
}
