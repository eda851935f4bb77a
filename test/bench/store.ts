// `npm run bench:store`: what must not depend on how many objects there are: finding a key by CKA_ID in stores of a hundred, ten thousand and a
// million keys; and, in the smallest and the largest of them, all that `npm run bench:start` measures.

import { existsSync, readFileSync } from 'node:fs';
import { LIBRARY } from '../../src/cli/library.ts';
import { SOFTHSM } from '../../src/cli/own-store.ts';
import { type Contest, gather } from '../../src/cli/speed/contestants.ts';
import { type Contestant, measure, USUAL } from '../../src/cli/speed/meter.ts';
import { fill } from './fill.ts';
import { keep, originOf } from './kept.ts';
import { runBench, type Tell, withBar } from './program.ts';
import { measureStart } from './start.ts';
import type { Started, StartResult } from './start-result.ts';
import type { StoreResult, StoreSize } from './store-result.ts';

const THREADS = [1, 2, 8];
/** A store, and what is found of it round by round. */
interface Place {
  readonly contestant: Contestant;
  readonly objects: number;
  readonly memory: number[];
  readonly finds: { threads: number; rates: number[]; p99: number[] }[];
}

const placeOf = (contestant: Contestant, objects: number): Place => ({
  contestant,
  objects,
  memory: [],
  finds: THREADS.map((threads) => ({ threads, rates: [], p99: [] })),
});

const isServed = ({ environment }: Contestant) => environment.STRONGROOM_HOME !== undefined;
/** MB that are resident of the engine. */
async function memoryOf(contestant: Contestant): Promise<number> {
  const rollup = readFileSync(`/proc/${await contestant.engine()}/smaps_rollup`, 'utf8');
  return (Number(/^Rss: +(\d+)/m.exec(rollup)![1]) * 1024) / 1e6;
}

async function search({ contestant, objects, memory, finds }: Place, seconds: number): Promise<void> {
  for (const { threads, rates, p99 } of finds) {
    const sample = await measure(contestant, { ...USUAL, operation: 'find', threads, objects }, seconds);
    rates.push(sample.rate);
    p99.push(sample.p99);
  }
  if (isServed(contestant)) memory.push(await memoryOf(contestant));
}

const sizeOf = ({ contestant, objects, memory, finds }: Place): StoreSize => ({ module: contestant.name, objects, memory, finds });

/** Ours by turns; then SoftHSM, whose store grows from one size to the next. */
async function measureAll(ours: readonly Contest[], theirs: Contest | undefined, plan: Plan, tell: Tell, signal: AbortSignal) {
  const places = ours.map(({ contestants }, at) => placeOf(contestants[0]!, plan.sizes[at]!));
  const began = performance.now();
  for (const { contestant, objects } of places) {
    tell(`a store of ${objects} objects`);
    await fill(contestant, objects, signal);
  }
  const made = (performance.now() - began) / 1000;
  const others = theirs === undefined ? [] : plan.theirs.map((objects) => placeOf(theirs.contestants[0]!, objects));
  const round = async (place: Place) => {
    tell(`${place.contestant.name} with ${place.objects} objects`);
    await search(place, plan.seconds);
  };
  for (let turn = 0; turn < plan.rounds; turn++) for (const place of turn % 2 === 0 ? places : places.toReversed()) await round(place);
  for (const place of others) for (let turn = 0; turn < plan.rounds; turn++) await round(place);
  const stores: Started[] = [];
  for (const { contestant, objects } of [places[0]!, places.at(-1)!])
    stores.push(await measureStart(contestant, objects, plan.starts, (what) => tell(what, 0)));
  return { made, sizes: [...places, ...others].map(sizeOf), stores };
}

interface Plan {
  readonly rounds: number;
  readonly seconds: number;
  readonly starts: number;
  readonly sizes: readonly number[];
  /** With more of them SoftHSM needs a quarter of an hour. */
  readonly theirs: readonly number[];
}

async function bench(quick: boolean, interrupted: AbortSignal): Promise<void> {
  const plan: Plan = quick
    ? { rounds: 2, seconds: 0.2, starts: 3, sizes: [100, 10_000, 50_000], theirs: [100] }
    : { rounds: 5, seconds: 0.4, starts: 9, sizes: [100, 10_000, 1_000_000], theirs: [100, 1000] };
  const origin = originOf(quick);
  await using contests = new AsyncDisposableStack();
  const ours: Contest[] = [];
  for (const _ of plan.sizes) ours.push(contests.use(await gather({ modules: [LIBRARY], token: undefined })));
  const softhsm = SOFTHSM.find(existsSync);
  const theirs = softhsm === undefined ? undefined : contests.use(await gather({ modules: [softhsm], token: undefined }));
  const steps = plan.sizes.length * (plan.rounds + 1) + plan.theirs.length * plan.rounds;
  const { stores, ...found } = await withBar(steps, interrupted, (tell) => measureAll(ours, theirs, plan, tell, interrupted));
  keep<StoreResult>('store', { ...origin, rounds: plan.rounds, seconds: plan.seconds, ...found });
  keep<StartResult>('start', { ...origin, stores });
}

await runBench(bench);
