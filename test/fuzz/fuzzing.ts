// Hostile frames from one application, signatures for another, and the engine between them.
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import fc from 'fast-check';
import { compile as compileCaller } from '../model/caller.ts';
import { request } from '../support/engine.ts';
import { Honest } from './honest.ts';
import { Hostile, plan } from './hostile.ts';
import { compile as compileSender, Sender } from './sender.ts';

export interface Figures {
  readonly sequences: number;
  readonly frames: number;
  readonly spoilt: number;
  readonly dropped: number;
  readonly signatures: number;
  /** Functions of which a good frame was answered with CKR_OK. */
  readonly functions: number;
}

/** Beside the honest application's. */
const HOSTILE_SLOT = 1;
/** Between two signatures, in milliseconds: the engine is there for the other. */
const PAUSE = 5;

/** A first value is otherwise a small one. */
const evenly = fc.noBias(plan);

const processOf = async (home: string): Promise<number> => ((await request(home, 'status')) as { pid: number }).pid;

/** What the engine's log says of itself that must not be. */
const bugs = (home: string): string[] => {
  const log = join(home, 'engine.log');
  return existsSync(log)
    ? readFileSync(log, 'utf8')
        .split('\n')
        .filter((line) => / error: /.test(line))
    : [];
};

export interface Options {
  readonly home: string;
  /** For the programs. */
  readonly folder: string;
  readonly seed: number;
  /** Hostile applications at once. With one, the sequences of a seed are all there is. */
  readonly hostile: number;
  /** Asked before each sequence, with how many there were. */
  readonly isOver: (sequences: number) => boolean;
}

/** @throws at the first thing that must not be, with what led to it. */
export async function fuzz({ home, folder, seed, hostile: count, isOver }: Options): Promise<Figures> {
  const honest = await Honest.open(compileCaller(folder), home);
  const program = compileSender(folder);
  const senders = Array.from({ length: count }, () => new Sender(program, home));
  const hostile = senders.map((sender) => new Hostile(sender, HOSTILE_SLOT));
  let isDone = false;
  let sequences = 0;
  const sign = async () => {
    while (!isDone) {
      await honest.sign();
      await pause(PAUSE);
    }
  };
  const attack = async (one: Hostile) => {
    while (!isDone && !isOver(sequences)) await perform(one, seed + sequences++, home);
  };
  try {
    const engine = await processOf(home);
    await hostile[0]!.rehearse();
    const signing = sign();
    await Promise.race([Promise.all(hostile.map(attack)), signing]);
    isDone = true;
    await signing;
    assert.equal(await processOf(home), engine, 'the engine is the one that it was');
    return { sequences, ...counts(hostile), signatures: honest.signatures };
  } finally {
    isDone = true;
    await Promise.all([...senders, honest].map((application) => application.end()));
  }
}

const counts = (hostile: readonly Hostile[]) => {
  const sum = (of: (one: Hostile) => number) => hostile.reduce((total, one) => total + of(one), 0);
  return {
    frames: sum(({ frames }) => frames),
    spoilt: sum(({ spoilt }) => spoilt),
    dropped: sum(({ dropped }) => dropped),
    functions: hostile[0]!.succeeded.size,
  };
};

async function perform(hostile: Hostile, seed: number, home: string): Promise<void> {
  const [drawn] = fc.sample(evenly, { seed, numRuns: 1 });
  try {
    await hostile.perform(drawn!);
    assert.deepEqual(bugs(home), [], 'the engine met bugs of its own');
  } catch (error) {
    throw new Error(`seed ${seed}: ${(error as Error).message}`, { cause: error });
  }
}
