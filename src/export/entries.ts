// Profiles -> the command lines that policies name. Pure.
import type { Entry } from './policy.ts';

export interface ExportedProfile {
  readonly name: string;
  readonly package: string;
  readonly version: string;
}

/** @param program absolute path of bin/cordon as the clients will start it */
export function entriesFor(profiles: readonly ExportedProfile[], program: string): readonly Entry[] {
  return profiles.map((profile) => ({
    name: profile.name,
    // No digest and no option: clients compare this literally, and a new version of a package must need no new policy.
    command: [program, 'run', profile.name],
    unwrapped: unwrapped(profile),
  }));
}

/**
 * How README files and registries say that the package is to be started. Clients compare whole command lines, so a list can never
 * name all of them: it is a second lock beside the list of what is allowed.
 */
function unwrapped({ package: name, version }: ExportedProfile): ReadonlyArray<readonly string[]> {
  return [name, `${name}@latest`, `${name}@${version}`].flatMap((spec) => [
    ['npx', '-y', spec],
    ['npx', spec],
    ['bunx', spec],
    ['pnpm', 'dlx', spec],
  ]);
}
