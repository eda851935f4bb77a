// What `npm run bench:locking` found, read for those who write of it.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Summary, summarise } from '../../src/cli/speed/rounds.ts';
import { CKR } from '../../src/protocol/constants.ts';
import type { Form, LockingResult, Price, Run } from '../../test/bench/locking-result.ts';

export const RESULT = 'test/bench/results/locking.json';
export const readResult = (): LockingResult => JSON.parse(readFileSync(join(import.meta.dirname, '..', '..', RESULT), 'utf8'));

/** How C_Initialize is called, in words. */
export const SPOKEN: Readonly<Record<Form, string>> = {
  null: 'NULL',
  zero: 'zero struct',
  os: 'OS',
  app: 'callbacks',
  'app-os': 'callbacks and OS',
};

export const MODULES: Readonly<Record<string, string>> = { strongroom: 'Strongroom', softhsm: 'SoftHSM' };

const names = new Map(Object.entries(CKR).map(([name, value]) => [Number(value), `CKR_${name}`]));

/** Why a run did not come to its end, the same for each thread and as short as a table wants it. */
export function reasonOf(failed: string): string {
  const [, name, code] = /^(C_\w+) answered 0x([0-9a-f]+)/.exec(failed) ?? [];
  if (name !== undefined) return `${names.get(Number.parseInt(code!, 16)) ?? `0x${code}`} from ${name}`;
  const [, signal] = /ended by (SIG\w+)/.exec(failed) ?? [];
  if (signal === 'SIGKILL') return 'hung';
  return signal ?? failed.split('\n').at(-1)!;
}

/** A median, and between what the true one lies 19 times of 20, whatever the distribution: by the ranks that a fair coin gives. */
export function middle(values: readonly number[]): Summary {
  const sorted = values.toSorted((a, b) => a - b);
  const half = (1.96 * Math.sqrt(sorted.length)) / 2;
  const at = (rank: number) => sorted[Math.min(Math.max(rank, 0), sorted.length - 1)] ?? Number.NaN;
  const { median } = summarise(sorted);
  return { median, least: at(Math.floor(sorted.length / 2 - half)), most: at(Math.ceil(sorted.length / 2 + half)) };
}

/** What a form costs: its rate for each of C_Initialize(NULL)'s in the same round. */
export const ratios = ({ rates }: Price, form: Form): number[] =>
  (rates[form] ?? []).map((rate, round) => rate / (rates.null?.[round] ?? Number.NaN));

export const find = (runs: readonly Run[], wanted: Partial<Run>): Run | undefined =>
  runs.find((run) => Object.entries(wanted).every(([key, value]) => run[key as keyof Run] === value));
