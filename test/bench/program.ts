// A bench as a program: what it is asked, how it shows where it is, and how it ends.

import { parseArgs } from 'node:util';
import { SingleBar } from 'cli-progress';
import { EXIT, explain, Failure } from '../../src/cli/failure.ts';
import { interruption } from '../../src/cli/interruption.ts';

/** Tells what is measured next, so many steps of the whole further on; an interrupted bench goes no further. */
export type Tell = (what: string, steps?: number) => void;

/** Without a number of steps it is told what is done, and not how much is left. */
export async function withBar<T>(steps: number | undefined, interrupted: AbortSignal, work: (tell: Tell) => Promise<T>): Promise<T> {
  const format = steps === undefined ? '{what}' : '[{bar}] {percentage}%  {what}';
  const bar = new SingleBar({ format, hideCursor: true, clearOnComplete: true });
  bar.start(steps ?? 1, 0, { what: '' });
  try {
    return await work((what, done = 1) => {
      interrupted.throwIfAborted();
      bar.increment(steps === undefined ? 0 : done, { what });
    });
  } catch (error) {
    // A program that was ended with it says something else.
    throw interrupted.aborted ? interrupted.reason : error;
  } finally {
    bar.stop();
  }
}

function isQuick(): boolean {
  try {
    return parseArgs({ options: { quick: { type: 'boolean', default: false } } }).values.quick;
  } catch (error) {
    throw new Failure((error as Error).message, EXIT.usage);
  }
}

/** Runs a bench; a quick one shows whether it works, and its figures are not to be believed. */
export async function runBench(bench: (quick: boolean, interrupted: AbortSignal) => Promise<void>): Promise<void> {
  // From the first moment: stores that were made for the time are cleared away.
  const interrupted = interruption();
  try {
    await bench(isQuick(), interrupted);
  } catch (error) {
    const { sentence, exitCode } = explain(error);
    console.error(sentence);
    process.exitCode = exitCode;
  }
}
