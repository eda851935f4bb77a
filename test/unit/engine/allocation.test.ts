// What a call leaves for the collector: a worker's memory is written round and round, and what is not in a cache by then costs more than the
// call's own work.

import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';

/** V8 compiles at once what is due, and has nothing to collect: the same calls then take the same bytes each time. */
const FLAGS = ['--no-concurrent-recompilation', '--single-threaded-gc', '--min-semi-space-size=256', '--max-semi-space-size=256'];

/** A tenth above what they take: a view of a buffer or a function made for each call, 100 bytes and more, is too much. */
const LIMITS = { 'P-256': 800, HMAC: 900, 'AES-GCM': 1600, 'SHA-256': 550, random: 200 };

test('calls that come again and again take few bytes each', () => {
  const program = join(import.meta.dirname, 'allocating.ts');
  const taken = JSON.parse(execFileSync(process.execPath, [...FLAGS, program], { encoding: 'utf8' })) as Record<string, number>;
  for (const [name, limit] of Object.entries(LIMITS)) {
    expect(taken[name], name).toBeGreaterThan(0);
    expect(taken[name], name).toBeLessThan(limit);
  }
});
