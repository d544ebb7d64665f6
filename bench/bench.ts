// `npm run bench`: what the launcher costs beside the bare server, a bare bubblewrap and sandbox-runtime, all with the
// same server-filesystem, from one run on one machine. Not a test: figures of a busy machine say nothing.
import os from 'node:os';
import { BUDGETS } from './budgets.ts';
import { type Absent, type Contender, type ContenderName, contenders } from './contenders.ts';
import { type CallSize, measureCalls } from './measure-calls.ts';
import { type Compared, measureEgress } from './measure-egress.ts';
import { type Footprint, measureFootprint } from './measure-footprint.ts';
import { measureStart } from './measure-start.ts';
import { measureSha256sum } from './measure-verification.ts';
import { readOptions } from './options.ts';
import type { Cell, Row } from './rows.ts';
import { makeScratch, type Scratch } from './scratch.ts';
import { median, medianDifference } from './statistics.ts';
import { renderTable, verdict } from './table.ts';

const FOOTPRINT_ROUNDS = 5;

async function measure(scratch: Scratch, rounds: number): Promise<Row[]> {
  const all = contenders(scratch, scratch.filesystem);
  const ready = all.filter(isReady);
  const absent = Object.fromEntries(
    all.flatMap((contender) => ('why' in contender ? [[contender.name, contender.why] as const] : [])),
  );
  const cells = (figures: ReadonlyMap<ContenderName, readonly number[]>): Row['cells'] => ({
    ...absent,
    ...Object.fromEntries([...figures].map(([name, values]) => [name, median(values)])),
  });

  progress('start');
  const sha256sum: number[] = [];
  const start = await measureStart(ready, scratch, rounds, () => {
    sha256sum.push(measureSha256sum(scratch.filesystem.tree));
  });
  const small = await measureStart(contenders(scratch, scratch.small).filter(isReady), scratch, rounds);
  progress('round trips');
  const calls = await measureCalls(ready, scratch, rounds);
  progress('processes');
  const footprints = new Map<ContenderName, Footprint[]>();
  for (let round = 0; round < Math.min(rounds, FOOTPRINT_ROUNDS); round += 1) {
    for (const contender of ready) {
      const footprint = await measureFootprint(contender, scratch);
      footprints.set(contender.name, [...(footprints.get(contender.name) ?? []), footprint]);
    }
  }

  progress('network');
  const egress = await measureEgress(scratch, rounds);

  const timed = (
    figures: ReadonlyMap<ContenderName, readonly number[]>,
  ): Pick<Row, 'unit' | 'cells' | 'overBare'> => {
    const [bare, cordon] = [figures.get('bare'), figures.get('cordon')];
    return {
      unit: 'ms',
      cells: cells(figures),
      ...(bare && cordon ? { overBare: medianDifference(cordon, bare) } : {}),
    };
  };
  const call = (size: CallSize): ReturnType<typeof timed> => timed(calls[size]);
  const beside = (of: (footprint: Footprint) => Cell): Row['cells'] => ({
    ...absent,
    ...Object.fromEntries([...footprints].map(([name, found]) => [name, medianCell(found.map(of))])),
  });
  return [
    {
      id: 'start-small',
      label: 'initialize answered, package of 2 files',
      ...timed(small.startMs),
      budget: BUDGETS.startWithoutVerification,
    },
    {
      id: 'start',
      label: `initialize answered, package of ${start.files} files`,
      ...timed(start.startMs),
    },
    {
      id: 'call-200B',
      label: 'call, 200 B (list_allowed_directories)',
      ...call('200 B'),
      budget: BUDGETS.call200B,
    },
    { id: 'call-64KB', label: 'call, 64 KB result (read_text_file)', ...call('64 KB') },
    { id: 'call-1MB', label: 'call, 1 MB result (read_text_file)', ...call('1 MB'), budget: BUDGETS.call1MB },
    {
      id: 'verification',
      label: `${start.files} files hashed (bare: find | xargs sha256sum)`,
      unit: 'ms',
      cells: { bare: median(sha256sum.slice(1)), cordon: median(start.verifyMs) },
      budget: BUDGETS.verification,
    },
    {
      id: 'memory',
      label: 'memory beside the idle server (RSS)',
      unit: 'MiB',
      cells: beside((footprint) => footprint.residentMiB),
      budget: BUDGETS.memory,
    },
    {
      id: 'memory-private',
      label: '  of it written to by these processes alone',
      unit: 'MiB',
      cells: beside((footprint) => footprint.privateMiB),
    },
    {
      id: 'processes',
      label: 'processes beside the server',
      unit: '',
      cells: beside((footprint) => footprint.processes),
      budget: BUDGETS.processes,
    },
    {
      id: 'gone',
      label: 'launcher killed, everything gone',
      unit: 'ms',
      cells: {
        ...beside(({ gone }) =>
          gone.kind === 'after'
            ? gone.ms
            : gone.left === 1
              ? '1 process stays'
              : `${gone.left} processes stay`,
        ),
        bare: '–',
      },
      budget: BUDGETS.gone,
    },
    {
      id: 'start-egress',
      label: 'initialize answered, network granted (bare: cordon, none granted)',
      ...compared(egress.start),
      budget: BUDGETS.startWithEgress,
    },
    {
      id: 'connect',
      label: 'connection made and heard from (bare: over loopback)',
      ...compared(egress.connect),
      budget: BUDGETS.connect,
    },
    {
      id: 'receive',
      label: '256 MiB received (bare: over loopback)',
      ...compared(egress.receive),
      budget: BUDGETS.receive,
    },
  ];
}

/** Two ways that were measured in turns, which are not the columns' own. */
function compared({ without, through }: Compared): Pick<Row, 'unit' | 'cells' | 'overBare'> {
  return {
    unit: 'ms',
    cells: { bare: median(without), cordon: median(through) },
    overBare: medianDifference(through, without),
  };
}

function isReady(contender: Contender | Absent): contender is Contender {
  return 'command' in contender;
}

/** Words win: a launcher that once left something behind did not clean up. */
function medianCell(values: readonly Cell[]): Cell {
  return values.find((value) => typeof value === 'string') ?? median(values as readonly number[]);
}

function machine(): Readonly<Record<string, string | number>> {
  const [cpu] = os.cpus();
  return {
    cpu: cpu?.model ?? 'unknown',
    cpus: os.cpus().length,
    kernel: os.release(),
    platform: `${os.platform()}-${os.arch()}`,
    user: process.getuid?.() === 0 ? 'root' : 'an ordinary user',
    load: Math.round((os.loadavg()[0] ?? 0) * 10) / 10,
  };
}

function progress(what: string): void {
  if (process.stderr.isTTY) process.stderr.write(`measuring: ${what}\n`);
}

const options = readOptions(process.argv.slice(2));
const scratch = makeScratch();
try {
  const about = { ...machine(), rounds: options.rounds };
  const rows = await measure(scratch, options.rounds);
  if (options.json) {
    const judged = rows.map((row) => ({ ...row, verdict: verdict(row) }));
    process.stdout.write(`${JSON.stringify({ machine: about, rows: judged }, undefined, 2)}\n`);
  } else {
    const words = Object.entries(about).map(([name, value]) => `${name}: ${value}`);
    process.stdout.write(`${words.join(', ')}\n\n${renderTable(rows)}\n`);
  }
} finally {
  scratch.remove();
}
