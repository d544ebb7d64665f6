// argv -> verb. `run` is the hot path: it loads nothing that only other verbs need.
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
    return run(args, { root, home: process.env['HOME'] });
  }
  const { commandLine } = await import('./commands/command-line.ts');
  return commandLine(argv, root);
}

process.exit(await main(process.argv.slice(2)));
