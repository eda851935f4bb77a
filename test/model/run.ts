// `npm run test:model -- --calls 100000 [--seed N]`: random sequences until so many calls were made, or the module and the model differ.
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import fc from 'fast-check';
import { killAll, stopEngine } from '../support/engine.ts';
import type { Step } from './act.ts';
import { Laboratory, type Start, sequences } from './property.ts';

const LONGEST = 400;
const { values } = parseArgs({ options: { calls: { type: 'string', default: '100000' }, seed: { type: 'string' } } });
const wanted = Number(values.calls);
let seed = values.seed === undefined ? Math.floor(Math.random() * 0x7fff_ffff) : Number(values.seed);

const folder = mkdtempSync(join(tmpdir(), 'sr-'));
const home = join(folder, 'home');
mkdirSync(home, { mode: 0o700 });
const laboratory = await Laboratory.open(home, folder);
let runs = 0;
let differs = false;

/** The first difference is told at once; to make its sequence short takes minutes. */
const judge = async (begin: Start, steps: readonly Step[]): Promise<void> => {
  runs += 1;
  try {
    await laboratory.run(begin, steps);
  } catch (error) {
    if (!differs)
      console.error(`A difference, after ${laboratory.calls} calls:\n${(error as Error).message}\nLooking for the shortest way to it ...`);
    differs = true;
    throw error;
  }
};

try {
  for (const start = Date.now(); laboratory.calls < wanted; seed += 1) {
    await fc.assert(
      fc.asyncProperty(sequences(0, LONGEST), ([begin, steps]) => judge(begin, steps)),
      { seed, numRuns: 20 },
    );
    console.log(
      `${laboratory.calls} calls in ${runs} sequences, ${Math.round((Date.now() - start) / 1000)} s, no difference (seed ${seed})`,
    );
  }
} catch (error) {
  console.error((error as Error).message);
  process.exitCode = 1;
} finally {
  await laboratory.close();
  await stopEngine(home);
  killAll(home);
  rmSync(folder, { recursive: true, force: true });
}
