// The least that a token in another process costs on this machine: crossing.c, whose workers compute for as long as OpenSSL takes for a
// signature and do nothing else. What it reaches is no target, but tells how much of one is left to be had.

import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { compiled } from './compiled.ts';
import { kept } from './kept.ts';
import type { StagesResult } from './stages-result.ts';

/** Microseconds that OpenSSL takes for one, as the engine's tracer saw it last where nobody else ran. */
export const microsecondsOf = (operation: string, stages = kept<StagesResult>('stages')): number | undefined =>
  stages?.cases.find((each) => each.operation === operation && each.threads === 1)?.stages.find(({ stage }) => stage === 'OpenSSL')?.p50;

export interface Crossing extends Disposable {
  /** Calls a second of so many threads together. */
  readonly rate: (operation: string, threads: number, seconds: number) => Promise<number>;
}

export function openCrossing(cores: number): Crossing {
  const folder = mkdtempSync(join(tmpdir(), 'strongroom-crossing-'));
  const program = compiled('crossing', folder);
  return {
    async rate(operation, threads, seconds) {
      const told = [threads, cores, microsecondsOf(operation) ?? Number.NaN, seconds].map(String);
      const { stdout } = await promisify(execFile)(program, told, { timeout: 1000 * (10 + 2 * seconds) });
      return Number(stdout);
    },
    [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }),
  };
}
