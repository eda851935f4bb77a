// What `npm run bench:store` keeps: what depends on how many objects a store has.

import type { Origin } from './kept.ts';

/** Times in milliseconds, memory in MB; a figure for each round. */
export interface StoreSize {
  readonly module: string;
  readonly objects: number;
  /** C_Initialize where the engine runs (of SoftHSM: each), and where it does not and is started. */
  readonly running: readonly number[];
  readonly started: readonly number[];
  /** C_Login, which derives a key from the PIN. */
  readonly login: readonly number[];
  /** The engine's: when it has just served one application, and after all the searches. */
  readonly idle: readonly number[];
  readonly after: readonly number[];
  /** In the application: what is resident of the library and of what it shares with the engine. */
  readonly application: readonly number[];
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
