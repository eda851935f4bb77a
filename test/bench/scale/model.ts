// From what an operation costs here to what a machine with more cores would do: which network it is, and what gives out first.

import { LANES, WORKERS } from '../../../src/protocol/layout.ts';
import { type Network, type Observed, type Step, simulate, type Time } from './network.ts';
import { fitLaw, type Law, throughput } from './usl.ts';

/** What one operation takes, in microseconds. */
export interface Cost {
  /** Processor time of the application's thread. */
  readonly application: number;
  /** Of the session's worker. */
  readonly worker: number;
  /** Of the supervisor, which there is once; 0: the operation does not come to it. */
  readonly supervisor: number;
  /** What a thread alone waits while nobody computes: waking up, or the disk. */
  readonly wait: number;
}

/** A machine, and what the engine makes of it. */
export interface Machine {
  readonly cores: number;
  readonly workers: number;
  /** Calls that one application may have in flight. */
  readonly lanes: number;
}

/** The engine as it is; and as it would be with nothing in the way but the processor. */
export const asItIs = (cores: number): Machine => ({ cores, workers: Math.min(cores, WORKERS), lanes: LANES });
export const lifted = (cores: number): Machine => ({ cores, workers: cores, lanes: Number.MAX_SAFE_INTEGER });

const constant = (mean: number): Time => ({ mean, spread: 'constant' });
const random = (mean: number): Time => ({ mean, spread: 'exponential' });

/** One application whose threads have a session each, spread evenly over the workers. */
export function networkOf(cost: Cost, { cores, workers, lanes }: Machine, threads: number): Network {
  const serving = (thread: number): Step[] => {
    const worker = `worker ${thread % workers}`;
    return [
      { step: 'take', of: worker },
      { step: 'use', of: 'cores', time: constant(cost.worker) },
      { step: 'give', of: worker },
    ];
  };
  const durable: Step = { step: 'together', by: 'supervisor', of: 'cores', time: constant(cost.supervisor), once: constant(cost.wait) };
  const waiting: Step = { step: 'pause', time: random(cost.wait) };
  return {
    resources: {
      cores,
      lanes,
      supervisor: 1,
      ...Object.fromEntries(Array.from({ length: workers }, (_, worker) => [`worker ${worker}`, 1])),
    },
    threads,
    steps: (thread) => [
      { step: 'take', of: 'lanes' },
      { step: 'use', of: 'cores', time: random(cost.application) },
      ...serving(thread),
      cost.supervisor > 0 ? durable : waiting,
      { step: 'give', of: 'lanes' },
    ],
  };
}

export type Bottleneck = 'cores' | 'workers' | 'lanes' | 'supervisor' | 'threads';

/** In use for so much of the time that there is no more to be had. */
const FULL = 0.93;

function bottleneckOf({ busy }: Observed, { cores, workers }: Machine): Bottleneck {
  const serving = Object.entries(busy).filter(([name]) => name.startsWith('worker '));
  const worker = serving.reduce((sum, [, part]) => sum + part, 0) / serving.length;
  if (busy['cores']! > FULL) return 'cores';
  if (busy['supervisor']! > FULL) return 'supervisor';
  if (busy['lanes']! > FULL) return 'lanes';
  return worker > FULL && workers < cores ? 'workers' : 'threads';
}

export interface Prediction {
  readonly cores: number;
  readonly threads: number;
  /** Operations a second. */
  readonly rate: number;
  readonly bottleneck: Bottleneck;
  /** What the rate would be if the application's lanes and the engine's workers were as many as wanted. */
  readonly lifted: number;
  readonly liftedBottleneck: Bottleneck;
}

const ROUNDS = 10_000;

export function rateOn(cost: Cost, machine: Machine, threads: number): { rate: number; bottleneck: Bottleneck } {
  const observed = simulate(networkOf(cost, machine, threads), Math.max(ROUNDS, 20 * threads));
  return { rate: observed.rate * 1e6, bottleneck: bottleneckOf(observed, machine) };
}

export function predict(cost: Cost, cores: number, threads: number): Prediction {
  const [now, then] = [rateOn(cost, asItIs(cores), threads), rateOn(cost, lifted(cores), threads)];
  return { cores, threads, ...now, lifted: then.rate, liftedBottleneck: then.bottleneck };
}

/** Rates of one round: with so many cores, so many threads. */
export interface Rate {
  readonly cores: number;
  readonly threads: number;
  readonly rate: number;
}

/** The law over cores, from the best rate that was measured with each number of them. */
export function lawOverCores(rates: readonly Rate[]): Law {
  const best = [...Map.groupBy(rates, ({ cores }) => cores)].map(([n, each]) => ({ n, rate: Math.max(...each.map(({ rate }) => rate)) }));
  return fitLaw(best);
}

export const byLaw = (law: Law, cores: number): number => throughput(law, cores);

/** The law over threads, on all cores: how much is lost when more of them wait than can be served. */
export const lawOverThreads = (rates: readonly Rate[], cores: number): Law =>
  fitLaw(rates.filter((each) => each.cores === cores).map(({ threads, rate }) => ({ n: threads, rate })));
