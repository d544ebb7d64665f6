// @npmcli/config brings no types; only what npm-options.ts uses is described.
declare module '@npmcli/config' {
  export default class Config {
    constructor(options: {
      npmPath: string;
      definitions: unknown;
      shorthands: unknown;
      flatten: unknown;
      nerfDarts: unknown;
      argv: readonly string[];
      env: Readonly<Record<string, string>>;
      execPath: string;
      cwd: string;
      warn: boolean;
    });
    load(): Promise<void>;
    /** Whether no npmrc says anything of that key. */
    isDefault(key: string): boolean;
    readonly flat: Readonly<Record<string, unknown>>;
  }
}

declare module '@npmcli/config/lib/definitions/index.js' {
  const definitions: {
    readonly definitions: unknown;
    readonly shorthands: unknown;
    readonly flatten: unknown;
    readonly nerfDarts: unknown;
  };
  export default definitions;
}
