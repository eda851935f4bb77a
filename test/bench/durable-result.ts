// What `npm run bench:durable` keeps: a figure for each round, since a disk has moods.

import type { DiskRate } from './disk.ts';
import type { Origin } from './kept.ts';

/** Keys that were made on a token, each answered when it was safe on the disk. Times in microseconds. */
export interface Creation {
  readonly module: string;
  readonly threads: number;
  readonly rates: readonly number[];
  readonly p50: readonly number[];
  readonly p99: readonly number[];
  /** Processor time an object, in the application and in the engine. */
  readonly application: readonly number[];
  readonly engine: readonly number[];
}

/** Signatures by one thread while something slow goes on for another application. Times in microseconds. */
export interface Beside {
  readonly operation: string;
  readonly slow: string;
  readonly rates: readonly number[];
  readonly p50: readonly number[];
  readonly p99: readonly number[];
  readonly longest: readonly number[];
  /** How often the slow thing was done meanwhile, a second: what it takes from the signatures it takes for this. */
  readonly done: readonly number[];
}

export interface DurableResult extends Origin {
  readonly seconds: number;
  readonly rounds: number;
  /** Of the store beside which the slow things were done. */
  readonly objects: number;
  readonly disk: readonly DiskRate[];
  readonly creations: readonly Creation[];
  readonly beside: readonly Beside[];
}
