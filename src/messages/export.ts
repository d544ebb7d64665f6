// Words of `cordon export`.
import { CordonError } from '../errors.ts';
import { escapeText, quote } from '../escape.ts';
import type { Client } from '../export/policy.ts';
import { shellQuote } from '../messages/wording.ts';

/** What each client does not enforce (facts: clients.md; what could not be tried is called documented). */
export const exportLimits: Readonly<Record<Client, readonly string[]>> = {
  'claude-code': [
    'settings from the claude.ai admin console or MDM preferences come first: where one of those sets allowedMcpServers, this list is ignored; managed-mcp.json holds in any case',
    'only the command line is compared: environment, folder and content of the program are not',
    'these files are obeyed whoever owns them: they must belong to root and be writable by nobody else',
    'people can still turn a managed server off for themselves',
  ],
  copilot: [
    'enforced inside sessions alone: `copilot mcp add` still writes an entry, which then does not start (documented, not tried)',
    'the file only allows: each person, or MDM, must add the servers themselves',
    'on Linux and macOS the CLI takes the file only when root owns it and nobody else can write it',
    'only the command line is compared: environment and folder are not',
  ],
  vscode: [
    'not enforced in agent-host sessions (microsoft/vscode#328241)',
    'needs VS Code 1.130 or newer; the policy only allows, the servers must be added in mcp.json (documented, not tried)',
    'only the command line is compared: environment and folder are not',
  ],
  codex: [
    'environment and folder of a server are not compared',
    'macOS and Windows may take requirements from MDM as well, which then come first',
  ],
  gemini: [
    'people can lift the list for themselves: `mcp.allowed` in their own settings without a name in common with this one, or the option --allowed-mcp-server-names, lets everything start (0.61.0, tried), though `gemini mcp list` still calls it blocked',
    'servers are known by name alone: what protects is that the system definition of a name wins over a user’s',
    'the variable GEMINI_CLI_SYSTEM_SETTINGS_PATH in a user’s shell points it at another file, and then none of this holds',
  ],
  cursor: [
    'set in the dashboard of an Enterprise team; there is no file, and nothing here can check it',
    'only the command line is compared: environment is not',
  ],
  windsurf: [
    'set in the admin portal; there is no file, and nothing here can check it',
    'only command and arguments are compared: environment is not',
  ],
};

export const exportWords = {
  file: (path: string) => `${path}:`,
  paste: (where: string) => `to paste (${where}):`,
  limits: (title: string) => `what ${title} does not enforce:`,
  written: (path: string) => `written: ${path}`,
  unchanged: (path: string) => `already so: ${path}`,
  nothingToWrite: 'nothing to write: this client takes no files',
  same: 'as it should be',
  missing: 'missing',
  differs: (members: readonly string[]) => `differs in ${members.map((one) => escapeText(one)).join(', ')}`,
  invalid: 'is not JSON without comments, the only kind that is compared here',
  others: (list: readonly string[]) =>
    `as it should be; it also lets start: ${list.map((one) => escapeText(one)).join(', ')}`,
  unsafe: (words: string, why: string) => `${words}, but ${why}`,
  unmanaged: (program: string) =>
    `warning: ${program} can be changed by somebody who is not root: a policy that names it binds nobody`,
  noProfiles: 'warning: there are no profiles: this policy lets no server start',
  leftOut: (name: string, code: string) => `warning: ${name} is left out: ${code}`,
} as const;

export const accessWords = {
  fault: (place: string, why: string) => `${quote(place)} ${why}`,
  closed: 'must let every user in, or no client of theirs finds the policy',
  unreadable: 'must be readable by every user, or no client of theirs obeys it',
} as const;

/** @param isLink whose own mode means nothing, and which `chown` would follow */
export const accessCure = (place: string, isLink: boolean) =>
  isLink
    ? `see who put it there, then move it away: ${shellQuote(place)}`
    : `sudo chown root ${shellQuote(place)} && sudo chmod go-w,a+rX ${shellQuote(place)}`;

export const exportWouldLose = (path: string) =>
  new CordonError(
    'OUTPUT_UNWRITABLE',
    `${quote(path)} holds something that cordon did not write and cannot keep`,
    {
      hints: ['move the file away, or add what `cordon export` prints to it by hand'],
    },
  );

export const clientUnknown = (name: string, known: readonly string[], meant: string | undefined) =>
  new CordonError(
    'USAGE_INVALID',
    `unknown client ${quote(name)}${meant === undefined ? `, known are ${known.join(', ')}` : `, did you mean ${quote(meant)}?`}`,
    { hints: ['cordon export --help'] },
  );

export const systemUnknown = (name: string) =>
  new CordonError('USAGE_INVALID', `--system must be "linux" or "macos", not ${quote(name)}`, {
    hints: ['cordon export --help'],
  });

export const outAndCheck = () =>
  new CordonError('USAGE_INVALID', '--out writes and --check compares: only one of them', {
    hints: ['cordon export --help'],
  });
