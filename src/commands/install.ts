// `cordon install [profile…]`: pinned packages into the store, and the Node.js that they run on into its record.
import { loadConfig } from '../config/config.ts';
import { shortDigest } from '../digest.ts';
import { type CordonError, EXIT_REFUSED } from '../errors.ts';
import { escapeText } from '../escape.ts';
import { errorJson, renderError, toCordonError } from '../messages/render-error.ts';
import { runtimeLine, storeUnwritable } from '../messages/store.ts';
import { installPackage, type InstalledPackage } from '../store/install-package.ts';
import type { NpmOptions } from '../store/npm-options.ts';
import { recordRuntime } from '../store/record-runtime.ts';
import { registryOptions } from '../store/registry.ts';
import { createStaging, removeTree } from '../store/staging.ts';
import { isStoreFault } from '../store/store-fault.ts';
import { canNonRootWrite } from '../verify/verify-runtime.ts';
import type { CommandContext } from './context.ts';
import { columns } from './layout.ts';
import { type Requested, requestedProfiles } from './profiles.ts';
import { showProgress } from './progress.ts';

type Outcome =
  | (InstalledPackage & { readonly profile: string; readonly package: string })
  | { readonly profile: string; readonly status: 'failed'; readonly error: CordonError };

/** Exit status 0 when everything asked for is in the store; 125 when something could not be installed. */
export async function installCommand(context: CommandContext, names: readonly string[]): Promise<number> {
  const { installation } = context;
  // Every user of the machine starts servers from there, whatever umask the administrator's shell has.
  if (installation.mode === 'managed') process.umask(0o022);
  const runtime = await recordRuntime(installation, context.searchPath, loadConfig(installation).runtimes);
  const scratch = makeScratch(installation.store);
  const outcomes: Outcome[] = [];
  try {
    const npm = registryOptions(installation, scratch);
    for (const request of requestedProfiles(context, names))
      outcomes.push(await install(context, request, npm));
  } finally {
    removeTree(scratch);
  }
  if (context.json) {
    const { name, realPath, version, sha256 } = runtime;
    context.out(
      `${JSON.stringify(
        {
          runtime: { name, path: realPath, version, sha256, userWritable: canNonRootWrite(realPath) },
          profiles: outcomes.map((outcome) =>
            outcome.status === 'failed' ? { ...outcome, error: errorJson(outcome.error) } : outcome,
          ),
        },
        null,
        2,
      )}\n`,
    );
  } else {
    const done = outcomes.flatMap((outcome) => (outcome.status === 'failed' ? [] : [row(outcome)]));
    if (done.length > 0) context.out(`${columns(done).join('\n')}\n`);
    context.out(`${runtimeLine(runtime.version, runtime.realPath)}\n`);
    for (const outcome of outcomes)
      if (outcome.status === 'failed')
        context.err(`${escapeText(outcome.profile)}: ${renderError(outcome.error)}\n`);
  }
  return outcomes.some((outcome) => outcome.status === 'failed') ? EXIT_REFUSED : 0;
}

async function install(
  context: CommandContext,
  request: Requested,
  npm: () => Promise<NpmOptions>,
): Promise<Outcome> {
  const profile = request.name;
  if ('error' in request) return { profile, status: 'failed', error: request.error };
  const progress = showProgress(context, `installing ${profile}`);
  try {
    const installed = await installPackage(request.server, context.installation, npm, progress.step);
    return { profile, package: request.server.pins.package, ...installed };
  } catch (thrown) {
    return { profile, status: 'failed', error: toCordonError(thrown) };
  } finally {
    progress.end();
  }
}

function makeScratch(store: string): string {
  try {
    return createStaging(store);
  } catch (error) {
    throw isStoreFault(error) ? storeUnwritable(store, error) : error;
  }
}

const STATUS_WORDS = { installed: 'installed', present: 'already there', repaired: 'repaired' } as const;

function row(outcome: Exclude<Outcome, { readonly status: 'failed' }>): string[] {
  return [
    outcome.profile,
    STATUS_WORDS[outcome.status],
    outcome.package,
    shortDigest(outcome.digest),
    `${outcome.files} files`,
    `${(outcome.bytes / 1_000_000).toFixed(1)} MB`,
  ];
}
