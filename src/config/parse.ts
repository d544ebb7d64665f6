// Text of a config.json -> what it says, or every fault it has. Pure.
import type { output } from 'zod/mini';
import configJsonSchema from '../../profiles/config.schema.json' with { type: 'json' };
import { accept, type JsonSchema } from '../json/accept.ts';
import { checkShape, type ShapeResult } from '../json/check-shape.ts';
import { jsonPath } from '../json/json-path.ts';
import { parseStrictJson } from '../json/strict-json.ts';
import { readAddress } from '../profile/address-range.ts';
import { readHost } from '../profile/host.ts';
import type { Config, EgressConfig } from './config.ts';
import { readMachine } from './machine.ts';
import { configSchema } from './schema.ts';
import { readSecretSources } from './secrets.ts';

export type ParsedConfig =
  | { readonly ok: true; readonly config: Config }
  /** One line per fault, `egress.proxy.url: must be …`. */
  | { readonly ok: false; readonly faults: readonly string[] };

const MAX_NAMES = 1024;

export function parseConfig(text: string): ParsedConfig {
  const json = parseStrictJson(text);
  if (!json.ok) return { ok: false, faults: json.issues.map((issue) => `${issue.path}: ${issue.message}`) };
  const shape = readShape(json.value);
  if (!shape.ok) return { ok: false, faults: shape.lines };
  const { mode, proxy, hosts, caFile } = shape.value.egress;
  const secrets = readSecretSources(shape.value.secrets);
  const { machine, faults: machineFaults } = readMachine(shape.value);
  const faults = [...hostsFaults(hosts), ...secrets.faults, ...machineFaults];
  const server = proxy === undefined ? undefined : readProxyUrl(proxy.url);
  if (typeof server === 'string') return { ok: false, faults: [`egress.proxy.url: ${server}`, ...faults] };
  if (faults.length > 0) return { ok: false, faults };
  const credentials = proxy?.credentialsFile;
  const egress: EgressConfig = {
    mode,
    hosts,
    ...(server === undefined
      ? {}
      : { proxy: { ...server, ...(credentials === undefined ? {} : { credentialsFile: credentials }) } }),
    ...(caFile === undefined ? {} : { caFile }),
  };
  return { ok: true, config: { ...machine, egress, secrets: secrets.sources } };
}

type ConfigDocument = output<ReturnType<typeof configSchema>>;

function readShape(value: unknown): ShapeResult<ConfigDocument> {
  const accepted = accept(configJsonSchema as JsonSchema, value) as ConfigDocument | undefined;
  return accepted === undefined ? checkShape(configSchema(), value) : { ok: true, value: accepted };
}

/** The parts of the URL, or the end of a sentence that says what is wrong with it. */
function readProxyUrl(url: string): { readonly host: string; readonly port: number } | string {
  if (/^[a-z]+:\/\/[^/]*@/i.test(url)) return 'must not hold credentials: put them into "credentialsFile"';
  if (/^https:/i.test(url)) return 'must begin with "http://": the proxy is spoken to in the clear';
  const [, written = '', digits = ''] =
    /^http:\/\/(\[[0-9a-f:]+\]|[a-z0-9.-]+):([1-9][0-9]{0,4})\/?$/.exec(url) ?? [];
  const port = Number(digits);
  if (written === '' || port > 65535) return 'must be "http://host:port", lower case';
  if (written.startsWith('[')) {
    const address = readAddress(written.slice(1, -1));
    return address.ok ? { host: written.slice(1, -1), port } : address.fault;
  }
  // Proxies have short names in many companies, and some listen on this machine.
  if (/^[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?$/.test(written)) return { host: written, port };
  if (/^[0-9.]+$/.test(written)) {
    const address = readAddress(written);
    return address.ok ? { host: written, port } : address.fault;
  }
  const host = readHost(written);
  return host.kind === 'invalid' ? host.fault : { host: written, port };
}

function hostsFaults(hosts: EgressConfig['hosts']): string[] {
  const faults: string[] = [];
  const report = (place: readonly PropertyKey[], message: string) =>
    faults.push(`${jsonPath(['egress', 'hosts', ...place])}: ${message}`);
  const names = Object.entries(hosts);
  if (names.length > MAX_NAMES) report([], `must have at most ${MAX_NAMES} names`);
  for (const [name, addresses] of names.slice(0, MAX_NAMES)) {
    const host = readHost(name);
    if (host.kind === 'invalid') report([name], host.fault);
    else if (host.kind !== 'name') report([name], 'must be an exact name');
    for (const [index, text] of addresses.entries()) {
      const address = readAddress(text);
      if (!address.ok) report([name, index], address.fault);
      else if (addresses.indexOf(text) < index) report([name, index], 'is there twice');
    }
  }
  return faults;
}
