// What `npm run bench:speed` measures: the rows of the targets' table over threads, everything else that the meter can do at eight.

import { HSMSPEED } from './speed-result.ts';

export interface Entry {
  readonly operation: string;
  readonly threads: number;
  readonly seconds: number;
  readonly rounds: number;
}

type Plan = Omit<Entry, 'operation' | 'threads'> & { readonly threads: readonly number[] };

/** How many threads `nothing slower than SoftHSM` is told for. */
export const MANY = 8;

const usual: Plan = { threads: [1, 2, MANY], seconds: 0.3, rounds: 5 };
/** What has no target of its own. */
const others: Plan = { threads: [MANY], seconds: 0.3, rounds: 3 };

const PLANS: Readonly<Record<string, Plan>> = {
  [HSMSPEED]: { ...usual, threads: [1, 2, 4, MANY] },
  'rsa-2048': { ...usual, threads: [1, 2, 4, MANY] },
  // Its rates depend on where the scheduler put the threads: more rounds, longer ones.
  'p-256': { ...usual, seconds: 0.4, rounds: 7 },
  ed25519: usual,
  'hmac-sha256': usual,
  'aes-gcm': usual,
  attribute: usual,
  find: usual,
  // A key takes longer than a usual run.
  'generate-rsa-2048': { ...others, seconds: 1.5, rounds: 2 },
  'generate-rsa-4096': { ...others, seconds: 4, rounds: 2 },
};

/** @param known the operations of the meter. */
export function entriesFor(known: readonly string[], quick: boolean): Entry[] {
  const order = [...Object.keys(PLANS).filter((name) => name === HSMSPEED), ...known];
  return order.flatMap((operation) => {
    const { threads, seconds, rounds } = PLANS[operation] ?? others;
    const shorter = quick ? { seconds: Math.min(seconds / 2, 1), rounds: Math.min(rounds, 2) } : { seconds, rounds };
    return threads.map((count) => ({ operation, threads: count, ...shorter }));
  });
}
