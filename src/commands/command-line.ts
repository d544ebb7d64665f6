// The command line of every verb, by commander. Each verb's own file is loaded only when it is used.
import { Command, CommanderError } from 'commander';
import { type CordonError, EXIT_REFUSED } from '../errors.ts';
import { escapeText } from '../escape.ts';
import { locateInstallation } from '../installation.ts';
import { renderError, toCordonError, usageInvalid } from '../messages.ts';
import { VERSION } from '../version.ts';
import type { CommandContext } from './context.ts';

type Verb = (context: CommandContext, args: readonly string[]) => Promise<number>;

const EXAMPLES = `
Examples:
  cordon list                     which profiles there are
  cordon explain filesystem       what its server would see and be able to do
  cordon install filesystem       bring the pinned package into the store
  cordon run filesystem           start it; an MCP client does this, over stdio
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
    .configureOutput({ writeErr: () => {} })
    .exitOverride();

  const verb = (usage: string, description: string, load: () => Promise<Verb>): void => {
    const command = program
      .command(usage)
      .description(description)
      .option('--json', 'print one JSON document instead of text');
    command.action(async () => {
      const run = await load();
      const operands = command.processedArgs
        .flat()
        .filter((operand): operand is string => typeof operand === 'string');
      status = await run(contextFor(root, command.opts()['json'] === true), operands);
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
      return fail(usageFault(error.message));
    }
    return fail(error);
  }
}

/** commander's words in our form: one line, what was typed escaped. */
function usageFault(message: string): CordonError {
  const [first = '', ...more] = message.replace(/^error: /, '').split('\n(');
  const suggestion = /^Did you mean (\S+)\?\)$/.exec(more.join('('))?.[1];
  const meant = suggestion === undefined ? '' : `, did you mean "${suggestion}"?`;
  return usageInvalid(`${escapeText(first)}${meant}`);
}

function fail(thrown: unknown): number {
  const error = toCordonError(thrown);
  process.stderr.write(`${renderError(error)}\n`);
  if (process.env['CORDON_DEBUG'] !== undefined && thrown instanceof Error)
    process.stderr.write(`${thrown.stack ?? ''}\n`);
  return EXIT_REFUSED;
}

function contextFor(root: string, json: boolean): CommandContext {
  const isTerminal = process.stderr.isTTY;
  return {
    installation: locateInstallation(root, process.env['HOME']),
    json,
    out: (text) => process.stdout.write(text),
    err: (text) => process.stderr.write(text),
    isTerminal,
    color: process.stdout.isTTY && process.env['NO_COLOR'] === undefined,
    searchPath: process.env['PATH'] ?? '',
  };
}
