// `cordon run <profile>`: the line of stages, and what happens when one refuses. Knows all stages, does the work of none.
import fs from 'node:fs';
import { DenialCounter } from './audit/denials.ts';
import { type AuditLog, openAudit } from './audit/log.ts';
import { configured, readConfig } from './config/configured.ts';
import { locateInstallation } from './installation.ts';
import { systemCalls } from './launch/backend.ts';
import { closeInheritedFds } from './launch/inherited-fds.ts';
import { shedWhenQuiet } from './launch/quiet.ts';
import { toCordonError } from './messages/render-error.ts';
import { auditLost, pathAppeared, stdinIsTerminal } from './messages/run.ts';
import { usageInvalid } from './messages/usage.ts';
import { type Prepared, prepare } from './prepare.ts';
import type { Relay } from './relay/relay.ts';
import { openRelay } from './run/open-relay.ts';
import { concealed, refuse } from './run/refuse.ts';
import {
  fetchSecrets,
  type Hashing,
  prepareEgress,
  startHashing,
  verifyAndLaunch,
} from './run/start-server.ts';
import { exitStatus, untilEnd } from './run/until-end.ts';
import type { Concealer } from './secrets/conceal.ts';
import { currentFolder } from './system/current-folder.ts';
import { isTerminal } from './system/is-terminal.ts';
import { changedPaths } from './system/watched-paths.ts';

export interface Program {
  /** Folder that holds bin/, dist/ and profiles/. */
  readonly root: string;
  /** `HOME` as given; counts only when no policy is managed. */
  readonly home: string | undefined;
}

const SIGNALS = { SIGHUP: 1, SIGINT: 2, SIGTERM: 15 } as const;

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
    if (await isTerminal(0)) throw stdinIsTerminal();
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
    // bubblewrap is at work: there is time for what the server needs later.
    const spawned = moment();
    const egress = spawned.come.then(() =>
      prepareEgress(prepared, (line) => {
        // The names that a server asks for are its own words.
        const host = concealer?.conceal(line.host) ?? line.host;
        void audit?.record({ ...subject, ...line, host });
      }),
    );
    const secrets = fetchSecrets(prepared, installation);
    // Also for what goes wrong from here on.
    void secrets.then(
      (fetched) => {
        concealer = fetched?.concealer;
      },
      () => {},
    );
    const launched = verifyAndLaunch(prepared, installation, {
      hashing: hashing ?? startHashing(prepared.server, installation),
      egress,
      secrets,
      onSpawned: spawned.isHere,
    });
    // What the client says until then waits in its pipe. Secrets may take a person's time, so nothing waits for them.
    const idle = prepared.plan.secrets.length === 0 ? spawned.come : Promise.resolve();
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
      network: prepared.plan.network.kind,
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

/** Something that others wait for; it may never come. */
function moment(): { readonly come: Promise<void>; readonly isHere: () => void } {
  let isHere!: () => void;
  const come = new Promise<void>((resolve) => {
    isHere = resolve;
  });
  return { come, isHere };
}

function removeIfEmpty(folder: string): void {
  try {
    fs.rmdirSync(folder);
  } catch {
    // Another launch of the same profile uses it already.
  }
}

function signalReceived(): Promise<number> {
  return new Promise((resolve) => {
    for (const [signal, number] of Object.entries(SIGNALS)) process.on(signal, () => resolve(number));
  });
}
