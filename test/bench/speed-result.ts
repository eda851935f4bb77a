// What `npm run bench:speed` keeps, and how its figures are compared.

import type { Sample } from '../../src/cli/speed/meter.ts';
import { type Summary, summarise } from '../../src/cli/speed/rounds.ts';
import type { Origin } from './kept.ts';

/** The rate at least; OpenSSL and other people's meters tell no more. */
export type Taken = Pick<Sample, 'rate'> & Partial<Sample>;

export interface Series {
  readonly name: string;
  /** One a round. */
  readonly samples: readonly Taken[];
  readonly failed?: string;
}

export interface SpeedCase {
  readonly operation: string;
  readonly threads: number;
  readonly seconds: number;
  readonly series: readonly Series[];
}

export interface SpeedResult extends Origin {
  /** What each operation calls. */
  readonly calls: Readonly<Record<string, string>>;
  readonly cases: readonly SpeedCase[];
}

/** The library's own figures, SoftHSM's, and OpenSSL's without any library. */
export const [OURS, THEIRS, LIMIT] = ['strongroom', 'softhsm', 'openssl'] as const;
/** What crossing to another process and back leaves of the processors, with nothing but OpenSSL's time for one at the other end. */
export const CROSSING = 'crossing';
/** OpenDNSSEC's own meter, run in the same rounds. */
export const HSMSPEED = 'ods-hsmspeed';

export const caseOf = ({ cases }: Pick<SpeedResult, 'cases'>, operation: string, threads: number): SpeedCase | undefined =>
  cases.find((each) => each.operation === operation && each.threads === threads);

export const seriesOf = (of: SpeedCase | undefined, name: string): Series | undefined => {
  const found = of?.series.find((each) => each.name === name);
  return found !== undefined && found.samples.length > 0 ? found : undefined;
};

/** What the rounds say of one figure; undefined where it was not taken. */
export function taken(of: SpeedCase | undefined, name: string, figure: keyof Sample): Summary | undefined {
  const values = seriesOf(of, name)?.samples.map((sample) => sample[figure]) ?? [];
  return values.length > 0 && values.every((value) => value !== undefined) ? summarise(values) : undefined;
}

/** One figure for each of another's, round by round. */
export function ratioOf(one: Series | undefined, other: Series | undefined, figure: keyof Sample = 'rate'): Summary | undefined {
  if (one === undefined || other === undefined || one.samples.length !== other.samples.length) return undefined;
  const ratios = one.samples.map((sample, round) => (sample[figure] ?? Number.NaN) / (other.samples[round]![figure] ?? Number.NaN));
  return ratios.every((ratio) => Number.isFinite(ratio)) ? summarise(ratios) : undefined;
}

export const againstSoftHsm = (of: SpeedCase | undefined, figure: keyof Sample = 'rate'): Summary | undefined =>
  ratioOf(seriesOf(of, OURS), seriesOf(of, THEIRS), figure);

/** OpenSSL has as many threads as the case, and no more than there are cores. */
export function limitFor(result: SpeedResult, { operation, threads }: SpeedCase): Series | undefined {
  const same = operation === HSMSPEED ? 'rsa-2048' : operation;
  return seriesOf(caseOf(result, same, Math.min(threads, result.machine.cores)), LIMIT);
}

export const againstLimit = (result: SpeedResult, of: SpeedCase): Summary | undefined => ratioOf(seriesOf(of, OURS), limitFor(result, of));

/** Microseconds of processor time for each operation: the application's and the engine's. */
export function processorTime(of: SpeedCase | undefined, name: string): { application: number; engine: number } | undefined {
  const samples = seriesOf(of, name)?.samples ?? [];
  const each = (time: (sample: Taken) => number | undefined) =>
    summarise(samples.map((sample) => (1e6 * (time(sample) ?? Number.NaN)) / (sample.done ?? Number.NaN))).median;
  const application = each(({ user, system }) => (user ?? Number.NaN) + (system ?? Number.NaN));
  return Number.isNaN(application) ? undefined : { application, engine: each(({ beside }) => beside) };
}
