// What `npm run bench:many` keeps: many applications at once, and many sessions of one. A figure for each round.

import type { Origin } from './kept.ts';

/** So many applications of one thread each, all signing with one key. */
export interface Crowd {
  readonly module: string;
  readonly applications: number;
  /** Of them could not start or sign. */
  readonly failed: readonly number[];
  /** All of them together, a second. */
  readonly rates: readonly number[];
  /** The least of one application for each of the most of one. */
  readonly fairness: readonly number[];
  /** Of the application that had the longest: microseconds. */
  readonly p99: readonly number[];
  /** MB that are resident of the engine while it serves them; of SoftHSM nothing. */
  readonly engine: readonly number[];
}

/** One application that opens so many sessions, signs once in each, and closes them. */
export interface Sessions {
  readonly module: string;
  readonly sessions: number;
  /** Sessions a second. */
  readonly opened: readonly number[];
  readonly signed: readonly number[];
  readonly closed: readonly number[];
  /** KiB that the engine, or the application where there is none, grew by for each. */
  readonly memory: readonly number[];
}

export interface ManyResult extends Origin {
  readonly seconds: number;
  readonly rounds: number;
  readonly crowds: readonly Crowd[];
  readonly sessions: readonly Sessions[];
}
