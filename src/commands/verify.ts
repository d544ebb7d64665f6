// `cordon verify [profile…]`: hashes installed packages again and says what changed, file by file.
import { type Digest, shortDigest } from '../digest.ts';
import { type CordonError, EXIT_REFUSED } from '../errors.ts';
import { escapeText } from '../escape.ts';
import fs from 'node:fs';
import { errorJson, renderError, toCordonError } from '../messages/render-error.ts';
import { changeLine } from '../messages/store.ts';
import type { ResolvedServer } from '../resolve/resolve.ts';
import { packageLayout } from '../store/layout.ts';
import type { Change } from '../verify/compare.ts';
import { treeChanges } from '../verify/diagnose.ts';
import { verifyPackage } from '../verify/verify-package.ts';
import type { CommandContext } from './context.ts';
import { columns } from './layout.ts';
import { type Requested, requestedProfiles } from './profiles.ts';

type Outcome = { readonly profile: string } & (
  | ({ readonly package: string; readonly digest: Digest } & Finding)
  /** The profile or its pins cannot be used, so that there is nothing to compare with. */
  | { readonly status: 'failed'; readonly error: CordonError }
);

type Finding =
  | {
      readonly status: 'unchanged';
      readonly files: number;
      readonly bytes: number;
      readonly milliseconds: number;
    }
  | { readonly status: 'not-installed' }
  /** `changes` is empty when MANIFEST is changed as well, so that no file can be named. */
  | { readonly status: 'changed'; readonly changes: readonly Change[] }
  | { readonly status: 'unsafe'; readonly error: CordonError };

/**
 * Exit status 0 when every package is the pinned one (those not installed are passed over unless they were named), 1
 * when one is not, 125 when a profile or its pins cannot be used.
 */
export async function verifyCommand(context: CommandContext, names: readonly string[]): Promise<number> {
  const outcomes: Outcome[] = [];
  for (const request of requestedProfiles(context, names)) outcomes.push(await verify(context, request));
  if (context.json) {
    const profiles = outcomes.map((outcome) =>
      'error' in outcome ? { ...outcome, error: errorJson(outcome.error) } : outcome,
    );
    context.out(`${JSON.stringify({ profiles }, null, 2)}\n`);
  } else {
    print(context, outcomes);
  }
  const isWrong = ({ status }: Outcome): boolean =>
    status === 'changed' || status === 'unsafe' || (status === 'not-installed' && names.length > 0);
  if (outcomes.some(({ status }) => status === 'failed')) return EXIT_REFUSED;
  return outcomes.some(isWrong) ? 1 : 0;
}

async function verify({ installation }: CommandContext, request: Requested): Promise<Outcome> {
  const profile = request.name;
  if ('error' in request) return { profile, status: 'failed', error: request.error };
  const { server } = request;
  const known = { profile, package: server.pins.package, digest: server.digest };
  try {
    const { treeFd, files, bytes, milliseconds } = await verifyPackage(server, installation);
    fs.closeSync(treeFd);
    return { ...known, status: 'unchanged', files, bytes, milliseconds: Math.round(milliseconds) };
  } catch (thrown) {
    return { ...known, ...finding(toCordonError(thrown), server, installation.store, installation.mode) };
  }
}

function finding(
  error: CordonError,
  server: ResolvedServer,
  store: string,
  mode: 'managed' | 'unmanaged',
): Finding {
  if (error.code === 'PACKAGE_NOT_INSTALLED') return { status: 'not-installed' };
  if (error.code !== 'TREE_CHANGED') return { status: 'unsafe', error };
  // All of them: the error itself names only the first twenty.
  const owner = mode === 'managed' ? 'root' : 'user';
  return {
    status: 'changed',
    changes: treeChanges(server.digest, packageLayout(store, server.digest), owner) ?? [],
  };
}

const STATUS_WORDS: Readonly<Record<Outcome['status'], string>> = {
  unchanged: 'unchanged',
  'not-installed': 'not installed',
  changed: 'CHANGED',
  unsafe: 'UNSAFE',
  failed: 'FAILED',
};

function print(context: CommandContext, outcomes: readonly Outcome[]): void {
  const rows = outcomes.map((outcome) => {
    const base = [escapeText(outcome.profile), STATUS_WORDS[outcome.status]];
    if (outcome.status === 'failed') return base;
    const details = [outcome.package, shortDigest(outcome.digest)];
    return outcome.status === 'unchanged'
      ? [...base, ...details, `${outcome.files} files`, `${outcome.milliseconds} ms`]
      : [...base, ...details];
  });
  if (rows.length > 0) context.out(`${columns(rows).join('\n')}\n`);
  for (const outcome of outcomes) {
    if (outcome.status === 'changed') {
      context.out(`\n${outcome.profile}:\n`);
      for (const change of outcome.changes) context.out(`  ${changeLine(change)}\n`);
      if (outcome.changes.length === 0)
        context.out('  its MANIFEST was changed too, so that no file can be named\n');
    } else if ('error' in outcome) {
      context.err(`${escapeText(outcome.profile)}: ${renderError(outcome.error)}\n`);
    }
    if (outcome.status === 'changed' || outcome.status === 'not-installed')
      context.err(`hint: cordon install ${outcome.profile}\n`);
  }
}
