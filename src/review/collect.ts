// A pinned package -> everything that a review shows. The server is started several times; what it said the first time in each
// context is what gets pinned.
import fs from 'node:fs';
import { reviewNotes, serverUnreviewable } from '../messages/review.ts';
import type { Installation } from '../installation.ts';
import { approvalDigest } from '../pins/approval.ts';
import { type Definitions, sameContext } from '../pins/definitions.ts';
import { loadPins } from '../pins/load.ts';
import { CordonError } from '../errors.ts';
import { listProfiles } from '../profile/load.ts';
import type { ResolvedServer } from '../resolve/resolve.ts';
import { inPool } from '../store/pool.ts';
import { probeEgress } from '../system/probe-egress.ts';
import { probeLinux } from '../system/probe.ts';
import { approvedState, reviewedProfile } from './approved-file.ts';
import { writtenGrants, writtenNetwork } from './collect-grants.ts';
import { packageFacts } from './collect-package.ts';
import { probe, type Probed } from './collect-probe.ts';
import { isPinned, type Start, startsFor } from './collect-starts.ts';
import { publicationsOf } from './collect-publications.ts';
import { comparePackages } from './compare-packages.ts';
import type {
  ApprovedState,
  OtherProfile,
  PackageFact,
  PackageFacts,
  ProbeReport,
  ReviewMaterial,
} from './material.ts';
import type { Quarantine } from './quarantine.ts';

export interface CollectRequest {
  readonly server: ResolvedServer;
  readonly installation: Installation;
  readonly quarantine: Quarantine;
  readonly searchPath: string;
  readonly onPlaced: (done: number, total: number) => void;
  readonly onStart: (done: number, total: number) => void;
}

export interface Collected {
  readonly material: ReviewMaterial;
  /** Descriptor's path of the verified tree, for comparing files. */
  readonly tree: string;
}

/** @throws CordonError SERVER_UNREVIEWABLE when nothing can be pinned; what installing and the sandbox are refused with */
export async function collect(request: CollectRequest): Promise<Collected> {
  const { server, installation, quarantine } = request;
  const { profile, pins } = server;
  const verified = await quarantine.package(server, request.onPlaced);
  try {
    const runtime = await quarantine.runtime(request.searchPath);
    try {
      const facts = packageFacts(server, verified, runtime);
      const system = probeLinux();
      const seesNames = probeEgress('auto').way === 'transparent';
      const approved = approvedState(profile.folder, pins);
      const asking = publicationsOf(worthAsking(facts, approved), quarantine.npm);
      const trying = tryAll(
        startsFor(profile.permissions.mcp, profile.secrets),
        request.onStart,
        (start, name) => {
          const scratch = quarantine.folder(name);
          return probe(start, { server, package: verified, runtime, facts: system, seesNames, scratch });
        },
      );
      // Nobody may still write into the quarantine when it is removed.
      await Promise.allSettled([asking, trying]);
      const [publications, tries] = [await asking, await trying];
      const definitions = pinnedDefinitions(tries, profile.permissions.mcp);
      refuseUnlisted(tries, definitions, profile.definitions);
      const material: ReviewMaterial = {
        profile: reviewedProfile(profile),
        package: facts,
        grants: writtenGrants(profile),
        network: writtenNetwork(profile),
        definitions,
        probes: tries.flatMap(({ probed }): ProbeReport[] =>
          probed.outcome === 'listed' ? [probed.report] : [],
        ),
        approved,
        others: otherProfiles(installation, profile.name),
        publications,
        notes: notesOn(tries, request, seesNames),
        digest: approvalDigest({ pins, profile, definitions }),
      };
      return { material, tree: verified.path };
    } finally {
      fs.closeSync(runtime.fd);
    }
  } finally {
    fs.closeSync(verified.treeFd);
  }
}

/** The package itself, and what is not as it was when it was approved. */
function worthAsking(facts: PackageFacts, approved: ApprovedState | undefined): readonly PackageFact[] {
  const before = approved?.package?.packages ?? facts.packages;
  const changed = new Set(comparePackages(before, facts.packages).map(({ name }) => name));
  return facts.packages.filter(
    ({ name, version }) => changed.has(name) || (name === facts.name && version === facts.version),
  );
}

interface Try {
  readonly start: Start;
  readonly probed: Probed;
}

/** Starts at the same time: each of them mostly waits for its server to settle, and two leave it time enough to. */
const AT_ONCE = 2;

/** The first of each generation, and then the others of those that can be listed. In the order of `starts`. */
async function tryAll(
  starts: readonly Start[],
  onStart: (done: number, total: number) => void,
  attempt: (start: Start, name: string) => Promise<Probed>,
): Promise<readonly Try[]> {
  const outcomes = new Map<Start, Probed>();
  const tryThese = (some: readonly Start[]): Promise<void> =>
    inPool(some, AT_ONCE, async (start) => {
      onStart(outcomes.size, starts.length);
      outcomes.set(start, await attempt(start, `start-${starts.indexOf(start)}`));
    });
  const firsts = starts.filter(
    ({ generation }, index) => starts.findIndex((start) => start.generation === generation) === index,
  );
  await tryThese(firsts);
  // Who cannot be asked once in a generation is not asked again in it.
  const listed = firsts.filter((start) => outcomes.get(start)?.outcome === 'listed');
  const spoken = new Set(listed.map(({ generation }) => generation));
  await tryThese(starts.filter((start) => !outcomes.has(start) && spoken.has(start.generation)));
  return starts.flatMap((start): Try[] => {
    const probed = outcomes.get(start);
    return probed === undefined ? [] : [{ start, probed }];
  });
}

/**
 * One for each context that the relay can make. What says the same with more capabilities is not kept twice: the relay takes the
 * first of a generation where it has no other.
 */
function pinnedDefinitions(
  tries: readonly Try[],
  mcp: ResolvedServer['profile']['permissions']['mcp'],
): readonly Definitions[] {
  const pinned: Array<{ readonly definitions: Definitions; readonly listing: string }> = [];
  for (const { start, probed } of tries) {
    if (probed.outcome !== 'listed' || !isPinned(start, mcp)) continue;
    const { definitions, listing } = probed.said;
    const isKnown = pinned.some(
      (known) =>
        sameContext(known.definitions.context, definitions.context) ||
        (known.definitions.context.generation === start.generation && known.listing === listing),
    );
    if (!isKnown) pinned.push({ definitions, listing });
  }
  return pinned.map(({ definitions }) => definitions);
}

/** The first start of a generation is the one that counts; a server that cannot be listed then cannot be pinned. */
function refuseUnlisted(
  tries: readonly Try[],
  definitions: readonly Definitions[],
  mode: 'pinned' | 'unpinned',
): void {
  if (mode === 'unpinned') return;
  const firsts = (['legacy', 'modern'] as const).flatMap(
    (generation) => tries.find(({ start }) => start.generation === generation)?.probed ?? [],
  );
  const failed = firsts.find((probed) => probed.outcome === 'failed');
  // A server of the newer generation alone answers initialize with an error.
  if (failed !== undefined && definitions.length === 0) throw serverUnreviewable(failed.why, failed.stderr);
  if (definitions.length === 0)
    throw serverUnreviewable('it answered in neither generation of the protocol', '');
}

function otherProfiles(installation: Installation, name: string): OtherProfile[] {
  return listProfiles(installation).flatMap(({ name: other, status }): OtherProfile[] => {
    if (other === name || status.kind !== 'loaded') return [];
    try {
      const { definitions } = loadPins(status.profile);
      const names = (list: 'tools' | 'prompts') =>
        [...new Set(definitions.flatMap((one) => one[list].map(({ key }) => key)))].toSorted();
      const serverName = definitions[0]?.serverInfo['name'];
      return [
        {
          profile: other,
          tools: names('tools'),
          prompts: names('prompts'),
          serverName: typeof serverName === 'string' ? serverName : null,
        },
      ];
    } catch (error) {
      // Not pinned yet, or broken: it has no names to collide with.
      if (error instanceof CordonError) return [];
      throw error;
    }
  });
}

function notesOn(tries: readonly Try[], { server }: CollectRequest, seesNames: boolean): string[] {
  const { secrets, permissions } = server.profile;
  const names = Object.keys(secrets);
  const outside = permissions.filesystem.filter(({ path }) => path.startsWith('/')).map(({ path }) => path);
  return [
    ...(seesNames ? [] : [reviewNotes.namesUnseen]),
    ...(names.length === 0 ? [] : [reviewNotes.placeholders(names)]),
    ...(outside.length === 0 ? [] : [reviewNotes.notMounted(outside)]),
    ...tries.flatMap(({ start, probed }) => {
      if (probed.outcome === 'failed')
        return [reviewNotes.failed(start.generation, start.client, probed.why)];
      return [];
    }),
  ];
}
