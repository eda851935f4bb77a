// `npm run bench:locking`: what a lock costs. Strongroom and SoftHSM in every form of C_Initialize, with a session a thread, one for all
// and sessions that are handed on, and how many locks each takes for a signature. Kept in results/locking.json; docs/locking.md is made of it.

import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { SingleBar } from 'cli-progress';
import { LIBRARY, ROOT } from '../../src/cli/library.ts';
import { SOFTHSM } from '../../src/cli/own-store.ts';
import { gather } from '../../src/cli/speed/contestants.ts';
import { type Case, type Contestant, FORMS, measure, reasonOf, SHARINGS } from '../../src/cli/speed/meter.ts';
import { interruption } from './interruption.ts';
import { keep, originOf } from './kept.ts';
import type { Form, LockingResult, Price, Promised, Run } from './locking-result.ts';

const OPERATIONS = ['p-256', 'rsa-2048'];
const THREADS = [1, 2, 8, 64];
/** The zero struct says what NULL says: what lies between the two is the machine's noise. */
const PRICED: readonly Form[] = ['null', 'zero', 'os', 'app'];
const BROKEN = { threads: 8, runs: 10 };
/** Milliseconds, keys being made included: what was given two threads against its word may wait for ever. */
const PATIENCE = 30_000;
const INTERPOSER = join(ROOT, 'build', 'Release', 'lockcheck-interposer.so');

const { values: options } = parseArgs({ options: { quick: { type: 'boolean', default: false } } });
/** Many short rounds say more about a ratio than few long ones: what slows the machine down for a while spoils one of them. */
const { rounds, priceSeconds, seconds } = options.quick
  ? { rounds: 2, priceSeconds: 0.05, seconds: 0.1 }
  : { rounds: 37, priceSeconds: 0.12, seconds: 0.4 };

type Asked = Pick<Case, 'operation' | 'threads' | 'form' | 'sharing'>;

const every = (sharings: readonly Case['sharing'][], threads: readonly number[]): Asked[] =>
  OPERATIONS.flatMap((operation) =>
    sharings.flatMap((sharing) => threads.flatMap((count) => FORMS.map((form) => ({ operation, sharing, threads: count, form })))),
  );

/** A module that crashes, hangs or refuses is a result. */
async function attempt(contestant: Contestant, asked: Asked, duration = seconds): Promise<Run> {
  const place = { module: contestant.name, ...asked };
  try {
    const { done, refused, rate, p50, p99, fairness, locks, ownLocks, otherLocks } = await measure(
      contestant,
      { ...asked, sessionKeys: false, size: undefined, objects: 1 },
      duration,
      PATIENCE,
    );
    const sample = { done, refused, rate, p50, p99, fairness, locks };
    return { ...place, sample: ownLocks === undefined || otherLocks === undefined ? sample : { ...sample, ownLocks, otherLocks } };
  } catch (error) {
    return { ...place, failed: reasonOf(error) };
  }
}

type Tell = (what: string) => void;

async function matrix(contestants: readonly Contestant[], cases: readonly Asked[], tell: Tell): Promise<Run[]> {
  const runs: Run[] = [];
  for (const asked of cases) {
    for (const contestant of contestants) {
      tell(`${asked.operation}, ${asked.form}, sessions ${asked.sharing}, ${asked.threads} threads, ${contestant.name}`);
      runs.push(await attempt(contestant, asked));
    }
  }
  return runs;
}

/** The forms by turns, each round beginning with another, so that a machine that gets slower favours none. */
async function priced(contestant: Contestant, threads: readonly number[], tell: Tell): Promise<Price[]> {
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

async function promised(contestant: Contestant, tell: Tell): Promise<Promised> {
  const failed: string[] = [];
  for (let run = 0; run < BROKEN.runs; run++) {
    tell(`a promise broken, ${contestant.name}`);
    const outcome = await attempt(contestant, { operation: 'rsa-2048', threads: BROKEN.threads, form: 'null', sharing: 'own' });
    if (outcome.failed !== undefined) failed.push(outcome.failed);
  }
  return { module: contestant.name, ...BROKEN, failed };
}

const watched = (contestant: Contestant): Contestant => ({
  ...contestant,
  environment: { ...contestant.environment, LD_PRELOAD: INTERPOSER },
});

async function measureAll(contestants: readonly Contestant[]): Promise<Pick<LockingResult, 'promised' | 'prices' | 'counted' | 'runs'>> {
  const [all, few] = [every(SHARINGS, THREADS), every(['own'], [1, 8])];
  const turns = rounds * OPERATIONS.length * PRICED.length;
  const bar = new SingleBar({ format: '[{bar}] {percentage}%  {what}', hideCursor: true, clearOnComplete: true });
  bar.start(2 * (all.length + few.length + BROKEN.runs) + turns * (THREADS.length + 1), 0, { what: '' });
  const interrupted = interruption();
  const tell = (what: string) => {
    interrupted.throwIfAborted();
    bar.increment({ what });
  };
  const [strongroom, softhsm] = contestants as [Contestant, Contestant];
  try {
    return {
      promised: [await promised(strongroom, tell), await promised(softhsm, tell)],
      // SoftHSM in one thread: with more it would not live to be measured in all of these forms.
      prices: [...(await priced(strongroom, THREADS, tell)), ...(await priced(softhsm, [1], tell))],
      counted: await matrix(contestants.map(watched), few, tell),
      runs: await matrix(contestants, all, tell),
    };
  } finally {
    bar.stop();
  }
}

async function bench(): Promise<void> {
  await using contest = await gather({ modules: [LIBRARY, SOFTHSM.find(existsSync)!], token: undefined });
  const result: LockingResult = {
    ...originOf(options.quick),
    seconds,
    priceSeconds,
    rounds,
    ...(await measureAll(contest.contestants)),
  };
  console.log(`Kept in ${keep('locking', result)}`);
  execFileSync(process.execPath, [join(ROOT, 'tools', 'generate.ts')], { stdio: 'inherit' });
}

if (SOFTHSM.some(existsSync)) await bench();
else {
  console.error('SoftHSM is missing, and a comparison needs it; install it (Debian: softhsm2).');
  process.exitCode = 1;
}
