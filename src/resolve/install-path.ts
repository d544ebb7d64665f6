// Where npm places a package: `node_modules/a/node_modules/@b/c`. A path of any other form could escape the tree.

// Old packages have capitals and unusual ASCII signs; a leading dot or underscore and `node_modules` itself never.
const SEGMENT = '[A-Za-z0-9~-][A-Za-z0-9._~-]{0,213}';
const PLACED_NAME = new RegExp(`^(?:@${SEGMENT}/)?${SEGMENT}$`);
const FOLDER = 'node_modules/';

export function isPlacedName(name: string): boolean {
  return (
    PLACED_NAME.test(name) && !name.split('/').some((segment) => segment.toLowerCase() === 'node_modules')
  );
}

/** Package folder names from the outermost to the innermost; undefined when the path is not of npm's form. */
export function placedNames(installPath: string): readonly string[] | undefined {
  if (!installPath.startsWith(FOLDER)) return undefined;
  const names = installPath.slice(FOLDER.length).split(`/${FOLDER}`);
  return names.every(isPlacedName) ? names : undefined;
}

export function installPathOf(names: readonly string[]): string {
  return names.map((name) => FOLDER + name).join('/');
}

/** Places where Node looks for `name` from the package at `from`, nearest first; `''` is the root. */
export function* lookups(from: string, name: string): Generator<string> {
  const names = from === '' ? [] : (placedNames(from) ?? []);
  for (let depth = names.length; depth >= 0; depth -= 1) {
    yield installPathOf([...names.slice(0, depth), name]);
  }
}
