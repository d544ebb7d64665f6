// A plan names fixed places, as on Linux they are inside; nothing is mounted on macOS, so that here they become the folders of
// one start. Pure.
import path from 'node:path';
import { INSIDE } from '../../plan/inside.ts';
import { type ProxyPlace, proxyVariables } from '../../plan/network.ts';
import type { SeatbeltPlaces, SeatbeltPlan } from './render.ts';

export interface PlacedServer {
  /** The program, by its real path, and its arguments. */
  readonly command: readonly string[];
  readonly workingDirectory: string;
  readonly environment: Readonly<Record<string, string>>;
  /** Without what is secret: by name below `places.files`. */
  readonly files: ReadonlyMap<string, string>;
}

/** @param broker what listens for this start; undefined for a server without network grants */
export function placeServer(
  plan: SeatbeltPlan,
  places: SeatbeltPlaces,
  broker: ProxyPlace | undefined,
): PlacedServer {
  const { program, args } = plan.command;
  const environment = Object.entries(plan.environment).map(([name, value]): [string, string] => [
    name,
    name === 'TMPDIR' && value === '/tmp' ? places.tmp : placeOf(value, plan, places),
  ]);
  return {
    command: [program, ...args].map((word) => placeOf(word, plan, places)),
    workingDirectory: placeOf(plan.workingDirectory, plan, places),
    environment: {
      ...Object.fromEntries(environment),
      ...(broker === undefined || plan.network.kind === 'none'
        ? {}
        : proxyVariables(broker, plan.network.grants)),
    },
    files: new Map(
      plan.mounts.flatMap((mount) =>
        mount.kind === 'file' ? [[fileName(mount.target), mount.content]] : [],
      ),
    ),
  };
}

/** Below `places.files`, for a file of Cordon's own in the plan. */
export function fileName(inside: string): string {
  return path.posix.basename(inside);
}

/**
 * A text that is or begins with a place of Cordon's own. Files of secrets are also found within, because a profile writes
 * their place itself: `--token-file=/run/secrets/TOKEN`.
 */
function placeOf(text: string, plan: SeatbeltPlan, places: SeatbeltPlaces): string {
  const own: ReadonlyArray<readonly [inside: string, place: string]> = [
    [INSIDE.package, places.package],
    [INSIDE.runtime, places.runtime],
    [INSIDE.home, places.home],
    [INSIDE.authorities, path.posix.join(places.files, fileName(INSIDE.authorities))],
  ];
  // The runtime's folder leads PATH.
  if (text.startsWith(`${INSIDE.runtimeFolder}:`))
    return path.posix.dirname(places.runtime) + text.slice(INSIDE.runtimeFolder.length);
  for (const [inside, place] of own)
    if (text === inside || text.startsWith(`${inside}/`)) return place + text.slice(inside.length);
  return plan.mounts.reduce(
    (placed, mount) =>
      mount.kind === 'secret-file'
        ? placed.replaceAll(mount.target, () => path.posix.join(places.files, fileName(mount.target)))
        : placed,
    text,
  );
}
