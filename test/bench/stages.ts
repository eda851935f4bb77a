// `npm run bench:stages`: where each microsecond of a C_Sign goes. The engine's own tracer times it, so the figures have its cost in them:
// a clock is read a dozen times a call. Kept in results/stages.json.

import { ask, type Traced } from '../../src/cli/control.ts';
import { stopEngine } from '../../src/cli/engine.ts';
import { LIBRARY } from '../../src/cli/library.ts';
import { gather } from '../../src/cli/speed/contestants.ts';
import { type Contestant, measure, USUAL } from '../../src/cli/speed/meter.ts';
import { table } from '../../src/cli/tables.ts';
import { keep, originOf } from './kept.ts';
import { runBench } from './program.ts';
import type { StagesCase, StagesResult } from './stages-result.ts';

const OPERATIONS = ['p-256', 'rsa-2048'];
const THREADS = [1, 8];

async function signing(home: string): Promise<Traced> {
  const found = (await ask(home, 'status'))?.stages?.find((traced) => traced.function === 'C_Sign');
  if (found === undefined) throw new Error('the engine traced no C_Sign; was another one running?');
  return found;
}

async function trace(contestant: Contestant, operation: string, threads: number, seconds: number): Promise<StagesCase> {
  const home = contestant.environment.STRONGROOM_HOME!;
  // A new engine, whose table is empty.
  await stopEngine(home);
  const { rate, p50 } = await measure(contestant, { ...USUAL, operation, threads }, seconds);
  return { operation, threads, rate, p50, ...(await signing(home)) };
}

function print(cases: readonly StagesCase[]): void {
  const names = cases[0]!.stages.map(({ stage }) => stage);
  const rows = names.map((name, at) => [name, ...cases.map(({ stages }) => stages[at]!.p50.toFixed(1))]);
  console.log('Microseconds of one C_Sign, the median of each stage.');
  console.log(table(['STAGE', ...cases.map(({ operation, threads }) => `${operation}, ${threads}`)], rows, 1));
}

async function bench(quick: boolean, interrupted: AbortSignal): Promise<void> {
  const seconds = quick ? 0.5 : 3;
  // The engines that libraries start read it.
  process.env.STRONGROOM_TRACE = 'true';
  await using contest = await gather({ modules: [LIBRARY], token: undefined });
  const cases: StagesCase[] = [];
  for (const operation of OPERATIONS) {
    for (const threads of THREADS) {
      interrupted.throwIfAborted();
      cases.push(await trace(contest.contestants[0]!, operation, threads, seconds));
    }
  }
  print(cases);
  keep<StagesResult>('stages', { ...originOf(quick), seconds, cases });
}

await runBench(bench);
