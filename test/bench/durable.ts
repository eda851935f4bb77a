// `npm run bench:durable`: keys made durably, ours and SoftHSM's by turns, beside the disk's own rate; and signatures while something slow
// goes on for another application. Kept in results/durable.json.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Contestant, measure, type Sample, USUAL } from '../../src/cli/speed/meter.ts';
import { summarise } from '../../src/cli/speed/rounds.ts';
import { table } from '../../src/cli/tables.ts';
import { gatherBoth } from './both.ts';
import { type DiskRate, diskRate } from './disk.ts';
import type { Beside, Creation, DurableResult } from './durable-result.ts';
import { fill } from './fill.ts';
import { keep, originOf } from './kept.ts';
import { runBench, type Tell, withBar } from './program.ts';
import { SLOW, type Slow, start } from './slow-things.ts';

const THREADS = [1, 8];
const OPERATIONS = ['p-256', 'rsa-2048'];

type Plan = Pick<DurableResult, 'rounds' | 'seconds' | 'objects'>;
type Measured = Pick<DurableResult, 'disk' | 'creations' | 'beside'>;

interface Place<What> {
  readonly what: What;
  readonly samples: Sample[];
}

/** A round: the disk, and then each module, the other one first every second time. */
async function createAll(
  contestants: readonly Contestant[],
  { rounds, seconds }: Plan,
  tell: Tell,
): Promise<Pick<Measured, 'disk' | 'creations'>> {
  const folder = mkdtempSync(join(tmpdir(), 'strongroom-disk-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  const disk: DiskRate[] = [];
  const places: Place<{ contestant: Contestant; threads: number }>[] = THREADS.flatMap((threads) =>
    contestants.map((contestant) => ({ what: { contestant, threads }, samples: [] })),
  );
  for (let round = 0; round < rounds; round++) {
    tell('the disk alone');
    disk.push(diskRate(folder, seconds / 2));
    for (const { what, samples } of round % 2 === 0 ? places : places.toReversed()) {
      tell(`creation, ${what.threads} threads, ${what.contestant.name}`);
      samples.push(await measure(what.contestant, { ...USUAL, operation: 'create-aes', threads: what.threads }, seconds));
    }
  }
  return { disk, creations: places.map(({ what, samples }) => creation(what.contestant.name, what.threads, samples)) };
}

const each = (samples: readonly Sample[], value: (sample: Sample) => number) => samples.map((sample) => Number(value(sample).toFixed(1)));

const creation = (module: string, threads: number, samples: readonly Sample[]): Creation => ({
  module,
  threads,
  rates: each(samples, ({ rate }) => rate),
  p50: each(samples, ({ p50 }) => p50),
  p99: each(samples, ({ p99 }) => p99),
  application: each(samples, ({ user, system, done }) => ((user + system) / done) * 1e6),
  engine: each(samples, ({ beside, done }) => (beside / done) * 1e6),
});

async function signBeside(contestant: Contestant, { rounds, seconds }: Plan, tell: Tell): Promise<Beside[]> {
  const places: Place<{ operation: string; slow: Slow; done: number[] }>[] = OPERATIONS.flatMap((operation) =>
    SLOW.map((slow) => ({ what: { operation, slow, done: [] }, samples: [] })),
  );
  for (let round = 0; round < rounds; round++) {
    for (const { what, samples } of places) {
      tell(`${what.operation} beside ${what.slow}`);
      const began = performance.now();
      const running = await start(what.slow, contestant);
      samples.push(await measure(contestant, { ...USUAL, operation: what.operation }, seconds));
      what.done.push(Number(((await running.stop()) / ((performance.now() - began) / 1000)).toFixed(2)));
    }
  }
  return places.map(({ what, samples }) => ({
    ...what,
    rates: each(samples, ({ rate }) => rate),
    p50: each(samples, ({ p50 }) => p50),
    p99: each(samples, ({ p99 }) => p99),
    longest: each(samples, ({ longest }) => longest),
  }));
}

const whole = (values: readonly number[]) => Math.round(summarise(values).median).toLocaleString('en');
const spread = (values: readonly number[]) => {
  const { median, least, most } = summarise(values);
  return `${median.toFixed(2)}  (${least.toFixed(2)} to ${most.toFixed(2)})`;
};

function print({ disk, creations, beside }: Measured): void {
  const perSecond = (kind: keyof DiskRate) => whole(disk.map((rate) => rate[kind]));
  console.log(
    `The disk alone, 4 KiB and an fsync: ${perSecond('append')} a second behind a file's end, ${perSecond('rewrite')} within it.`,
  );
  const rows = creations.map(({ module, threads, rates, p50, p99, engine }) => {
    const times = rates.map((rate, round) => rate / disk[round]!.append);
    return [module, threads, whole(rates), spread(times), whole(p50), whole(p99), whole(engine)];
  });
  console.log(table(['MODULE', 'THREADS', 'KEYS A SECOND', 'TIMES THE DISK', 'P50 µs', 'P99 µs', 'ENGINE µs'], rows, 1));
  const slow = beside.map((one) => [
    one.operation,
    one.slow,
    whole(one.rates),
    whole(one.p50),
    whole(one.p99),
    whole(one.longest),
    spread(one.done),
  ]);
  console.log(table(['SIGNING', 'BESIDE', 'A SECOND', 'P50 µs', 'P99 µs', 'LONGEST µs', 'SLOW THINGS A SECOND'], slow, 2));
}

async function bench(quick: boolean, interrupted: AbortSignal): Promise<void> {
  const plan: Plan = quick ? { rounds: 2, seconds: 0.4, objects: 1000 } : { rounds: 5, seconds: 1, objects: 100_000 };
  await using contest = await gatherBoth();
  const { contestants } = contest;
  const steps = plan.rounds * (1 + THREADS.length * contestants.length + OPERATIONS.length * SLOW.length) + 1;
  const measured = await withBar(steps, interrupted, async (tell): Promise<Measured> => {
    const created = await createAll(contestants, plan, tell);
    // What reads or moves all of a store takes its time with a large one.
    tell(`a store of ${plan.objects} objects`);
    await fill(contestants[0]!, plan.objects, interrupted);
    return { ...created, beside: await signBeside(contestants[0]!, plan, tell) };
  });
  print(measured);
  keep<DurableResult>('durable', { ...originOf(quick), ...plan, ...measured });
}

await runBench(bench);
