// What `npm run bench:store` keeps: what depends on how many objects a store has.

import type { Origin } from './kept.ts';

/** A figure for each round. */
export interface StoreSize {
  readonly module: string;
  readonly objects: number;
  /** MB that are resident of the engine after the searches; of SoftHSM nothing. */
  readonly memory: readonly number[];
  readonly finds: readonly { readonly threads: number; readonly rates: readonly number[]; readonly p99: readonly number[] }[];
}

export interface StoreResult extends Origin {
  readonly rounds: number;
  readonly seconds: number;
  /** How long the large store took to make: seconds. */
  readonly made: number;
  readonly sizes: readonly StoreSize[];
}

export const sizeOf = (result: StoreResult | undefined, module: string, objects: number): StoreSize | undefined =>
  result?.sizes.find((each) => each.module === module && each.objects === objects);

export const findsOf = (size: StoreSize | undefined, threads: number): readonly number[] | undefined =>
  size?.finds.find((each) => each.threads === threads)?.rates;
