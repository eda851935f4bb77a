// Every case with every module, by turns: A B, then B A, so that a machine that gets slower favours nobody. What is compared is
// compared within a round.

import type { Case, Contestant, Sample } from './meter.ts';
import { measure, reasonOf } from './meter.ts';

export interface Summary {
  readonly median: number;
  readonly least: number;
  readonly most: number;
}

/** A module's samples of a case, one a round; or why there are none. */
export interface Series {
  readonly name: string;
  readonly samples: readonly Sample[];
  readonly failed?: string;
}

export interface Measured extends Case {
  readonly series: readonly Series[];
}

export interface Plan {
  readonly contestants: readonly Contestant[];
  readonly cases: readonly Case[];
  readonly rounds: number;
  readonly seconds: number;
  /** Ends it before its time. */
  readonly interrupted: AbortSignal;
  /** Called before each run of the meter. */
  readonly tell: (what: string) => void;
}

export function summarise(values: readonly number[]): Summary {
  const sorted = values.toSorted((a, b) => a - b);
  const [lower = Number.NaN, upper = Number.NaN] = [sorted[(sorted.length - 1) >> 1], sorted[sorted.length >> 1]];
  return { median: (lower + upper) / 2, least: sorted[0] ?? Number.NaN, most: sorted.at(-1) ?? Number.NaN };
}

/** The first module's rate for each of another's, round by round; undefined where one of them has none. */
export function ratio(of: Measured, other: Series): Summary | undefined {
  const [first] = of.series;
  if (first === undefined || first === other || first.samples.length === 0 || other.samples.length !== first.samples.length)
    return undefined;
  return summarise(first.samples.map(({ rate }, round) => rate / other.samples[round]!.rate));
}

export async function play({ contestants, cases, rounds, seconds, interrupted, tell }: Plan): Promise<Measured[]> {
  const kept = cases.map((each) => ({ ...each, series: contestants.map(({ name }) => ({ name, samples: [] as Sample[], failed: '' })) }));
  for (let round = 0; round < rounds; round++) {
    const order = [...contestants.keys()];
    if (round % 2 === 1) order.reverse();
    for (const each of kept) {
      for (const at of order) {
        interrupted.throwIfAborted();
        const [contestant, series] = [contestants[at]!, each.series[at]!];
        tell(`${each.operation}, ${each.threads} threads, ${contestant.name}`);
        if (series.failed) continue;
        try {
          series.samples.push(await measure(contestant, each, seconds));
        } catch (error) {
          // A module that cannot do it, crashes or hangs is a result; the others go on.
          series.failed = reasonOf(error);
        }
      }
    }
  }
  return kept.map(({ series, ...each }) => ({
    ...each,
    series: series.map(({ failed, ...one }) => (failed ? { ...one, samples: [], failed } : one)),
  }));
}
