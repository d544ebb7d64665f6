// How to reach the registry: from the user's and the machine's npmrc, read by npm's own code. Nothing of the current
// directory and no npm_config_* variable counts (SC-04): a cloned repository must not choose where packages come from.

/** As npm's libraries take them. */
export type NpmConfig = Readonly<Record<string, unknown>>;

/** Options for pacote and Arborist. `cache` is a folder that only this command uses. */
export type NpmOptions = NpmConfig & { readonly cache: string };

// Only how to reach a registry. What decides which packages are chosen or how they are placed (before, omit,
// legacy-peer-deps, install-strategy, ...) would make two people's pins differ.
const NETWORK_OPTIONS = new Set([
  'registry',
  'replaceRegistryHost',
  'proxy',
  'httpsProxy',
  'noProxy',
  'ca',
  'cert',
  'key',
  'strictSSL',
  'localAddress',
  'maxSockets',
  'retry',
  'timeout',
  'userAgent',
]);

/** npm itself waits ten seconds and then a minute, in which a person at a machine without network sees nothing. */
const RETRY = { retries: 3, factor: 2, minTimeout: 500, maxTimeout: 5000 };
const RETRY_KEYS = [
  'fetch-retries',
  'fetch-retry-factor',
  'fetch-retry-mintimeout',
  'fetch-retry-maxtimeout',
];

/**
 * @param home whose `.npmrc` is read
 * @param nodePath real path of Node.js; its prefix has npm's global `etc/npmrc`
 */
export async function loadNpmOptions(home: string, nodePath: string): Promise<NpmConfig> {
  const [{ default: Config }, { default: npm }] = await Promise.all([
    import('@npmcli/config'),
    import('@npmcli/config/lib/definitions/index.js'),
  ]);
  const config = new Config({
    definitions: npm.definitions,
    shorthands: npm.shorthands,
    flatten: npm.flatten,
    nerfDarts: npm.nerfDarts,
    npmPath: '/nonexistent',
    argv: [],
    env: { HOME: home },
    execPath: nodePath,
    cwd: '/',
    warn: false,
  });
  await config.load();
  const retry = RETRY_KEYS.every((key) => config.isDefault(key)) ? { retry: RETRY } : {};
  // Registries and credentials have keys of their own: `@scope:registry`, `//host/:_authToken`.
  return Object.fromEntries(
    Object.entries({ ...config.flat, ...retry }).filter(
      ([key]) => NETWORK_OPTIONS.has(key) || key.startsWith('@') || key.startsWith('//'),
    ),
  );
}

/** What npm's libraries may never do here, whatever any configuration says. */
export const SAFE_OPTIONS = {
  ignoreScripts: true,
  allowGit: 'none',
  allowRemote: 'none',
  allowFile: 'none',
  allowDirectory: 'none',
} as const;
