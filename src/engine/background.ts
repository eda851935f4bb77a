// What takes long, and is waited for by nobody but who asked, gives way to the workers, whose calls take microseconds: with every core busy
// a worker would wait for milliseconds until the kernel takes one from a key generation. Where a sandbox forbids it, it is done without.

import { randomFill } from 'node:crypto';
import { promisify } from 'node:util';
import { giveWay, poolThreads } from './channel.ts';

/** Of niceness: a third of a worker’s share where both want all of it, everything where nobody else does. Logins are computed there as well: no more. */
const STEPS = 5;

/** The thread that asks for it. */
export const threadGivesWay = (): boolean => giveWay(0, STEPS);

/** Key generations and PINs are computed there. */
export async function poolGivesWay(): Promise<void> {
  // It has threads from its first task on.
  await promisify(randomFill)(new Uint8Array(1));
  for (const thread of poolThreads()) giveWay(thread, STEPS);
}
