// `npm run bench:speed`: Strongroom, SoftHSM and OpenSSL alone, by turns and in this run, through everything that the speed meter can
// do. A ratio is taken within a round, so that a machine that gets slower between rounds does not decide it.

import { type Contestant, measure, operations, reasonOf, USUAL } from '../../src/cli/speed/meter.ts';
import { gatherBoth } from './both.ts';
import { type Crossing, microsecondsOf, openCrossing } from './crossing.ts';
import { type Entry, entriesFor } from './entries.ts';
import { hasHsmSpeed, hsmSpeed } from './hsmspeed.ts';
import { keep, type Origin, originOf } from './kept.ts';
import { hasLimit, opensslLimit } from './limit.ts';
import { runBench, type Tell, withBar } from './program.ts';
import { CROSSING, HSMSPEED, LIMIT, type SpeedCase, type SpeedResult, type Taken } from './speed-result.ts';

interface Player {
  readonly name: string;
  readonly plays: (entry: Entry) => boolean;
  readonly take: (entry: Entry) => Promise<Taken>;
}

const module = (contestant: Contestant): Player => ({
  name: contestant.name,
  plays: () => true,
  async take({ operation, threads, seconds }) {
    if (operation === HSMSPEED) return { rate: await hsmSpeed(contestant, threads, seconds) };
    return measure(contestant, { ...USUAL, operation, threads, objects: 100 }, seconds);
  },
});

/** More threads than cores would not make OpenSSL faster. */
const openssl = (cores: number): Player => ({
  name: LIMIT,
  plays: ({ operation, threads }) => hasLimit(operation) && (threads === 1 || threads === cores),
  take: async ({ operation, threads, seconds }) => ({ rate: await opensslLimit(operation, threads, seconds) }),
});

/** One thread need not sleep: it looks for its answer. */
const bare = ({ rate }: Crossing): Player => ({
  name: CROSSING,
  plays: ({ operation, threads }) => threads > 1 && microsecondsOf(operation) !== undefined,
  take: async ({ operation, threads, seconds }) => ({ rate: await rate(operation, threads, seconds) }),
});

interface Kept extends Entry {
  readonly series: { readonly name: string; readonly samples: Taken[]; failed?: string }[];
}

/** A module that cannot do it, crashes or hangs is a result; the others go on. */
async function turn(player: Player, each: Kept): Promise<void> {
  const series = each.series.find(({ name }) => name === player.name);
  if (series === undefined || series.failed !== undefined) return;
  try {
    series.samples.push(await player.take(each));
  } catch (error) {
    series.failed = reasonOf(error);
  }
}

async function play(players: readonly Player[], entries: readonly Entry[], tell: Tell): Promise<SpeedCase[]> {
  const cases: Kept[] = entries.map((entry) => ({
    ...entry,
    series: players.filter(({ plays }) => plays(entry)).map(({ name }) => ({ name, samples: [] })),
  }));
  for (let round = 0; round < Math.max(...entries.map(({ rounds }) => rounds)); round++) {
    // Who comes first changes from round to round.
    const order = round % 2 === 0 ? players : players.toReversed();
    for (const each of cases.filter(({ rounds }) => round < rounds)) {
      for (const player of order) {
        tell(`${each.operation}, ${each.threads} threads, ${player.name}`);
        await turn(player, each);
      }
    }
  }
  return cases.map(({ operation, threads, seconds, series }) => ({
    operation,
    threads,
    seconds,
    series: series.map((one) => (one.failed === undefined ? one : { ...one, samples: [] })),
  }));
}

async function bench(quick: boolean, interrupted: AbortSignal): Promise<void> {
  const calls = await operations();
  const origin: Origin = originOf(quick);
  const entries = entriesFor([...calls.keys()], quick).filter(({ operation }) => operation !== HSMSPEED || hasHsmSpeed());
  await using contest = await gatherBoth();
  using crossing = openCrossing(origin.machine.cores);
  const players = [...contest.contestants.map(module), openssl(origin.machine.cores), bare(crossing)];
  const steps = entries.reduce((sum, { rounds }) => sum + rounds * players.length, 0);
  const cases = await withBar(steps, interrupted, (tell) => play(players, entries, tell));
  keep<SpeedResult>('speed', { ...origin, calls: Object.fromEntries(calls), cases });
}

await runBench(bench);
