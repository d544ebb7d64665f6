// argv -> verb. `run` is the hot path: it loads nothing that only other verbs need.
import fs from 'node:fs';
import path from 'node:path';

// dist/cordon -> the folder that holds bin/, dist/ and profiles/. Taken from the executable, not from the environment.
const root = path.dirname(path.dirname(process.execPath));

async function main(argv: readonly string[]): Promise<number> {
  const [verb, ...args] = argv;
  if (verb === '__hash') {
    const { hashWorker } = await import('./verify/hash-worker.ts');
    return hashWorker();
  }
  if (verb === '__listen') {
    const { listenStage } = await import('./launch/listen-stage.ts');
    return listenStage(args);
  }
  if (verb === '__end-tree') {
    const { endTree } = await import('./launch/seatbelt/end-tree.ts');
    return endTree(args);
  }
  if (verb === 'run' && !args.includes('--help') && !args.includes('-h')) {
    const { run } = await import('./run.ts');
    return run(args, { root, home: process.env['HOME'] }).catch(lastWords);
  }
  const { commandLine } = await import('./commands/command-line.ts');
  return commandLine(argv, root);
}

/** Not even the client could be told why: where hardly a file may be opened. Else the runtime would print its own source. */
async function lastWords(thrown: unknown): Promise<number> {
  const [{ EXIT_REFUSED }, { renderError, toCordonError }] = await Promise.all([
    import('./errors.ts'),
    import('./messages/render-error.ts'),
  ]);
  // At once: this process ends with it.
  fs.writeSync(2, `${renderError(toCordonError(thrown))}\n`);
  return EXIT_REFUSED;
}

process.exit(await main(process.argv.slice(2)));
