// `npm run bench:scale`: rates over threads with one core, two, and so on to all there are, by turns; and what machines with more
// would do (test/bench/scale).

import { execFile } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { keep, originOf } from './kept.ts';
import { runBench, withBar } from './program.ts';
import type { Measurement } from './scale/measure.ts';
import { conclude, type ScaleResult } from './scale-result.ts';

const OPERATIONS = ['rsa-2048', 'p-256', 'hmac-sha256', 'create-aes'];
const THREADS = [1, 2, 4, 8, 16];
const MEASURE = join(import.meta.dirname, 'scale', 'measure.ts');
const PATIENCE_MS = 300_000;

/** 1, 2, 4 and so on, and all there are. */
function coreCounts(all: number): number[] {
  const powers = Array.from({ length: Math.ceil(Math.log2(all)) }, (_, power) => 2 ** power);
  return [...powers, all];
}

/** On the first so many cores, which the engine that it starts inherits. */
async function measureOn(cores: number, seconds: number, signal: AbortSignal): Promise<Measurement> {
  const args = ['--operations', OPERATIONS.join(), '--threads', THREADS.join(), '--seconds', `${seconds}`];
  const command = ['--cpu-list', `0-${cores - 1}`, process.execPath, MEASURE, ...args];
  const { stdout } = await promisify(execFile)('taskset', command, { timeout: PATIENCE_MS, maxBuffer: 2 ** 24, signal });
  return JSON.parse(stdout) as Measurement;
}

async function bench(quick: boolean, interrupted: AbortSignal): Promise<void> {
  const { rounds, seconds } = quick ? { rounds: 1, seconds: 0.15 } : { rounds: 3, seconds: 0.3 };
  const counts = coreCounts(availableParallelism());
  const measurements: Measurement[] = [];
  const origin = originOf(quick);
  await withBar(rounds * counts.length, interrupted, async (tell) => {
    for (let round = 0; round < rounds; round++) {
      for (const cores of counts) {
        tell(`${cores} cores`);
        measurements.push(await measureOn(cores, seconds, interrupted));
      }
    }
  });
  keep<ScaleResult>('scale', { ...origin, seconds, rounds: measurements, ...conclude(measurements) });
}

await runBench(bench);
