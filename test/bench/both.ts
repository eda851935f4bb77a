// Whom most benches compare: Strongroom and SoftHSM, each with a store of its own for the time.

import { existsSync } from 'node:fs';
import { Failure } from '../../src/cli/failure.ts';
import { SOFTHSM } from '../../src/cli/own-store.ts';
import { type Contest, gather } from '../../src/cli/speed/contestants.ts';

export async function gatherBoth(): Promise<Contest> {
  if (!SOFTHSM.some(existsSync)) throw new Failure('SoftHSM is missing, and a comparison needs it; install it (Debian: softhsm2).');
  return gather({ modules: [], token: undefined });
}
