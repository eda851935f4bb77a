// `npm run bench:locking`: what a lock costs. Strongroom and SoftHSM in every form of C_Initialize, with a session a thread, one for all
// and sessions that are handed on, and how many locks each takes for a signature. Kept in results/locking.json; docs/locking.md is made of it.

import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { ROOT } from '../../src/cli/library.ts';
import { type Case, type Contestant, FORMS, measure, reasonOf, SHARINGS, USUAL } from '../../src/cli/speed/meter.ts';
import { gatherBoth } from './both.ts';
import { keep, originOf } from './kept.ts';
import type { Form, LockingResult, Price, Promised, Run } from './locking-result.ts';
import { runBench, type Tell, withBar } from './program.ts';

const OPERATIONS = ['p-256', 'rsa-2048'];
const THREADS = [1, 2, 8, 64];
/** The zero struct says what NULL says: what lies between the two is the machine's noise. */
const PRICED: readonly Form[] = ['null', 'zero', 'os', 'app'];
const BROKEN = { threads: 8, runs: 10 };
/** Milliseconds, keys being made included: what was given two threads against its word may wait for ever. */
const PATIENCE = 30_000;
const INTERPOSER = join(ROOT, 'build', 'Release', 'lockcheck-interposer.so');

type Plan = Pick<LockingResult, 'rounds' | 'priceSeconds' | 'seconds'>;

const QUICK: Plan = { rounds: 2, priceSeconds: 0.05, seconds: 0.1 };
/** Many short rounds say more about a ratio than few long ones: what slows the machine down for a while spoils one of them. */
const WHOLE: Plan = { rounds: 37, priceSeconds: 0.12, seconds: 0.4 };

type Asked = Pick<Case, 'operation' | 'threads' | 'form' | 'sharing'>;

const every = (sharings: readonly Case['sharing'][], threads: readonly number[]): Asked[] =>
  OPERATIONS.flatMap((operation) =>
    sharings.flatMap((sharing) => threads.flatMap((count) => FORMS.map((form) => ({ operation, sharing, threads: count, form })))),
  );

/** A module that crashes, hangs or refuses is a result. */
async function attempt(contestant: Contestant, asked: Asked, seconds: number): Promise<Run> {
  const place = { module: contestant.name, ...asked };
  try {
    const { done, refused, rate, p50, p99, fairness, locks, ownLocks, otherLocks } = await measure(
      contestant,
      { ...USUAL, ...asked },
      seconds,
      PATIENCE,
    );
    const sample = { done, refused, rate, p50, p99, fairness, locks };
    return { ...place, sample: ownLocks === undefined || otherLocks === undefined ? sample : { ...sample, ownLocks, otherLocks } };
  } catch (error) {
    return { ...place, failed: reasonOf(error) };
  }
}

async function matrix(contestants: readonly Contestant[], cases: readonly Asked[], { seconds }: Plan, tell: Tell): Promise<Run[]> {
  const runs: Run[] = [];
  for (const asked of cases) {
    for (const contestant of contestants) {
      tell(`${asked.operation}, ${asked.form}, sessions ${asked.sharing}, ${asked.threads} threads, ${contestant.name}`);
      runs.push(await attempt(contestant, asked, seconds));
    }
  }
  return runs;
}

/** The forms by turns, each round beginning with another, so that a machine that gets slower favours none. */
async function priced(contestant: Contestant, threads: readonly number[], { rounds, priceSeconds }: Plan, tell: Tell): Promise<Price[]> {
  const prices = OPERATIONS.flatMap((operation) =>
    threads.map((count) => ({
      module: contestant.name,
      operation,
      threads: count,
      rates: Object.fromEntries(PRICED.map((form) => [form, [] as number[]])),
    })),
  );
  for (let round = 0; round < rounds; round++) {
    for (const { operation, threads: count, rates } of prices) {
      for (const at of PRICED.keys()) {
        const form = PRICED[(at + round) % PRICED.length]!;
        tell(`the price of ${form}, ${operation}, ${count} threads, ${contestant.name}`);
        const { sample, failed } = await attempt(contestant, { operation, threads: count, form, sharing: 'own' }, priceSeconds);
        if (sample?.rate === undefined) throw new Error(`${contestant.name}, ${operation}, ${form}, ${count} threads: ${failed}`);
        rates[form]!.push(sample.rate);
      }
    }
  }
  return prices;
}

async function promised(contestant: Contestant, { seconds }: Plan, tell: Tell): Promise<Promised> {
  const failed: string[] = [];
  for (let run = 0; run < BROKEN.runs; run++) {
    tell(`a promise broken, ${contestant.name}`);
    const outcome = await attempt(contestant, { operation: 'rsa-2048', threads: BROKEN.threads, form: 'null', sharing: 'own' }, seconds);
    if (outcome.failed !== undefined) failed.push(outcome.failed);
  }
  return { module: contestant.name, ...BROKEN, failed };
}

const watched = (contestant: Contestant): Contestant => ({
  ...contestant,
  environment: { ...contestant.environment, LD_PRELOAD: INTERPOSER },
});

async function bench(quick: boolean, interrupted: AbortSignal): Promise<void> {
  const plan = quick ? QUICK : WHOLE;
  const [all, few] = [every(SHARINGS, THREADS), every(['own'], [1, 8])];
  await using contest = await gatherBoth();
  const [strongroom, softhsm] = contest.contestants as [Contestant, Contestant];
  const turns = plan.rounds * OPERATIONS.length * PRICED.length;
  const steps = 2 * (all.length + few.length + BROKEN.runs) + turns * (THREADS.length + 1);
  const measured = await withBar(steps, interrupted, async (tell) => ({
    promised: [await promised(strongroom, plan, tell), await promised(softhsm, plan, tell)],
    // SoftHSM in one thread: with more it would not live to be measured in all of these forms.
    prices: [...(await priced(strongroom, THREADS, plan, tell)), ...(await priced(softhsm, [1], plan, tell))],
    counted: await matrix(contest.contestants.map(watched), few, plan, tell),
    runs: await matrix(contest.contestants, all, plan, tell),
  }));
  keep<LockingResult>('locking', { ...originOf(quick), ...plan, ...measured });
  execFileSync(process.execPath, [join(ROOT, 'tools', 'generate.ts')], { stdio: 'inherit' });
}

await runBench(bench);
