// What the registry says of packages beside their content: when they were published, by whom, and whether it names a provenance.
// For the reader alone: nothing of it is checked, and nothing of it is approved.
import type { NpmOptions } from '../store/npm-options.ts';
import { SAFE_OPTIONS } from '../store/npm-options.ts';
import { inPool } from '../store/pool.ts';
import type { PackageFact, Publication } from './material.ts';

const AT_ONCE = 6;
/** A review is not to wait for a registry that is not there, and not to say less for one answer that was spoiled. */
const LIMITS = { retry: { retries: 1, minTimeout: 200 }, timeout: 5000 };

/**
 * Of those that it knows, in the order of `packages`. The first one that cannot be had ends it: then nobody is there.
 */
export async function publicationsOf(
  packages: readonly PackageFact[],
  npm: () => Promise<NpmOptions>,
): Promise<readonly Publication[]> {
  const found = new Map<PackageFact, Publication>();
  try {
    const { default: pacote } = await import('pacote');
    const options = { ...(await npm()), ...SAFE_OPTIONS, ...LIMITS, fullMetadata: true };
    await inPool(packages, AT_ONCE, async (fact) => {
      const publication = read(fact, await pacote.packument(fact.name, options));
      if (publication !== undefined) found.set(fact, publication);
    });
  } catch {
    // No network, or another registry: the report says that it is not known.
  }
  return packages.flatMap((fact) => found.get(fact) ?? []);
}

function read({ name, version }: PackageFact, packument: unknown): Publication | undefined {
  const manifest = at(packument, 'versions', version);
  if (manifest === undefined) return undefined;
  return {
    name,
    version,
    published: time(at(packument, 'time', version)),
    by: text(at(manifest, '_npmUser', 'name')),
    provenance: text(at(manifest, 'dist', 'attestations', 'provenance', 'predicateType')),
    deprecated: text(at(manifest, 'deprecated')),
  };
}

/** Of JSON that anybody may have written. */
function at(value: unknown, ...names: readonly string[]): unknown {
  return names.reduce<unknown>(
    (inner, name) =>
      typeof inner === 'object' && inner !== null && Object.hasOwn(inner, name)
        ? (inner as Record<string, unknown>)[name]
        : undefined,
    value,
  );
}

const MAX_TEXT = 300;

function text(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value.slice(0, MAX_TEXT) : null;
}

/** UTC, to the second: registries spell it in several ways. */
function time(value: unknown): string | null {
  const milliseconds = typeof value === 'string' ? Date.parse(value) : Number.NaN;
  return Number.isNaN(milliseconds) ? null : `${new Date(milliseconds).toISOString().slice(0, 19)}Z`;
}
