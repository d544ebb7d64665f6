// The command line of every verb, by commander. Each verb's own file is loaded only when it is used.
import { isatty as isTerminal } from 'node:tty';
import { Command, CommanderError } from 'commander';
import { configured, readConfig } from '../config/configured.ts';
import { type CordonError, EXIT_REFUSED } from '../errors.ts';
import { escapeText } from '../escape.ts';
import { locateInstallation } from '../installation.ts';
import { MANAGED } from '../managed-places.ts';
import { errorJson, renderError, toCordonError } from '../messages/render-error.ts';
import { outputUnwritable, usageInvalid } from '../messages/usage.ts';
import { VERSION } from '../version.ts';
import { writeWhole } from '../write-whole.ts';
import type { CommandContext } from './context.ts';

/** `options` are those that the verb declares, as commander reads them. */
type Verb = (
  context: CommandContext,
  args: readonly string[],
  options: Readonly<Record<string, unknown>>,
) => Promise<number>;

const EXAMPLES = `
Examples:
  cordon list                     which profiles there are
  cordon explain filesystem       what its server would see and be able to do
  cordon install filesystem       bring the pinned package into the store
  cordon run filesystem           start it; an MCP client does this, over stdio
  cordon review filesystem        what a person should see before approving it
  cordon doctor                   check every protection on this machine

Exit status: the server's own; 128+N when signal N ended it; 125 when Cordon refused before the server ran.`;

/** Runs any verb but `run`. Resolves with the exit status; prints errors itself. */
export async function commandLine(argv: readonly string[], root: string): Promise<number> {
  let status = 0;
  const program = new Command('cordon')
    .description('Starts reviewed MCP servers, byte for byte, inside an OS sandbox.')
    .version(VERSION)
    .addHelpText('after', EXAMPLES)
    .showHelpAfterError(false)
    .configureOutput({ writeOut: printOut, writeErr: () => {} })
    .exitOverride();

  const verb = (
    usage: string,
    description: string,
    load: () => Promise<Verb>,
    options: ReadonlyArray<readonly [flags: string, description: string]> = [],
  ): void => {
    const command = program
      .command(usage)
      .description(description)
      .option('--json', 'print one JSON document instead of text');
    for (const [flags, words] of options) command.option(flags, words);
    command.action(async () => {
      const run = await load();
      const operands = command.processedArgs
        .flat()
        .filter((operand): operand is string => typeof operand === 'string');
      status = await run(contextFor(root, command.opts()['json'] === true), operands, command.opts());
    });
  };

  program
    .command('run <profile>')
    .description('start the server of a profile and relay JSON-RPC on stdin and stdout')
    .addHelpText(
      'after',
      '\nNothing on this command line loosens anything: what the server may do stands in its profile.',
    );
  verb(
    'list',
    'show the profiles, their versions, and whether they are installed',
    async () => (await import('./list.ts')).listCommand,
  );
  verb(
    'explain <profile>',
    'show what a server will see and be able to do; --json is the plan',
    async () => (await import('./explain.ts')).explainCommand,
  );
  verb(
    'install [profile...]',
    'bring pinned packages into the store (all profiles when none is named); scripts never run',
    async () => (await import('./install.ts')).installCommand,
  );
  verb(
    'verify [profile...]',
    'hash installed packages again and name what changed; exit status 1 when anything did',
    async () => (await import('./verify.ts')).verifyCommand,
  );
  verb(
    'pin <profile>',
    'resolve a profile to a lockfile and tree digests for every platform',
    async () => (await import('./pin.ts')).pinCommand,
  );
  verb(
    'review <target>',
    'start a server in quarantine and show all that is to be known before it is approved',
    async () => (await import('./review.ts')).reviewCommand,
    [
      ['--markdown', 'print Markdown'],
      ['--html <file>', 'write one self-contained page as well'],
      ['--no-pager', 'print at once, also on a terminal'],
    ],
  );
  verb(
    'approve <profile>',
    'write down that the report with this digest was read',
    async () => (await import('./approve.ts')).approveCommand,
    [['--digest <prefix>', 'at least 32 hex digits of the digest that the report ends with']],
  );
  verb(
    'diff <profile>',
    'compare the package of a profile with another version of it; exit status 1 when anything differs',
    async () => (await import('./diff.ts')).diffCommand,
    [['--to <version>', 'the other version; the latest when left out']],
  );
  verb(
    'export <client> [profile...]',
    'print the policy that makes a client start these profiles through cordon and nothing else',
    async () => (await import('./export.ts')).exportCommand,
    [
      ['--out <folder>', 'write the files below this folder; / for this machine'],
      ['--check', 'compare with what is on this machine; exit status 1 when it differs'],
      ['--system <name>', 'linux or macos; this machine’s when left out'],
    ],
  );
  verb(
    'secret <action> [words...]',
    'set <profile> <NAME>, remove <profile> <NAME>: in the keyring, never shown; list [profile...]: where each would come from',
    async () => (await import('./secret.ts')).secretCommand,
  );
  verb(
    'setup [profile...]',
    'install this program on the whole machine, with these shipped profiles as its policy; needs root',
    async () => (await import('./setup.ts')).setupCommand,
    [
      ['--system', `for every user: ${MANAGED.program}, ${MANAGED.policy} and ${MANAGED.data}`],
      ['--dry-run', 'only say what would be changed'],
      ['--remove', `remove program and store; the policy in ${MANAGED.policy} stays`],
      ['--root <folder>', 'write below this folder, for an image or a package'],
    ],
  );
  verb(
    'bundle <action> [words...]',
    'create <name>@<version> <folder>, verify <file>, install <file>: a whole policy as one signed file',
    async () => (await import('./bundle.ts')).bundleCommand,
    [
      ['--out <file>', 'create: the bundle'],
      ['--key <file>', 'create: sign with this key, or with the agent that has it'],
      ['--index <file>', 'create: write only what is to be signed; with --signature, take it'],
      ['--signature <file>', 'create: what ssh-keygen -Y sign made of --index elsewhere'],
      ['--expires <day>', 'create: until when machines take it; 90 days when left out'],
      ['--signers <file>', `verify, install: who may sign; ${MANAGED.policy}/allowed_signers when left out`],
      ['--signer <name>', 'verify, install: it must be signed by this person'],
      ['--dry-run', 'install: only say what would be changed'],
      ['--root <folder>', 'install: write below this folder, for an image or a package'],
    ],
  );
  verb(
    'doctor',
    'start the strict sandbox around a probe and check every protection from inside',
    async () => (await import('./doctor.ts')).doctorCommand,
  );

  try {
    await program.parseAsync([...argv], { from: 'user' });
    return status;
  } catch (error) {
    if (error instanceof CommanderError) {
      if (error.exitCode === 0) return 0;
      if (error.code === 'commander.help') {
        program.outputHelp();
        return EXIT_REFUSED;
      }
      return fail(usageFault(error.message), argv);
    }
    return fail(error, argv);
  }
}

/** commander's words in our form: one line, what was typed escaped, and no value of an option, which may be a secret. */
function usageFault(message: string): CordonError {
  const [first = '', ...more] = message
    .replace(/^error: /, '')
    .replace(/'(--?[\w-]+)=[^']*'/, "'$1'")
    .split('\n(');
  const suggestion = /^Did you mean (\S+)\?\)$/.exec(more.join('('))?.[1];
  const meant = suggestion === undefined ? '' : `, did you mean "${suggestion}"?`;
  return usageInvalid(`${escapeText(first)}${meant}`);
}

/** With `--json` an error is a document as well: whoever asked for one parses stdout whatever comes of it. */
function fail(thrown: unknown, argv: readonly string[]): number {
  const error = toCordonError(thrown);
  if (!argv.includes('--json') || error.code === 'OUTPUT_UNWRITABLE') printErr(`${renderError(error)}\n`);
  else {
    try {
      printOut(`${JSON.stringify({ error: errorJson(error) }, null, 2)}\n`);
    } catch (unwritten) {
      return fail(unwritten, argv);
    }
  }
  if (process.env['CORDON_DEBUG'] !== undefined && thrown instanceof Error)
    printErr(`${thrown.stack ?? ''}\n`);
  return EXIT_REFUSED;
}

/** @throws CordonError OUTPUT_UNWRITABLE: a full disk must not leave half a document and status 0 */
function printOut(text: string): void {
  try {
    writeWhole(1, text);
  } catch (error) {
    // Whoever reads has seen enough (`cordon list | head -1`).
    if ((error as NodeJS.ErrnoException).code !== 'EPIPE') throw outputUnwritable(error);
  }
}

/** Nobody is left to be told that this failed. */
function printErr(text: string): void {
  try {
    writeWhole(2, text);
  } catch {
    // The status says it.
  }
}

function contextFor(root: string, json: boolean): CommandContext {
  const located = locateInstallation(root, process.env['HOME']);
  return {
    installation: configured(located, readConfig(located)),
    json,
    out: printOut,
    err: printErr,
    isTerminal: isTerminal(2),
    columns: isTerminal(1) ? (process.stdout.columns ?? 80) : undefined,
    color: isTerminal(1) && process.env['NO_COLOR'] === undefined,
    searchPath: process.env['PATH'] ?? '',
  };
}
