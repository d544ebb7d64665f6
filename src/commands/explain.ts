// `cordon explain <profile>`: what its server will see and be able to do, from the very preparation that `run` makes.
import fs from 'node:fs';
import path from 'node:path';
import { readConfig } from '../config/configured.ts';
import type { AllowedRuntime } from '../config/machine.ts';
import { explain, explanationDocument, type RuntimeState } from '../explain/explanation.ts';
import { packageState } from '../explain/package-state.ts';
import { renderExplanation } from '../explain/render.ts';
import type { Digest } from '../digest.ts';
import { type Installation, launchesFolder } from '../installation.ts';
import { toCordonError } from '../messages/render-error.ts';
import { usageInvalid } from '../messages/usage.ts';
import { MACOS_UNNAMED } from '../messages/macos.ts';
import { prepare } from '../prepare.ts';
import type { SeatbeltPlaces } from '../sandbox/seatbelt/render.ts';
import { packageLayout } from '../store/layout.ts';
import { currentFolder } from '../system/current-folder.ts';
import { bwrapOptions } from '../system/bwrap-options.ts';
import { verifyRuntime } from '../verify/verify-runtime.ts';
import type { CommandContext } from './context.ts';

/** Nothing is hashed, started or made. Resolves with 0; throws what a start would be refused with before that. */
export async function explainCommand(
  { installation, json, out }: CommandContext,
  [name]: readonly string[],
): Promise<number> {
  if (name === undefined) throw usageInvalid('explain takes the name of a profile');
  const prepared = prepare({
    name,
    installation,
    config: readConfig(installation),
    // dist/cordon -> the folder that holds bin/, dist/ and profiles/.
    programRoot: path.dirname(path.dirname(process.execPath)),
    workspace: currentFolder(),
    purpose: 'explain',
  });
  const { profile, narrowedBy, server, expanded, facts, grants, plan, config } = prepared;
  for (const grant of grants) if (grant.kind === 'present') fs.closeSync(grant.fd);
  const runtime = await runtimeState(installation, config.runtimes);
  const explanation = explain({
    profile,
    narrowedBy,
    lockfile: server.pins.lockfile,
    package: packageState(installation, server.digest),
    runtime,
    installation,
    workspace: expanded.workspace,
    expanded: expanded.grants,
    probed: grants,
    facts,
    bwrapOptions: facts.system === 'linux' ? bwrapOptions(facts.bwrap) : undefined,
    secretSources: config.secrets,
    egress: config.egress,
    machine: config,
    places: facts.system === 'macos' ? placesOf(installation, server.digest, runtime) : undefined,
    plan,
  });
  out(
    json ? `${JSON.stringify(explanationDocument(explanation), null, 2)}\n` : renderExplanation(explanation),
  );
  return 0;
}

/** Before there is a start: its folder has no name yet. */
function placesOf(installation: Installation, digest: Digest, runtime: RuntimeState): SeatbeltPlaces {
  const launches = launchesFolder(installation);
  const start = path.join(launches, MACOS_UNNAMED.start);
  return {
    launches,
    package: packageLayout(installation.store, digest).tree,
    runtime: runtime.state === 'recorded' ? runtime.path : MACOS_UNNAMED.runtime,
    home: path.join(start, 'home'),
    tmp: path.join(start, 'tmp'),
    files: path.join(start, 'files'),
    brokerPort: undefined,
  };
}

async function runtimeState(
  installation: Installation,
  allowed: readonly AllowedRuntime[] | undefined,
): Promise<RuntimeState> {
  try {
    const { path: file, version, userWritable, fd } = await verifyRuntime(installation, allowed);
    fs.closeSync(fd);
    return { state: 'recorded', path: file, version, userWritable };
  } catch (error) {
    const { code, message, hints } = toCordonError(error);
    return { state: 'unusable', code, message, hints };
  }
}
