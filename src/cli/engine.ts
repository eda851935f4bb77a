// `strongroom status`, `stop` and `serve`: the engine's own life.

import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { readSettings } from '../settings.ts';
import type { Command, Options, Outcome } from './command.ts';
import { ask, type Status, type Traced } from './control.ts';
import { EXIT, Failure } from './failure.ts';
import { ROOT } from './library.ts';
import { table } from './tables.ts';

const LOOKS = 100;
const BETWEEN_LOOKS_MS = 100;
/** Functions whose stages a person wants to see: the ones that are called most. */
const STAGES_SHOWN = 3;

function describe(status: Status): string {
  const left = status.idle_seconds_left;
  const rows = [
    ['process', status.pid],
    ['version', status.version],
    ['store', status.home],
    ['running for', `${Math.round(status.uptime)} s`],
    ['workers', status.workers],
    ['tokens', status.tokens],
    ['applications', status.applications.length],
    ...(status.contended.length > 0
      ? [['contended objects', status.contended.map(({ object, times }) => `${object} (${times})`).join(', ')]]
      : []),
    ...(typeof left === 'number' ? [['stops in', `${Math.ceil(left)} s`]] : []),
  ] as (string | number)[][];
  const applications = status.applications.map(({ pid, uid, sessions }) => [pid, uid, sessions]);
  return [
    table(['ENGINE', ''], rows),
    ...(applications.length > 0 ? ['', table(['PID', 'UID', 'SESSIONS'], applications)] : []),
    ...often(status.stages ?? []).flatMap((traced) => ['', stagesOf(traced)]),
  ].join('\n');
}

const often = (functions: readonly Traced[]) => functions.toSorted((one, other) => other.calls - one.calls).slice(0, STAGES_SHOWN);
const stagesOf = ({ function: name, calls, stages }: Traced) =>
  table(
    [`${name} (${calls})`, 'P50 µs', 'P99 µs', 'MEAN µs'],
    stages.map(({ stage, p50, p99, mean }) => [stage, ...[p50, p99, mean].map((time) => time.toFixed(1))]),
    1,
  );

export const status: Command = {
  name: 'status',
  summary: 'say whether the engine runs and whom it serves (exit code 3 if it does not run)',
  options: [],
  async run(): Promise<Outcome> {
    const { home } = readSettings();
    const answer = await ask(home, 'status');
    if (answer) return { json: { running: true, ...answer }, text: describe(answer) };
    return { json: { running: false, home }, text: `No engine is running for ${home}.`, exitCode: EXIT.notRunning };
  },
};

function lives(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // ESRCH is the answer "no"; EPERM means that it is there and another user's.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

async function gone(pid: number): Promise<void> {
  for (let look = 0; look < LOOKS; look++) {
    if (!lives(pid)) return;
    await sleep(BETWEEN_LOOKS_MS);
  }
  throw new Failure(`The engine (process ${pid}) was told to stop and still runs; look at engine.log in the store’s folder.`);
}

/** @returns its process, ended; undefined if none ran. */
export async function stopEngine(home: string): Promise<number | undefined> {
  const running = await ask(home, 'status');
  const answer = running && (await ask(home, 'stop'));
  if (!running || !answer) return undefined;
  await gone(running.pid);
  return running.pid;
}

export const stop: Command = {
  name: 'stop',
  summary: 'stop the engine; the next application starts a new one',
  options: [],
  async run(): Promise<Outcome> {
    const { home } = readSettings();
    const pid = await stopEngine(home);
    if (pid === undefined) return { json: { stopped: false, running: false, home }, text: `No engine is running for ${home}.` };
    return { json: { stopped: true, pid, home }, text: `The engine (process ${pid}) has stopped.` };
  },
};

export const serve: Command = {
  name: 'serve',
  summary: 'run the engine in the foreground, as a service does',
  options: [['--on-demand', 'as C_Initialize starts it: quit when idle']],
  run(options: Options): Outcome {
    const { home } = readSettings();
    const launcher = join(ROOT, 'bin', 'strongroom');
    // The launcher, now that the store is known, replaces this process by the engine and gives it its permissions.
    process.execve?.(launcher, [launcher, 'serve', ...(options.onDemand ? ['--on-demand'] : [])], {
      ...environment(),
      STRONGROOM_HOME: home,
    });
    throw new Failure('This Node cannot become the engine; run `npm install` to have the one that package.json pins.');
  },
};

const environment = () =>
  Object.fromEntries(Object.entries(process.env).filter((entry): entry is [string, string] => entry[1] !== undefined));
