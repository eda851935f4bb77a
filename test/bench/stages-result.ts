// What `npm run bench:stages` keeps.

import type { Traced } from '../../src/cli/control.ts';
import type { Origin } from './kept.ts';

/** Times in microseconds; the rate and the median as the application saw them. */
export interface StagesCase extends Traced {
  readonly operation: string;
  readonly threads: number;
  readonly rate: number;
  readonly p50: number;
}

export interface StagesResult extends Origin {
  readonly seconds: number;
  readonly cases: readonly StagesCase[];
}
