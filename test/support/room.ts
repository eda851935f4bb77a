// A store for a test, taken apart and looked over when the test ends, and the folder in which the test's programs run.
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test as bare } from 'vitest';
import { killAll, stopEngine } from './engine.ts';
import { type Finished, find, type RunOptions, run } from './program.ts';
import { sanitizerEnvironment } from './sanitizer.ts';

export interface Room {
  /** For files of the test; programs start in it. */
  readonly folder: string;
  /** STRONGROOM_HOME. */
  readonly home: string;
  /** The environment of the programs that the test starts. */
  readonly env: NodeJS.ProcessEnv;
  run(program: string, args: readonly string[], options?: Partial<RunOptions>): Promise<Finished>;
  /** Does this before the room is taken apart: whoever starts a process ends it here. */
  atEnd(act: () => Promise<unknown>): void;
}

export interface Scope {
  readonly onCleanup: (cleanup: () => void | Promise<void>) => void;
}

/** Short: a path that sockets have. */
const temporaryFolder = () => mkdtempSync(join(tmpdir(), 'sr-'));
const remove = (folder: string) => rmSync(folder, { recursive: true, force: true });

const closeStore = async (home: string): Promise<void> => {
  const left = await stopEngine(home);
  killAll(home);
  if (left.length > 0) throw new Error(`after the engine was stopped: ${left.join('; ')}`);
  const bugs = bugsIn(join(home, 'engine.log'));
  if (bugs.length > 0) throw new Error(`the engine met bugs of its own: ${bugs.join('; ')}`);
};

/** What the engine says of itself that must not be: a code that is not the function's, an exception, a worker that died. */
const bugsIn = (log: string): string[] =>
  existsSync(log)
    ? readFileSync(log, 'utf8')
        .split('\n')
        .filter((line) => / error: (a bug|a worker died): /.test(line))
    : [];

/** The module reads its environment at C_Initialize: a test process that loads it itself needs the store's. */
const openStore = ({ onCleanup }: Scope): string => {
  const folder = temporaryFolder();
  const home = join(folder, 'home');
  mkdirSync(home, { mode: 0o700 });
  const before = process.env.STRONGROOM_HOME;
  process.env.STRONGROOM_HOME = home;
  onCleanup(async () => {
    if (before === undefined) delete process.env.STRONGROOM_HOME;
    else process.env.STRONGROOM_HOME = before;
    await closeStore(home).finally(() => remove(folder));
  });
  return home;
};

const furnish = (home: string, { onCleanup }: Scope): Room => {
  const folder = temporaryFolder();
  const acts: (() => Promise<unknown>)[] = [];
  onCleanup(async () => {
    await Promise.all(acts.map((act) => act()));
    remove(folder);
  });
  const env = { ...sanitizerEnvironment(), PATH: process.env.PATH, HOME: folder, LANG: 'C.UTF-8', STRONGROOM_HOME: home };
  return {
    folder,
    home,
    env,
    run: (program, args, options) => run(find(program) ?? program, args, { env, cwd: folder, ...options }),
    atEnd: (act) => acts.push(act),
  };
};

/** `home`: a store of the test's own, with an engine of its own once somebody loads the module. */
export const test = bare
  .extend('home', ({ task: _task }, scope) => openStore(scope))
  .extend('room', ({ home }, scope) => furnish(home, scope));

/** For many small tests: one store and one engine for the whole file. */
export const sharedTest = bare
  // biome-ignore lint/correctness/noEmptyPattern: vitest reads the parameter's text, and a file's fixture depends on nothing.
  .extend('home', { scope: 'file' }, ({}, scope) => openStore(scope))
  .extend('room', ({ home }, scope) => furnish(home, scope));
