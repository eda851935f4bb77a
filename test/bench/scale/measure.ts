// Measures on the cores that this process was given (taskset): rates over threads, and whose processor time an operation takes.
// A program of its own, because an engine has the cores of who started it. Prints JSON.

import { readdirSync, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { interruption } from '../../../src/cli/interruption.ts';
import { LIBRARY } from '../../../src/cli/library.ts';
import { gather } from '../../../src/cli/speed/contestants.ts';
import { type Contestant, measure, USUAL } from '../../../src/cli/speed/meter.ts';
import { hasLimit, opensslLimit } from '../limit.ts';

export interface ScaleSample {
  readonly operation: string;
  readonly cores: number;
  readonly threads: number;
  readonly rate: number;
  /** Microseconds of processor time for each operation. */
  readonly application: number;
  readonly engine: number;
  /** The supervisor's part of the engine's. */
  readonly supervisor: number;
  readonly p50: number;
  readonly p99: number;
}

/** What OpenSSL alone does with as many threads as cores. */
export interface ScaleLimit {
  readonly operation: string;
  readonly cores: number;
  readonly rate: number;
}

export interface Measurement {
  readonly samples: readonly ScaleSample[];
  readonly limits: readonly ScaleLimit[];
}

/** Nanoseconds of processor time that each thread of a process has had. */
function threadTimes(pid: number): Map<number, number> {
  const tasks = `/proc/${pid}/task`;
  return new Map(
    readdirSync(tasks).map((task) => [Number(task), Number(readFileSync(join(tasks, task, 'schedstat'), 'utf8').split(' ')[0])]),
  );
}

/** The main thread is the supervisor. */
function supervisorPart(pid: number, before: ReadonlyMap<number, number>): number {
  const spent = [...threadTimes(pid)].map(([task, time]) => ({ task, time: time - (before.get(task) ?? 0) }));
  const all = spent.reduce((sum, { time }) => sum + time, 0);
  return all === 0 ? 0 : spent.find(({ task }) => task === pid)!.time / all;
}

async function sampleOf(contestant: Contestant, operation: string, threads: number, seconds: number): Promise<ScaleSample> {
  const pid = (await contestant.engine())!;
  const before = threadTimes(pid);
  const sample = await measure(contestant, { ...USUAL, operation, threads }, seconds);
  const each = (time: number) => (1e6 * time) / sample.done;
  const engine = each(sample.beside);
  return {
    operation,
    cores: availableParallelism(),
    threads,
    rate: sample.rate,
    application: each(sample.user + sample.system),
    engine,
    supervisor: engine * supervisorPart(pid, before),
    p50: sample.p50,
    p99: sample.p99,
  };
}

/** A machine that was busy with something else for so long that nothing was done is asked again. */
async function patiently(take: () => Promise<ScaleSample>): Promise<ScaleSample> {
  for (let attempt = 1; attempt <= 3; attempt++) {
    const sample = await take();
    if (sample.rate > 0) return sample;
  }
  throw new Error('nothing was done, three times over');
}

async function measureAll(operations: readonly string[], threads: readonly number[], seconds: number): Promise<Measurement> {
  await using contest = await gather({ modules: [LIBRARY], token: undefined });
  const [contestant] = contest.contestants as [Contestant];
  const cores = availableParallelism();
  const interrupted = interruption();
  const [samples, limits]: [ScaleSample[], ScaleLimit[]] = [[], []];
  for (const operation of operations) {
    for (const count of threads) {
      interrupted.throwIfAborted();
      samples.push(await patiently(() => sampleOf(contestant, operation, count, seconds)));
    }
    if (hasLimit(operation)) limits.push({ operation, cores, rate: await opensslLimit(operation, cores, seconds) });
  }
  return { samples, limits };
}

if (import.meta.main) {
  const { values } = parseArgs({ options: { operations: { type: 'string' }, threads: { type: 'string' }, seconds: { type: 'string' } } });
  const threads = values.threads!.split(',').map(Number);
  console.log(JSON.stringify(await measureAll(values.operations!.split(','), threads, Number(values.seconds))));
}
