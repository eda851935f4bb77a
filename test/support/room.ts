// A store of its own for each test, made when the test asks for `room` and taken apart, and looked over, when it ends.
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test as bare } from 'vitest';
import { killAll, stopEngine } from './engine.ts';
import { type Finished, find, type RunOptions, run } from './program.ts';

export interface Room {
  /** For files of the test; `home` lies in it. Short, since sockets' paths are. */
  readonly folder: string;
  /** STRONGROOM_HOME. */
  readonly home: string;
  /** The environment of the programs that the test starts. */
  readonly env: NodeJS.ProcessEnv;
  run(program: string, args: readonly string[], options?: Partial<RunOptions>): Promise<Finished>;
}

const build = (): Room => {
  const folder = mkdtempSync(join(tmpdir(), 'sr-'));
  const home = join(folder, 'home');
  mkdirSync(home, { mode: 0o700 });
  const env = { PATH: process.env.PATH, HOME: folder, LANG: 'C.UTF-8', STRONGROOM_HOME: home };
  return {
    folder,
    home,
    env,
    run: (program, args, options) => run(find(program) ?? program, args, { env, cwd: folder, ...options }),
  };
};

const dismantle = async (room: Room): Promise<void> => {
  const left = await stopEngine(room.home);
  killAll(room.home);
  rmSync(room.folder, { recursive: true, force: true });
  if (left.length > 0) throw new Error(`after the engine was stopped: ${left.join('; ')}`);
};

/** The module reads its environment at C_Initialize; a test process that loads it itself needs the store's. */
export const test = bare.extend('room', async ({ task: _task }, { onCleanup }) => {
  const room = build();
  const before = process.env.STRONGROOM_HOME;
  process.env.STRONGROOM_HOME = room.home;
  onCleanup(async () => {
    if (before === undefined) delete process.env.STRONGROOM_HOME;
    else process.env.STRONGROOM_HOME = before;
    await dismantle(room);
  });
  return room;
});
