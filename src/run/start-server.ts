// From what was prepared to a running server. What takes long runs beside one another: hashing, the sandbox, secrets, the code of
// the broker.
import type { EgressLine, EgressLog } from '../audit/egress-log.ts';
import type { EgressSockets, Listening } from '../egress/listen.ts';
import type { Installation } from '../installation.ts';
import { holdServer } from '../launch/backend.ts';
import type { Session } from '../launch/session.ts';
import type { Prepared } from '../prepare.ts';
import type { ResolvedServer } from '../resolve/resolve.ts';
import type { FetchedSecrets } from '../secrets/deliver.ts';
import type { OpenFolder } from '../verify/descriptor.ts';
import type { VerifiedPackage } from '../verify/verified.ts';
import { openPackage, verifyPackage } from '../verify/verify-package.ts';
import { verifyRuntime } from '../verify/verify-runtime.ts';

export interface Hashing {
  readonly tree: OpenFolder;
  readonly verified: Promise<VerifiedPackage>;
}

/** Hashing takes longest and needs only the pin, so it starts first; other processes do it. */
export function startHashing(server: ResolvedServer, installation: Installation): Hashing {
  const tree = openPackage(server, installation);
  const verified = verifyPackage(server, installation, tree);
  // Looked at when the sandbox stands; until then a rejection is not an unhandled one.
  verified.catch(() => {});
  return { tree, verified };
}

interface Egress {
  readonly log: EgressLog;
  readonly serve: (sockets: EgressSockets) => Listening;
}

/** Loads the broker while the package is hashed; undefined for a server without network grants. */
export async function prepareEgress(
  { plan, config }: Prepared,
  write: (line: EgressLine) => void,
): Promise<Egress | undefined> {
  const { network } = plan;
  if (network.kind === 'none') return undefined;
  const [{ serveEgress }, { EgressLog }] = await Promise.all([
    import('../egress/serve-egress.ts'),
    import('../audit/egress-log.ts'),
  ]);
  const log = new EgressLog(write);
  return {
    log,
    serve: (sockets) =>
      serveEgress(sockets, {
        grants: network.grants,
        config: config.egress,
        onEvent: (event) => log.add(event),
      }),
  };
}

/** Sources are asked while the package is hashed; undefined for a server without secrets. */
export async function fetchSecrets(
  prepared: Prepared,
  installation: Installation,
): Promise<FetchedSecrets | undefined> {
  if (prepared.plan.secrets.length === 0) return undefined;
  const { secretsFor } = await import('../secrets/deliver.ts');
  return secretsFor(prepared, installation);
}

/** What runs beside one another until the sandbox is made. */
interface UnderWay {
  readonly hashing: Hashing;
  readonly egress: Promise<Egress | undefined>;
  readonly secrets: Promise<FetchedSecrets | undefined>;
  /** Called when bubblewrap runs. */
  readonly onSpawned: () => void;
}

interface Launched {
  readonly session: Session;
  readonly verified: VerifiedPackage;
  readonly listening: Listening | undefined;
}

/**
 * The sandbox is set up around the package while it is hashed, and held: nothing of the package runs before all of it was
 * found equal to the pin.
 */
export async function verifyAndLaunch(
  { plan, facts, grants, config }: Prepared,
  installation: Installation,
  { hashing: { tree, verified: hashed }, egress, secrets, onSpawned }: UnderWay,
): Promise<Launched> {
  const runtime = await verifyRuntime(installation, config.runtimes);
  const fetched = await secrets;
  const [verified, held] = await Promise.allSettled([
    hashed,
    holdServer({
      plan,
      facts,
      grants,
      tree,
      runtime,
      installation,
      secrets: fetched?.values,
      onSpawned,
    }),
  ]);
  if (verified.status === 'rejected') {
    if (held.status === 'fulfilled') await held.value.abort();
    throw verified.reason;
  }
  if (held.status === 'rejected') throw held.reason;
  const { sockets } = held.value;
  try {
    // Before the server runs: its first question about a name is answered.
    const listening = sockets === undefined ? undefined : (await egress)?.serve(sockets);
    const session = held.value.release({ package: verified.value, runtime });
    return { session, verified: verified.value, listening };
  } catch (error) {
    await held.value.abort();
    throw error;
  }
}
