// What `npm run bench:durable` keeps: a figure for each round, since a disk has moods.

import type { DiskRate } from './disk.ts';
import type { EachRound, Rounds } from './kept.ts';

/**
 * Keys that were made on a token, each answered when it was safe on the disk. Times in microseconds; `application` and `engine`: processor
 * time an object.
 */
export interface Creation extends EachRound<'rates' | 'p50' | 'p99' | 'application' | 'engine'> {
  readonly module: string;
  readonly threads: number;
}

/**
 * Signatures by one thread while something slow goes on for another application. Times in microseconds; `done`: how often the slow thing
 * was done meanwhile, a second: what it takes from the signatures it takes for this.
 */
export interface Beside extends EachRound<'rates' | 'p50' | 'p99' | 'longest' | 'done'> {
  readonly operation: string;
  readonly slow: string;
}

export interface DurableResult extends Rounds {
  /** Of the store beside which the slow things were done. */
  readonly objects: number;
  readonly disk: readonly DiskRate[];
  readonly creations: readonly Creation[];
  readonly beside: readonly Beside[];
}
