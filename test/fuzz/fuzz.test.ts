// The short form of `npm run fuzz`: the same sequences each time. See docs/wire.md.
import { expect } from 'vitest';
import { needs } from '../support/program.ts';
import { test } from '../support/room.ts';
import { crossing } from './frame.ts';
import { fuzz } from './fuzzing.ts';

const SEED = 20_261_123;
const SEQUENCES = 150;
/** No session is asynchronous, and no slot changes while one looks. */
const vain = ['C_AsyncComplete', 'C_AsyncGetID', 'C_AsyncJoin', 'C_WaitForSlotEvent'];

needs('cc');

test('hostile frames cost their sender the connection, and nobody else anything', { timeout: 180_000 }, async ({ room }) => {
  const isOver = (sequences: number) => sequences >= SEQUENCES;
  const figures = await fuzz({ home: room.home, folder: room.folder, seed: SEED, hostile: 1, isOver });
  console.log(`fuzz: ${JSON.stringify(figures)}`);
  expect(figures.functions).toBe(crossing.length - vain.length);
  expect(figures.dropped).toBeGreaterThan(10);
  expect(figures.signatures).toBeGreaterThan(10);
});
