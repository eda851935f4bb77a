// What `npm run bench:many` keeps: many applications at once, and many sessions of one.

import type { EachRound, Rounds } from './kept.ts';

/**
 * So many applications of one thread each, all signing with one key.
 * `failed`: of them could not start or sign; `rates`: all of them together, a second; `fairness`: the least of one application for each of
 * the most of one; `p99`: of the application that had the longest, microseconds; `engine`: MB that are resident of it while it serves
 * them, of SoftHSM nothing.
 */
export interface Crowd extends EachRound<'failed' | 'rates' | 'fairness' | 'p99' | 'engine'> {
  readonly module: string;
  readonly applications: number;
}

/**
 * One application that opens so many sessions, signs once in each, and closes them: sessions a second.
 * `memory`: KiB that the engine, or the application where there is none, grew by for each.
 */
export interface Sessions extends EachRound<'opened' | 'signed' | 'closed' | 'memory'> {
  readonly module: string;
  readonly sessions: number;
}

export interface ManyResult extends Rounds {
  readonly crowds: readonly Crowd[];
  readonly sessions: readonly Sessions[];
}
