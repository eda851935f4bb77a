// `npm run fuzz -- --seconds 600 [--seed N] [--hostile 4]`: hostile frames until the time is over, or the engine does what it never may.
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { killAll, stopEngine } from '../support/engine.ts';
import { fuzz } from './fuzzing.ts';

const { values } = parseArgs({
  options: { seconds: { type: 'string', default: '600' }, seed: { type: 'string' }, hostile: { type: 'string', default: '4' } },
});
const seed = values.seed === undefined ? Math.floor(Math.random() * 0x3fff_ffff) : Number(values.seed);
const folder = mkdtempSync(join(tmpdir(), 'sr-'));
const home = join(folder, 'home');
mkdirSync(home, { mode: 0o700 });
const end = Date.now() + Number(values.seconds) * 1000;
console.log(`seed ${seed}`);
try {
  const figures = await fuzz({ home, folder, seed, hostile: Number(values.hostile), isOver: () => Date.now() > end });
  console.log(JSON.stringify(figures));
} catch (error) {
  console.error((error as Error).message);
  process.exitCode = 1;
} finally {
  await stopEngine(home);
  killAll(home);
  rmSync(folder, { recursive: true, force: true });
}
