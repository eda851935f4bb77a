// The short form of `npm run test:model`: the same sequences each time. See docs/model.md.
import fc from 'fast-check';
import { expect } from 'vitest';
import { needs } from '../support/program.ts';
import { test } from '../support/room.ts';
import { Laboratory, sequences } from './property.ts';

const SEED = 20_261_123;
const RUNS = 18;

needs('cc');

test('whatever two applications call in whatever order, the module answers as the model says', { timeout: 120_000 }, async ({ room }) => {
  const laboratory = await Laboratory.open(room.home, room.folder);
  room.atEnd(() => laboratory.close());
  await fc.assert(
    fc.asyncProperty(sequences(80, 200), ([start, steps]) => laboratory.run(start, steps)),
    { seed: SEED, numRuns: RUNS },
  );
  expect(laboratory.calls).toBeGreaterThan(RUNS * 80);
});
