// One start of the server, in the sandbox that `run` would make for it, but for three things: no network (names that it asks
// for are written down and do not exist), placeholders in place of secrets, and folders of nobody in place of the user's.
import fs from 'node:fs';
import path from 'node:path';
import { holdSandbox } from '../launch/hold-sandbox.ts';
import { INSIDE } from '../plan/inside.ts';
import { planSandbox } from '../plan/plan-sandbox.ts';
import type { NetworkPlan, SandboxPlan } from '../plan/plan.ts';
import { type ExpandedGrant, expandProfile } from '../profile/expand.ts';
import { contains } from '../profile/paths.ts';
import type { Profile } from '../profile/schema.ts';
import type { ResolvedServer } from '../resolve/resolve.ts';
import { SecretValues } from '../secrets/secret-values.ts';
import type { ProbedGrant, LinuxFacts } from '../system/facts.ts';
import { probeGrants } from '../system/probe-grants.ts';
import type { VerifiedPackage, VerifiedRuntime } from '../verify/verified.ts';
import { Exchange, Unanswered } from './collect-exchange.ts';
import { listEverything, type Said } from './collect-lists.ts';
import type { Start } from './collect-starts.ts';
import type { DeniedAttempt, ProbeReport } from './material.ts';

/** What a secret is in a review: servers start with it, and reach nobody to show it to. */
const PLACEHOLDER = 'cordon-review-placeholder';
const WHOLE_START_MS = 90_000;
const MAX_STDERR_BYTES = 64 * 1024;
const MAX_NAMES = 200;

export interface ProbeRequest {
  readonly server: ResolvedServer;
  readonly package: VerifiedPackage;
  readonly runtime: VerifiedRuntime;
  readonly facts: LinuxFacts;
  /** Whether names that the server asks for can be seen. */
  readonly seesNames: boolean;
  /** An empty private folder. */
  readonly scratch: string;
}

export type Probed =
  | { readonly outcome: 'listed'; readonly said: Said; readonly report: ProbeReport }
  /** It does not speak the generation. */
  | { readonly outcome: 'not-spoken' }
  | { readonly outcome: 'failed'; readonly why: string; readonly stderr: string };

/** @throws CordonError when the sandbox cannot be made */
export async function probe(start: Start, request: ProbeRequest): Promise<Probed> {
  const { plan, grants } = prepareProbe(request);
  const asked = new Map<string, number>();
  const begun = performance.now();
  try {
    const held = await holdSandbox({
      plan,
      facts: request.facts,
      grants,
      packageFd: request.package.treeFd,
      runtimeFd: request.runtime.fd,
      secrets: placeholders(request.server.profile, start),
    });
    const listening = held.sockets === undefined ? undefined : await watchNames(held.sockets, asked);
    const session = held.release({ package: request.package, runtime: request.runtime });
    const stderr = collectText(session.errors);
    const exchange = new Exchange({
      input: session.input,
      output: session.output,
      maxMessageBytes: plan.limits.messageBytes,
      answersRoots: Object.hasOwn(start.capabilities, 'roots'),
      granted: grantedRequests(request.server.profile),
    });
    void session.ended.then((end) =>
      exchange.end(
        new Unanswered(`it ended ${end.kind === 'exited' ? `with status ${end.code}` : 'by a signal'}`),
      ),
    );
    const timer = setTimeout(
      () => exchange.end(new Unanswered(`it was not done within ${WHOLE_START_MS / 1000} seconds`)),
      WHOLE_START_MS,
    );
    let startMs = 0;
    try {
      const said = await listEverything(exchange, start, () => {
        startMs = Math.round(performance.now() - begun);
      });
      if (said === undefined) return { outcome: 'not-spoken' };
      return {
        outcome: 'listed',
        said,
        report: {
          client: start.client,
          capabilities: start.capabilities,
          context: said.definitions.context,
          stable: said.stable,
          listing: said.listing,
          listChanged: exchange.listChanged,
          startMs,
          stderr: stderr(),
          denied: [...namesDenied(asked), ...exchange.denied()],
        },
      };
    } catch (fault) {
      if (!(fault instanceof Unanswered)) throw fault;
      return { outcome: 'failed', why: fault.message, stderr: stderr() };
    } finally {
      clearTimeout(timer);
      await session.stop();
      listening?.close();
    }
  } finally {
    for (const grant of grants) if (grant.kind === 'present') fs.closeSync(grant.fd);
  }
}

function prepareProbe({ server, facts, scratch, seesNames }: ProbeRequest): {
  readonly plan: SandboxPlan;
  readonly grants: readonly ProbedGrant[];
} {
  const { profile } = server;
  const home = path.join(scratch, 'home');
  const state = path.join(scratch, 'state');
  const workspace = path.join(scratch, 'project');
  for (const folder of [home, state, workspace]) fs.mkdirSync(folder, { recursive: true, mode: 0o700 });
  const expanded = expandProfile(profile, {
    workspace,
    home,
    accountHome: home,
    state,
    stateInside: INSIDE.state,
  });
  // What the user really has is none of an unreviewed server's business, without a network as well.
  const own = expanded.grants.filter((grant) => contains(scratch, grant.source));
  makeMissing(own);
  const grants = probeGrants(own);
  const network: NetworkPlan = seesNames ? { kind: 'transparent', grants: [] } : { kind: 'none' };
  const plan = planSandbox({
    profile,
    package: server.pins.package,
    digest: server.digest,
    entry: server.entry,
    args: expanded.args,
    environment: expanded.env,
    secrets: { secrets: profile.secrets, secretArguments: expanded.secretArguments },
    workspace: expanded.workspace,
    grants,
    network,
    authorities: undefined,
    facts,
  });
  return { plan, grants };
}

function grantedRequests({ permissions: { mcp } }: Profile): ReadonlySet<string> {
  return new Set([
    ...(mcp.roots ? ['roots/list'] : []),
    ...(mcp.sampling ? ['sampling/createMessage'] : []),
    ...(mcp.elicitation ? ['elicitation/create'] : []),
  ]);
}

/** A folder that the user has, the scratch place has not. */
function makeMissing(grants: readonly ExpandedGrant[]): void {
  for (const { source, optional } of grants)
    if (!optional) fs.mkdirSync(source, { recursive: true, mode: 0o700 });
}

function placeholders({ secrets }: Profile, start: Start): SecretValues {
  const given = Object.entries(secrets).filter(
    ([, { required }]) => required || start.secrets === 'optional',
  );
  return SecretValues.of(new Map(given.map(([name]) => [name, Buffer.from(PLACEHOLDER)])));
}

/** The first of it; the rest is read and dropped, so that the server does not wait for us. */
function collectText(stream: NodeJS.ReadableStream): () => string {
  const chunks: Buffer[] = [];
  let bytes = 0;
  stream.on('data', (chunk: Buffer) => {
    if (bytes >= MAX_STDERR_BYTES) return;
    chunks.push(chunk.subarray(0, MAX_STDERR_BYTES - bytes));
    bytes += chunk.length;
  });
  return () => Buffer.concat(chunks).toString('utf8');
}

async function watchNames(
  sockets: NonNullable<Awaited<ReturnType<typeof holdSandbox>>['sockets']>,
  asked: Map<string, number>,
) {
  const { serveEgress } = await import('../egress/serve-egress.ts');
  return serveEgress(sockets, {
    grants: [],
    config: { mode: 'transparent', hosts: {} },
    onEvent: ({ host }) => {
      const name = host.slice(0, 253);
      if (asked.has(name) || asked.size < MAX_NAMES) asked.set(name, (asked.get(name) ?? 0) + 1);
    },
  });
}

function namesDenied(asked: ReadonlyMap<string, number>): DeniedAttempt[] {
  return [...asked]
    .toSorted(([one], [other]) => (one < other ? -1 : 1))
    .map(([what, count]) => ({ by: 'egress', what, reason: 'name-not-granted', count }));
}
