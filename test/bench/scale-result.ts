// What `npm run bench:scale` keeps: rates over threads with a part of the cores and with all, what the model makes of them, and how far it errs.

import { summarise } from '../../src/cli/speed/rounds.ts';
import type { Origin } from './kept.ts';
import type { Measurement, ScaleSample } from './scale/measure.ts';
import { asItIs, byLaw, type Cost, lawOverCores, lawOverThreads, type Prediction, predict, rateOn } from './scale/model.ts';
import type { Law } from './scale/usl.ts';

/** One rate that was measured, and what the model says of it. */
export interface Validation {
  readonly operation: string;
  readonly cores: number;
  readonly threads: number;
  readonly measured: number;
  /** From the costs on one core: a prediction, where there are more. */
  readonly predicted: number;
  /** From the costs on so many cores, with one number of threads: what errs here is the network, not the costs. */
  readonly described: number;
}

export interface Model {
  readonly operation: string;
  /** With all the cores there are. */
  readonly cost: Cost;
  readonly predictions: readonly Prediction[];
  /** Over cores: one law a round, for they lie apart. */
  readonly laws: readonly Law[];
  readonly overThreads: Law;
}

export interface ScaleResult extends Origin {
  readonly seconds: number;
  /** One a round and number of cores. */
  readonly rounds: readonly Measurement[];
  readonly validations: readonly Validation[];
  readonly models: readonly Model[];
}

export const FORESEEN = [1, 2, 4, 8, 16, 32, 64, 128];
/** So many threads that nobody has to wait for somebody to come. */
export const THREADS_A_CORE = 8;

type Rounds = readonly Measurement[];

const samplesOf = (rounds: Rounds, operation: string, cores: number, threads: number): ScaleSample[] =>
  rounds.flatMap(({ samples }) =>
    samples.filter((each) => each.operation === operation && each.cores === cores && each.threads === threads),
  );

const middle = (samples: readonly ScaleSample[], figure: keyof Omit<ScaleSample, 'operation'>): number =>
  summarise(samples.map((sample) => sample[figure])).median;

const distinct = (rounds: Rounds, figure: 'cores' | 'threads'): number[] =>
  [...new Set(rounds.flatMap(({ samples }) => samples.map((sample) => sample[figure])))].sort((a, b) => a - b);

/** Processor time where many threads come, for then nobody is woken in vain; what is waited where one comes alone. */
export function costOf(rounds: Rounds, operation: string, cores: number): Cost {
  const many = samplesOf(rounds, operation, cores, Math.max(...distinct(rounds, 'threads').filter((count) => count <= THREADS_A_CORE)));
  const alone = samplesOf(rounds, operation, cores, 1);
  const [application, engine] = [middle(many, 'application'), middle(many, 'engine')];
  const supervisor = middle(many, 'supervisor');
  // Beside the mathematics of a signature the supervisor does not come into it: what it has is the log's and the clock's.
  const served = supervisor > 0.1 * engine ? supervisor : 0;
  const wait = Math.max(0, 1e6 / middle(alone, 'rate') - application - engine);
  return { application, worker: engine - served, supervisor: served, wait };
}

/** How much slower each core is when all of them work, by OpenSSL alone: the machine's own part. */
export function slowdown(rounds: Rounds, operation: string, cores: number): number {
  const rate = (count: number) =>
    summarise(
      rounds.flatMap(({ limits }) =>
        limits.filter((each) => each.operation === operation && each.cores === count).map((each) => each.rate),
      ),
    ).median;
  const factor = (cores * rate(1)) / rate(cores);
  return Number.isNaN(factor) ? 1 : factor;
}

const slower = ({ application, worker, supervisor, wait }: Cost, factor: number): Cost => ({
  application: application * factor,
  worker: worker * factor,
  supervisor: supervisor * factor,
  wait,
});

/** Every rate that was measured, and what the costs on one core let expect. */
function validate(rounds: Rounds, operation: string): Validation[] {
  const seen = costOf(rounds, operation, 1);
  return distinct(rounds, 'cores').flatMap((cores) => {
    const [expected, own] = [slower(seen, slowdown(rounds, operation, cores)), costOf(rounds, operation, cores)];
    return distinct(rounds, 'threads').map((threads) => ({
      operation,
      cores,
      threads,
      measured: middle(samplesOf(rounds, operation, cores, threads), 'rate'),
      predicted: rateOn(expected, asItIs(cores), threads).rate,
      described: rateOn(own, asItIs(cores), threads).rate,
    }));
  });
}

function modelOf(rounds: Rounds, operation: string): Model {
  const cores = Math.max(...distinct(rounds, 'cores'));
  const cost = costOf(rounds, operation, cores);
  const rates = rounds.flatMap(({ samples }) => samples.filter((each) => each.operation === operation));
  // A round has measured one number of cores: as many in a row as there are numbers make one whole.
  const numbers = distinct(rounds, 'cores').length;
  const wholes = Array.from({ length: Math.floor(rounds.length / numbers) }, (_, at) => rounds.slice(at * numbers, (at + 1) * numbers));
  return {
    operation,
    cost,
    predictions: FORESEEN.map((count) => predict(cost, count, count * THREADS_A_CORE)),
    laws: wholes.map((whole) => lawOverCores(whole.flatMap(({ samples }) => samples.filter((each) => each.operation === operation)))),
    overThreads: lawOverThreads(rates, cores),
  };
}

/** What follows from what was measured; the same each time. */
export function conclude(rounds: Rounds): Pick<ScaleResult, 'validations' | 'models'> {
  const operations = [...new Set(rounds.flatMap(({ samples }) => samples.map(({ operation }) => operation)))];
  return {
    validations: operations.flatMap((operation) => validate(rounds, operation)),
    models: operations.map((operation) => modelOf(rounds, operation)),
  };
}

/** The middle of how far predictions lie from what was measured, as a part of it. */
export const errorOf = (validations: readonly Validation[], of: 'predicted' | 'described') =>
  summarise(validations.map((each) => Math.abs(each[of] / each.measured - 1)));

/** What the laws of all rounds say of so many cores. */
export const byLaws = ({ laws }: Model, cores: number) => summarise(laws.map((law) => byLaw(law, cores)));
