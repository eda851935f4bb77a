// What a bench keeps: one JSON file a bench in results/, the newest only (git has the others), and where it came from.

import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus, release, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '..', '..');
export const RESULTS = 'test/bench/results';

export interface Origin {
  readonly date: string;
  readonly commit: string;
  readonly machine: { readonly processor: string; readonly cores: number; readonly memory?: number; readonly kernel: string };
  readonly node: string;
  readonly openssl: string;
  /** Too short for its figures to be believed. */
  readonly quick: boolean;
}

/** Everything was measured so many times, so many seconds each time. */
export interface Rounds extends Origin {
  readonly seconds: number;
  readonly rounds: number;
}

/** A figure for each round, under each of these names. */
export type EachRound<Name extends string> = { readonly [name in Name]: readonly number[] };

/** A tree is as its commit says if nothing but results was written since. */
function commit(): string {
  const git = (...args: string[]) => execFileSync('git', ['-C', ROOT, ...args], { encoding: 'utf8' }).trim();
  const changed = git('status', '--porcelain', '--untracked-files=no', '--', '.', ':!test/bench/results', ':!docs', ':!README.md');
  return git('rev-parse', '--short', 'HEAD') + (changed === '' ? '' : '-dirty');
}

export const originOf = (quick: boolean): Origin => ({
  date: new Date().toISOString(),
  commit: commit(),
  machine: {
    processor: cpus()[0]?.model ?? 'unknown',
    cores: availableParallelism(),
    memory: Math.round(totalmem() / 2 ** 30),
    kernel: release(),
  },
  node: process.version,
  openssl: process.versions.openssl,
  quick,
});

const pathOf = (name: string) => join(ROOT, RESULTS, `${name}.json`);

/** What the last run of a bench found; undefined where there was none. */
export function kept<T>(name: string): (T & Origin) | undefined {
  const path = pathOf(name);
  return existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as T & Origin) : undefined;
}

/** JSON with a line for each element of a list: readable, and a change is a changed line. */
const written = (result: object): string =>
  `{\n${Object.entries(result)
    .map(([key, value]) => {
      const text = Array.isArray(value) ? `[\n${value.map((each) => JSON.stringify(each)).join(',\n')}\n]` : JSON.stringify(value);
      return `${JSON.stringify(key)}: ${text}`;
    })
    .join(',\n')}\n}\n`;

/** What a quick run finds is not to take the place of what a long one did: it goes to the folder for temporary files. */
export function keep<Result extends Origin>(name: string, result: Result): void {
  const path = result.quick && kept(name)?.quick === false ? join(tmpdir(), `${name}-quick.json`) : pathOf(name);
  mkdirSync(join(ROOT, RESULTS), { recursive: true });
  writeFileSync(path, written(result));
  console.log(`Kept in ${path}`);
}
