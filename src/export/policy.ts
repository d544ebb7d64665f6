// What a client's administrator pushes so that only the named command lines start, as values. Pure; formats and their gaps as
// tried or documented for each client (facts: clients.md 1 and 3).

export const CLIENTS = ['claude-code', 'copilot', 'vscode', 'codex', 'gemini', 'cursor', 'windsurf'] as const;
export type Client = (typeof CLIENTS)[number];

export type System = 'linux' | 'macos';

/** One profile as a client sees it. */
export interface Entry {
  /** The profile's name, also the server's name in the client. */
  readonly name: string;
  /** The only command line that may start it: absolute program, then arguments. */
  readonly command: readonly [program: string, ...args: string[]];
  /** Command lines that start the same package without Cordon. */
  readonly unwrapped: ReadonlyArray<readonly string[]>;
}

export type PolicyFile =
  /** Only these members are ours; whatever else stands in the file stays. */
  | {
      readonly format: 'json';
      readonly path: string;
      readonly members: Readonly<Record<string, unknown>>;
      /** What tells command lines of ours from others in the same file. */
      readonly program: string;
    }
  | { readonly format: 'toml'; readonly path: string; readonly content: string };

export interface Policy {
  readonly client: Client;
  readonly title: string;
  readonly files: readonly PolicyFile[];
  /** For consoles that take no files: where to paste what. */
  readonly paste: ReadonlyArray<{ readonly where: string; readonly text: string }>;
  /** What this client does not enforce, or only under conditions. Never empty. */
  readonly limits: readonly string[];
}

/** As the text of a file; lists of plain texts (command lines) on one line each. */
export function jsonText(members: Readonly<Record<string, unknown>>): string {
  const text = JSON.stringify(members, undefined, 2);
  return `${text.replaceAll(TEXT_LIST, (list) => list.replaceAll(/\n\s*/g, ' ').replace('[ ', '[').replace(/ \]$/, ']'))}\n`;
}

const TEXT_LIST = /\[\n\s+"(?:[^"\\\n]|\\.)*"(?:,\n\s+"(?:[^"\\\n]|\\.)*")*\n\s*\]/g;
