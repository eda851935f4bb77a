// What `npm run bench:store` keeps: what depends on how many objects a store has.

import type { EachRound, Rounds } from './kept.ts';

/** `memory`: MB that are resident of the engine after the searches; of SoftHSM nothing. */
export interface StoreSize extends EachRound<'memory'> {
  readonly module: string;
  readonly objects: number;
  readonly finds: readonly ({ readonly threads: number } & EachRound<'rates' | 'p99'>)[];
}

export interface StoreResult extends Rounds {
  /** How long the large store took to make: seconds. */
  readonly made: number;
  readonly sizes: readonly StoreSize[];
}

export const sizeOf = (result: StoreResult | undefined, module: string, objects: number): StoreSize | undefined =>
  result?.sizes.find((each) => each.module === module && each.objects === objects);

export const findsOf = (size: StoreSize | undefined, threads: number): readonly number[] | undefined =>
  size?.finds.find((each) => each.threads === threads)?.rates;
