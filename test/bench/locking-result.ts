// What `npm run bench:locking` keeps, and tools/generate/locking.ts makes docs/locking.md from.

import type { Case, Sample, SystemLocks } from '../../src/cli/speed/meter.ts';
import type { Rounds } from './kept.ts';

export type Form = Case['form'];
type Place = Pick<Case, 'operation' | 'threads' | 'form' | 'sharing'> & { readonly module: string };

/** A run of the meter: what it measured, or why it did not come to an end. */
export type Run = Place & { readonly sample?: Partial<Sample & SystemLocks>; readonly failed?: string };

/** The rates of one module with one operation in several forms, by turns: a figure for each round. */
export interface Price extends Pick<Place, 'module' | 'operation' | 'threads'> {
  readonly rates: Readonly<Partial<Record<Form, readonly number[]>>>;
}

/** What became of a module that was promised one thread, time after time. */
export interface Promised {
  readonly module: string;
  readonly threads: number;
  readonly runs: number;
  /** Why some did not come to an end. */
  readonly failed: readonly string[];
}

/** A quick run is too short to say what a lock costs. */
export interface LockingResult extends Rounds {
  /** Of a run in which the forms take turns. */
  readonly priceSeconds: number;
  readonly promised: readonly Promised[];
  readonly prices: readonly Price[];
  /** Under the interposer, in no hurry: how many locks, not how fast. */
  readonly counted: readonly Run[];
  readonly runs: readonly Run[];
}
