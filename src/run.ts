// `cordon run <profile>`: the line of stages, and what happens when one refuses. Knows all stages, does the work of none.
import fs from 'node:fs';
import { isatty as isTerminal } from 'node:tty';
import { DenialCounter } from './audit/denials.ts';
import type { EgressLine, EgressLog } from './audit/egress-log.ts';
import type { EndReason } from './audit/event.ts';
import { type AuditLog, openAudit } from './audit/log.ts';
import { configured, readConfig } from './config/configured.ts';
import type { EgressSockets, Listening } from './egress/listen.ts';
import { type CordonError, EXIT_REFUSED } from './errors.ts';
import { type Installation, locateInstallation } from './installation.ts';
import { holdServer, systemCalls } from './launch/backend.ts';
import { closeInheritedFds } from './launch/inherited-fds.ts';
import { shedWhenQuiet } from './launch/quiet.ts';
import type { Session, SessionEnd } from './launch/session.ts';
import {
  auditLost,
  egressFailed,
  pathAppeared,
  renderError,
  sandboxSetupFailed,
  serverEnded,
  serverSilent,
  stdinIsTerminal,
  toCordonError,
  usageInvalid,
  withoutProfileName,
} from './messages.ts';
import { type Prepared, prepare } from './prepare.ts';
import type { Relay } from './relay/relay.ts';
import { START_LIMIT_MS, silence } from './relay/silence.ts';
import { currentFolder } from './system/current-folder.ts';
import { changedPaths } from './system/watched-paths.ts';
import type { ResolvedServer } from './resolve/resolve.ts';
import type { Concealer } from './secrets/conceal.ts';
import type { FetchedSecrets } from './secrets/deliver.ts';
import type { OpenFolder } from './verify/descriptor.ts';
import type { VerifiedPackage } from './verify/verified.ts';
import { openPackage, verifyPackage } from './verify/verify-package.ts';
import { verifyRuntime } from './verify/verify-runtime.ts';

export interface Program {
  /** Folder that holds bin/, dist/ and profiles/. */
  readonly root: string;
  /** `HOME` as given; counts only when no policy is managed. */
  readonly home: string | undefined;
}

const SIGNALS = { SIGHUP: 1, SIGINT: 2, SIGTERM: 15 } as const;
const DRAIN_MS = 150;
/** From a signal or the end of stdin until we are gone: clients allow 500 ms, and some of it is the kernel's. */
const LEAVE_MS = 330;
/** And from the end of the server after a signal, when somebody does not read. */
const SIGNAL_DRAIN_MS = 60;
/** How long a client may take to read what a server said last, and why it ended. */
const LAST_ANSWERS_MS = 5000;

/** Resolves with the exit status (design 4): the server's own, 128+N, or 125 when it never ran. */
export async function run(args: readonly string[], program: Program): Promise<number> {
  closeInheritedFds();
  const subject: { profile: string; package?: string; digest?: Prepared['plan']['digest'] } = { profile: '' };
  let audit: AuditLog | undefined;
  const denials = new DenialCounter(
    (denial) => void audit?.record({ ...subject, event: 'denied', ...denial, count: 1 }),
  );
  let opened: Promise<Relay> | undefined;
  const openedRelay = (): Promise<Relay> => (opened ??= openRelay(denials));
  const interrupted = signalReceived();
  let stateMade: string | undefined;
  let concealer: Concealer | undefined;
  try {
    const [name, ...more] = args;
    if (name === undefined || more.length > 0)
      throw usageInvalid('cordon run takes exactly one argument, the name of a profile');
    if (isTerminal(0)) throw stdinIsTerminal();
    const located = locateInstallation(program.root, program.home);
    const config = readConfig(located);
    const installation = configured(located, config);
    audit = openAudit(
      installation.auditFile,
      (cause) => void process.stderr.write(`${auditLost(installation.auditFile, cause)}\n`),
    );
    subject.profile = name.slice(0, 64);
    const begun = performance.now();
    let hashing: Hashing | undefined;
    const prepared = prepare({
      name,
      installation,
      config,
      programRoot: program.root,
      workspace: currentFolder(),
      purpose: 'start',
      onResolved: (server) => {
        hashing = startHashing(server, installation);
      },
    });
    subject.package = prepared.plan.package;
    subject.digest = prepared.plan.digest;
    stateMade = prepared.stateMade;
    const egress = prepareEgress(prepared, (line) => {
      // The names that a server asks for are its own words.
      const host = concealer?.conceal(line.host) ?? line.host;
      void audit?.record({ ...subject, ...line, host });
    });
    const secrets = fetchSecrets(prepared, installation);
    // Also for what goes wrong from here on.
    void secrets.then(
      (fetched) => {
        concealer = fetched?.concealer;
      },
      () => {},
    );
    const [launched, spawned] = beginning((onSpawned) =>
      verifyAndLaunch(prepared, installation, {
        hashing: hashing ?? startHashing(prepared.server, installation),
        egress,
        secrets,
        onSpawned,
      }),
    );
    // While bubblewrap is at work there is time for it, or while secrets are asked for, which may take a person's time. What
    // the client says until then waits in its pipe.
    const idle = prepared.plan.secrets.length === 0 ? spawned : Promise.resolve();
    const clientGone = idle.then(openedRelay).then((relay) => relay.clientGone);
    // A start that fails before they are handed over keeps none either, while it waits to tell the client why.
    launched.catch(() => void secrets.then((fetched) => fetched?.values.drop()).catch(() => {}));
    const first = await Promise.race([
      launched,
      interrupted.then((signal) => 128 + signal),
      clientGone.then(() => 0),
    ]);
    // Whoever goes before the server runs leaves nothing behind: the kernel ends what hangs on this process.
    if (typeof first === 'number') return first;
    const { session, verified, listening } = first;
    stateMade = undefined;
    const relay = await openedRelay();
    const { mcpPolicy } = await import('./relay/policy.ts');
    relay.attach({
      input: session.input,
      output: session.output,
      maxMessageBytes: prepared.plan.limits.messageBytes,
      policy: mcpPolicy(prepared.profile.permissions.mcp),
      reviewed: prepared.reviewed ?? { kind: 'pinned', contexts: [] },
      concealer,
    });
    const [{ relayStderr }, { writableToFd }] = await Promise.all([
      import('./relay/stderr.ts'),
      import('./relay/pipe-streams.ts'),
    ]);
    const stderrWritten = relayStderr(session.errors, writableToFd(2), concealer);
    const startMs = Math.round(performance.now() - begun);
    const started = performance.now();
    await audit.record({
      ...subject,
      event: 'started',
      workspace: prepared.expanded.workspace ?? '',
      verifyMs: Math.round(verified.milliseconds),
      startMs,
      files: verified.files,
    });
    const { shedMemory } = await systemCalls();
    shedWhenQuiet(() => {
      const { messagesToServer, messagesToClient } = relay.counts();
      return messagesToServer + messagesToClient;
    }, shedMemory);

    const { end, reason } = await untilEnd(session, relay, stderrWritten, interrupted, listening);
    (await egress)?.log.flush();
    for (const path of changedPaths(prepared.plan.watched)) {
      process.stderr.write(`${pathAppeared(path)}\n`);
      await audit.record({
        ...subject,
        event: 'denied',
        direction: 'sandbox',
        reason: 'path-appeared',
        count: 1,
        detail: path,
      });
    }
    await denials.recordTotals(audit, subject);
    const status = exitStatus(end);
    await audit.record({
      ...subject,
      event: 'ended',
      outcome: end.kind,
      status,
      reason,
      ranMs: Math.round(performance.now() - started),
      ...relay.counts(),
    });
    return status;
  } catch (thrown) {
    if (stateMade !== undefined) removeIfEmpty(stateMade);
    const error = toCordonError(thrown);
    const shown = concealer === undefined ? error : await concealed(error, concealer);
    return refuse(shown, subject.profile, await openedRelay(), interrupted, async (error) => {
      await audit?.record({
        ...subject,
        event: 'refused',
        code: error.code,
        message: error.message,
        details: error.details,
      });
    });
  }
}

async function openRelay(denials: DenialCounter): Promise<Relay> {
  const [{ createRelay }, { readableFromFd, writableToFd }] = await Promise.all([
    import('./relay/create-relay.ts'),
    import('./relay/pipe-streams.ts'),
  ]);
  return createRelay({
    client: {
      input: readableFromFd(0),
      output: writableToFd(1),
      isGone: async () => {
        const { isHungUp } = await systemCalls();
        // Both: whoever wrote much and closed that side still waits for answers on the other.
        return isHungUp(0) && isHungUp(1);
      },
    },
    onDenied: (denial) => denials.add(denial),
  });
}

/** What was begun, and when it calls back for the first time. */
function beginning<T>(begin: (onBegun: () => void) => T): readonly [T, Promise<void>] {
  let begun!: () => void;
  const called = new Promise<void>((resolve) => {
    begun = resolve;
  });
  return [begin(begun), called];
}

interface Hashing {
  readonly tree: OpenFolder;
  readonly verified: Promise<VerifiedPackage>;
}

/** Hashing takes longest and needs only the pin, so it starts first; other processes do it. */
function startHashing(server: ResolvedServer, installation: Installation): Hashing {
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
async function prepareEgress(
  { plan, config }: Prepared,
  write: (line: EgressLine) => void,
): Promise<Egress | undefined> {
  const { network } = plan;
  if (network.kind === 'none') return undefined;
  const [{ serveEgress }, { EgressLog }] = await Promise.all([
    import('./egress/serve-egress.ts'),
    import('./audit/egress-log.ts'),
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
async function fetchSecrets(
  prepared: Prepared,
  installation: Installation,
): Promise<FetchedSecrets | undefined> {
  if (prepared.plan.secrets.length === 0) return undefined;
  const { secretsFor } = await import('./secrets/deliver.ts');
  return secretsFor(prepared, installation);
}

async function concealed(error: CordonError, by: Concealer): Promise<CordonError> {
  const { concealedError } = await import('./secrets/deliver.ts');
  return concealedError(error, by);
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
async function verifyAndLaunch(
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

/** Whichever comes first: the server ends by itself, the client goes, a signal, or a broken protocol. */
async function untilEnd(
  session: Session,
  relay: Relay,
  stderrWritten: Promise<void>,
  interrupted: Promise<number>,
  listening: Listening | undefined,
): Promise<{ readonly end: SessionEnd; readonly reason: EndReason }> {
  const reason = await Promise.race([
    session.ended.then(() => 'server' as const),
    relay.clientGone.then(() => 'client-gone' as const),
    interrupted.then(() => 'signal' as const),
    relay.violated.then(({ code }) =>
      code === 'DEFINITION_DRIFT' ? ('drift' as const) : ('violation' as const),
    ),
    silence(relay).then(() => {
      relay.refuse(serverSilent(START_LIMIT_MS / 1000));
      return 'violation' as const;
    }),
    ...(listening === undefined
      ? []
      : [
          listening.failed.then((error) => {
            relay.refuse(egressFailed(error.message));
            return 'egress' as const;
          }),
        ]),
  ]);
  const clientLeaves = reason === 'client-gone' || reason === 'signal';
  // What the server said last still reaches the client, in its own time while it is there; but neither a client that does
  // not read nor a descriptor that somebody holds open can hold us.
  const leaving = clientLeaves ? Promise.resolve() : Promise.race([relay.clientGone, interrupted]);
  const patience = Promise.race([leaving.then(() => delay(LEAVE_MS)), delay(LAST_ANSWERS_MS)]);
  if (reason === 'violation' || reason === 'egress' || reason === 'drift') session.kill();
  const end = clientLeaves ? await session.stop() : await session.ended;
  // Whoever sends a signal reads on only if they read by now.
  const enough = reason === 'signal' ? Promise.race([patience, delay(SIGNAL_DRAIN_MS)]) : patience;
  // Connections that were open are told of with what they carried.
  await Promise.race([Promise.all([relay.serverDrained, listening?.close()]), enough]);
  relay.refuse(end.kind === 'setup-failed' ? sandboxSetupFailed(end.message) : serverEnded(exitStatus(end)));
  await Promise.race([Promise.all([relay.flush(), stderrWritten]), enough]);
  // Whoever asks again is told again, and is not given another server that says who knows what.
  if (reason === 'drift') await Promise.race([relay.clientGone, interrupted]);
  return { end, reason };
}

/** Says why on stderr and in the client: stays to answer each request until the client goes (protocol.md 3.5). */
async function refuse(
  error: CordonError,
  name: string,
  relay: Relay,
  interrupted: Promise<number>,
  record: (error: CordonError) => Promise<void>,
): Promise<number> {
  process.stderr.write(`${renderError(error)}\n`);
  await record(error).catch(() => {});
  if (isTerminal(0)) return EXIT_REFUSED;
  relay.refuse(withoutProfileName(error, name));
  await Promise.race([relay.clientGone, interrupted]);
  await Promise.race([relay.flush(), delay(DRAIN_MS)]);
  return EXIT_REFUSED;
}

function removeIfEmpty(folder: string): void {
  try {
    fs.rmdirSync(folder);
  } catch {
    // Another launch of the same profile uses it already.
  }
}

function exitStatus(end: SessionEnd): number {
  switch (end.kind) {
    case 'exited':
      return end.code;
    case 'signalled':
      return 137;
    case 'setup-failed':
      return EXIT_REFUSED;
  }
}

function signalReceived(): Promise<number> {
  return new Promise((resolve) => {
    for (const [signal, number] of Object.entries(SIGNALS)) process.on(signal, () => resolve(number));
  });
}

function delay(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
