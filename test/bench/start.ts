// `npm run bench:start`: what an application waits for before its first signature, and the memory that it and its engine take; with 100
// objects in the store and with 1,000,000 (which takes a minute or two to make). Kept in results/start.json. `npm run bench:store` measures it
// too, in the stores that it has made.

import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import { stopEngine } from '../../src/cli/engine.ts';
import { LIBRARY, ROOT } from '../../src/cli/library.ts';
import { gather } from '../../src/cli/speed/contestants.ts';
import { type Contestant, measure, USUAL } from '../../src/cli/speed/meter.ts';
import { summarise } from '../../src/cli/speed/rounds.ts';
import { table } from '../../src/cli/tables.ts';
import { compiled } from './compiled.ts';
import { fill } from './fill.ts';
import { keep, originOf } from './kept.ts';
import { runBench, type Tell, withBar } from './program.ts';
import { FIGURES, type FigureName, type Started, type StartResult } from './start-result.ts';

const SESSIONS = 64;

/** As start.c tells it. */
interface Told {
  readonly initialize: number;
  readonly opened: number;
  readonly login: number;
  readonly signature: number;
  readonly rss: number;
  readonly rssInitialized: number;
  readonly rssThreads: number;
}

type Figures = Record<FigureName, number[]>;

/** A contestant with a store of its own, and the program that plays the application. */
interface Scene {
  readonly contestant: Contestant;
  readonly home: string;
  readonly program: string;
  readonly figures: Figures;
}

async function run({ contestant, program }: Scene, ...args: string[]): Promise<Told> {
  const env = { ...process.env, ...contestant.environment };
  const { stdout } = await promisify(execFile)(program, [LIBRARY, ...args], { env, timeout: 60_000 });
  return JSON.parse(stdout) as Told;
}

const whole = (scene: Scene) => run(scene, scene.contestant.label, scene.contestant.pin);

async function memoryOf({ contestant }: Scene, name: 'Pss' | 'Rss'): Promise<number> {
  const rollup = readFileSync(`/proc/${await contestant.engine()}/smaps_rollup`, 'utf8');
  return megabytes(Number(new RegExp(`^${name}: *(\\d+) kB`, 'm').exec(rollup)?.[1]));
}

const megabytes = (kibibytes: number) => (kibibytes * 1024) / 1e6;

async function timed(scene: Scene, ...args: string[]): Promise<number> {
  const began = performance.now();
  await promisify(execFile)(join(ROOT, 'bin', 'strongroom'), args, { env: { ...process.env, ...scene.contestant.environment } });
  return performance.now() - began;
}

/** One start of the engine, and what can be asked of it before it has done anything. */
async function startOnce(scene: Scene): Promise<void> {
  const { figures } = scene;
  await stopEngine(scene.home);
  figures.notRunning.push((await run(scene)).initialize);
  figures.idle.push(await memoryOf(scene, 'Pss'));
  figures.idleResident.push(await memoryOf(scene, 'Rss'));
  // Node writes its compile cache just after the start; whoever comes then waits for that.
  await pause(300);
  for (let again = 0; again < 3; again++) figures.running.push((await run(scene)).initialize);
  figures.status.push(await timed(scene, 'status'));
  figures.help.push(await timed(scene, '--help'));
}

async function useOnce(scene: Scene): Promise<void> {
  const { figures } = scene;
  const told = await whole(scene);
  figures.opened.push(told.opened);
  figures.login.push(told.login);
  figures.signature.push(told.signature);
  figures.application.push(megabytes(told.rssInitialized - told.rss));
  figures.applicationUsed.push(megabytes(told.rssThreads - told.rss));
}

async function signMuch(scene: Scene): Promise<void> {
  await measure(scene.contestant, { ...USUAL, operation: 'p-256', threads: SESSIONS }, 1);
  scene.figures.used.push(await memoryOf(scene, 'Pss'));
}

/** @param contestant has a store with so many objects. */
export async function measureStart(contestant: Contestant, objects: number, rounds: number, tell: Tell): Promise<Started> {
  const folder = mkdtempSync(join(tmpdir(), 'strongroom-start-'));
  try {
    const figures = Object.fromEntries(Object.keys(FIGURES).map((name) => [name, []])) as unknown as Figures;
    const scene: Scene = { contestant, home: contestant.environment.STRONGROOM_HOME!, program: compiled('start', folder), figures };
    // What the engine compiles at its first start it keeps for the next ones.
    await run(scene);
    for (let round = 0; round < rounds; round++) {
      tell(`${objects} objects, start ${round + 1} of ${rounds}`);
      await startOnce(scene);
      await useOnce(scene);
    }
    tell(`${objects} objects, ${SESSIONS} sessions`);
    await signMuch(scene);
    return { objects, figures: rounded(figures) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const rounded = (figures: Figures): Figures =>
  Object.fromEntries(Object.entries(figures).map(([name, values]) => [name, values.map((value) => Number(value.toFixed(3)))])) as Figures;

function print(started: readonly Started[]): void {
  const rows = started.flatMap(({ objects, figures }) =>
    (Object.keys(FIGURES) as FigureName[]).map((name) => {
      const { what, unit } = FIGURES[name];
      const { median, least, most } = summarise(figures[name]);
      return [objects.toLocaleString('en'), what, `${median.toFixed(1)} ${unit}`, `${least.toFixed(1)} to ${most.toFixed(1)}`];
    }),
  );
  console.log(table(['OBJECTS', 'WHAT', 'MEDIAN', 'SPREAD'], rows));
}

async function bench(quick: boolean, interrupted: AbortSignal): Promise<void> {
  const { stores, rounds } = quick ? { stores: [100, 10_000], rounds: 3 } : { stores: [100, 1_000_000], rounds: 15 };
  const measured: Started[] = [];
  await withBar(undefined, interrupted, async (tell) => {
    for (const objects of stores) {
      await using contest = await gather({ modules: [LIBRARY], token: undefined });
      const contestant = contest.contestants[0]!;
      tell(`a store of ${objects} objects`);
      await fill(contestant, objects, interrupted);
      measured.push(await measureStart(contestant, objects, rounds, tell));
    }
  });
  print(measured);
  keep<StartResult>('start', { ...originOf(quick), stores: measured });
}

if (import.meta.main) await runBench(bench);
