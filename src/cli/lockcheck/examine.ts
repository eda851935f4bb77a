// Runs the conformance kit, a program in C, on a module, and reads what it finds line by line.

import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Failure } from '../failure.ts';
import { ROOT } from '../library.ts';
import type { Case, Examined, Result } from './verdicts.ts';

const KIT = join(ROOT, 'build', 'Release', 'lockcheck');

/** What to examine, how, and in which environment. */
export interface Column {
  readonly name: string;
  readonly module: string;
  readonly options: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
}

type Line = Result | { readonly prepared: boolean; readonly reason: string };

interface Reading {
  readonly args: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly interrupted?: AbortSignal;
  readonly read: (line: string) => void;
}

/** @returns its exit code. */
async function runKit({ args, environment, interrupted, read }: Reading): Promise<number> {
  if (!existsSync(KIT)) throw new Failure(`The conformance kit is not built yet; run \`npm run build\` in ${ROOT}.`);
  const child = spawn(KIT, args, { stdio: ['ignore', 'pipe', 'inherit'], env: { ...process.env, ...environment } });
  const stop = () => child.kill('SIGKILL');
  interrupted?.addEventListener('abort', stop);
  const ended = new Promise<number>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve(code ?? -1));
  });
  createInterface({ input: child.stdout }).on('line', read);
  const code = await ended;
  interrupted?.removeEventListener('abort', stop);
  if (interrupted?.aborted) throw interrupted.reason;
  return code;
}

/** Cases by number, groups by letter; none: all. @param tell hears each result as it comes. */
export async function examine(
  { name, module, options, environment }: Column,
  chosen: readonly string[],
  tell: (result: Result) => void,
  interrupted: AbortSignal,
): Promise<Examined> {
  const results: Result[] = [];
  let noToken = '';
  const code = await runKit({
    args: ['--module', module, ...options, ...chosen],
    environment,
    interrupted,
    read: (text) => {
      const line = JSON.parse(text) as Line;
      if ('prepared' in line) noToken = line.reason;
      else {
        results.push(line);
        tell(line);
      }
    },
  });
  // 1 says that there was a FAIL; anything else is the kit's own end.
  if (code > 1 || code < 0) throw new Failure(`The conformance kit could not examine ${module} (it ended with code ${code}).`);
  return { name, module, noToken, results };
}

/** All cases that the kit has. */
export async function listCases(): Promise<Case[]> {
  const cases: Case[] = [];
  await runKit({ args: ['--list'], environment: {}, read: (line) => cases.push(JSON.parse(line) as Case) });
  return cases;
}
