// `npm run bench:store`: what must not depend on how many objects there are: starting, logging in, memory, and finding a key by CKA_ID, with
// stores of a hundred, ten thousand and a million.

import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { SingleBar } from 'cli-progress';
import { stopEngine } from '../../src/cli/engine.ts';
import { LIBRARY } from '../../src/cli/library.ts';
import { SOFTHSM } from '../../src/cli/own-store.ts';
import { type Contest, gather } from '../../src/cli/speed/contestants.ts';
import { type Contestant, measure } from '../../src/cli/speed/meter.ts';
import { fill } from './fill.ts';
import { interruption } from './interruption.ts';
import { keep, originOf } from './kept.ts';
import type { Observed } from './store-application.ts';
import type { StoreResult, StoreSize } from './store-result.ts';

const THREADS = [1, 2, 8];
const APPLICATION = join(import.meta.dirname, 'store-application.ts');
/** C_Initialize where the engine runs, one after the other: the first of them is of another kind. */
const TIMES = 20;

/** A store, and what is found of it round by round. */
interface Place {
  readonly contestant: Contestant;
  readonly objects: number;
  readonly found: { -readonly [name in keyof Omit<StoreSize, 'module' | 'objects' | 'finds'>]: number[] };
  readonly finds: { threads: number; rates: number[]; p99: number[] }[];
}

const placeOf = (contestant: Contestant, objects: number): Place => ({
  contestant,
  objects,
  found: { running: [], started: [], login: [], idle: [], after: [], application: [] },
  finds: THREADS.map((threads) => ({ threads, rates: [], p99: [] })),
});

const isServed = ({ environment }: Contestant) => environment.STRONGROOM_HOME !== undefined;
const stop = async ({ environment }: Contestant): Promise<void> => {
  if (environment.STRONGROOM_HOME !== undefined) await stopEngine(environment.STRONGROOM_HOME);
};

async function apply({ module, label, pin, environment }: Contestant, times: number): Promise<Observed> {
  const env = { ...process.env, ...environment, STRONGROOM_PIN: pin };
  const args = [APPLICATION, '--module', module, '--label', label, '--times', `${times}`];
  return JSON.parse((await promisify(execFile)(process.execPath, args, { env })).stdout) as Observed;
}

/** MB that are resident of the engine. */
async function memoryOf(contestant: Contestant): Promise<number> {
  const rollup = readFileSync(`/proc/${await contestant.engine()}/smaps_rollup`, 'utf8');
  return (Number(/^Rss: +(\d+)/m.exec(rollup)![1]) * 1024) / 1e6;
}

const middle = (values: readonly number[]) => values.toSorted((a, b) => a - b)[values.length >> 1]!;

async function start({ contestant, found }: Place): Promise<void> {
  if (isServed(contestant)) {
    await stop(contestant);
    found.started.push((await apply(contestant, 1)).initialise[0]!);
    found.idle.push(await memoryOf(contestant));
  }
  const { initialise, login, memory } = await apply(contestant, TIMES);
  found.running.push(middle(initialise.slice(1)));
  found.login.push(login);
  found.application.push(memory);
}

async function search({ contestant, objects, found, finds }: Place, seconds: number): Promise<void> {
  for (const { threads, rates, p99 } of finds) {
    const what = { operation: 'find', threads, form: 'os', sharing: 'own', sessionKeys: false, size: undefined, objects } as const;
    const sample = await measure(contestant, what, seconds);
    rates.push(sample.rate);
    p99.push(sample.p99);
  }
  if (isServed(contestant)) found.after.push(await memoryOf(contestant));
}

const sizeOf = ({ contestant, objects, found, finds }: Place): StoreSize => ({ module: contestant.name, objects, ...found, finds });

/** Ours by turns; then SoftHSM, whose store grows from one size to the next. */
async function measureAll(ours: readonly Contest[], theirs: Contest | undefined, plan: Plan, tell: (what: string) => void) {
  const places = ours.map(({ contestants }, at) => placeOf(contestants[0]!, plan.sizes[at]!));
  const signal = interruption();
  const began = performance.now();
  for (const { contestant, objects } of places) {
    tell(`a store of ${objects} objects`);
    await fill(contestant, objects, () => stop(contestant), signal);
  }
  const made = (performance.now() - began) / 1000;
  const others = theirs === undefined ? [] : plan.theirs.map((objects) => placeOf(theirs.contestants[0]!, objects));
  const round = async (place: Place) => {
    signal.throwIfAborted();
    tell(`${place.contestant.name} with ${place.objects} objects`);
    await search(place, plan.seconds);
    await start(place);
  };
  for (let turn = 0; turn < plan.rounds; turn++) for (const place of turn % 2 === 0 ? places : places.toReversed()) await round(place);
  for (const place of others) for (let turn = 0; turn < plan.rounds; turn++) await round(place);
  return { made, sizes: [...places, ...others].map(sizeOf) };
}

interface Plan {
  readonly rounds: number;
  readonly seconds: number;
  readonly sizes: readonly number[];
  /** With more of them SoftHSM needs a quarter of an hour. */
  readonly theirs: readonly number[];
}

async function bench(quick: boolean): Promise<void> {
  const plan: Plan = quick
    ? { rounds: 2, seconds: 0.2, sizes: [100, 10_000, 50_000], theirs: [100] }
    : { rounds: 5, seconds: 0.4, sizes: [100, 10_000, 1_000_000], theirs: [100, 1000] };
  const origin = originOf(quick);
  const bar = new SingleBar({ format: '[{bar}] {percentage}%  {what}', hideCursor: true, clearOnComplete: true });
  bar.start(plan.sizes.length * (plan.rounds + 1) + plan.theirs.length * plan.rounds, 0, { what: '' });
  await using contests = new AsyncDisposableStack();
  try {
    const ours: Contest[] = [];
    for (const _ of plan.sizes) ours.push(contests.use(await gather({ modules: [LIBRARY], token: undefined })));
    const softhsm = SOFTHSM.find(existsSync);
    const theirs = softhsm === undefined ? undefined : contests.use(await gather({ modules: [softhsm], token: undefined }));
    const found = await measureAll(ours, theirs, plan, (what) => bar.increment({ what }));
    const result: StoreResult = { ...origin, rounds: plan.rounds, seconds: plan.seconds, ...found };
    console.log(`Kept in ${keep('store', result)}`);
  } finally {
    bar.stop();
  }
}

const { values } = parseArgs({ options: { quick: { type: 'boolean', default: false } } });
await bench(values.quick);
