// The examination as it goes on, on a terminal: a line for each column, and each fault when it is found.

import { MultiBar, type SingleBar } from 'cli-progress';
import type { Column } from './examine.ts';
import { count, type Result, SYMBOLS, VERDICTS } from './verdicts.ts';

const WIDEST_TITLE = 44;
const WIDEST_FAULT = 400;

export interface Live extends Disposable {
  tell(column: Column, result: Result): void;
}

const SILENT: Live = { tell() {}, [Symbol.dispose]() {} };

const figures = (results: readonly Result[]) => VERDICTS.map((verdict) => `${SYMBOLS[verdict]} ${count(results, verdict)}`).join('  ');

interface Line {
  readonly bar: SingleBar;
  readonly name: string;
  readonly seen: Result[];
}

function lineOf(bars: MultiBar, name: string, cases: number): Line {
  return { bar: bars.create(cases, 0, { name, figures: figures([]), title: '' }), name, seen: [] };
}

/** Nothing where standard error is no terminal. */
export function live(columns: readonly Column[], cases: number): Live {
  if (!process.stderr.isTTY) return SILENT;
  const bars = new MultiBar({
    format: '{name} [{bar}] {value}/{total}  {figures}  {title}',
    hideCursor: true,
    barsize: 24,
    stream: process.stderr,
  });
  const widest = Math.max(...columns.map(({ name }) => name.length));
  const lines = new Map(columns.map((column) => [column, lineOf(bars, column.name.padEnd(widest), cases)]));
  return {
    tell(column, result) {
      const { bar, name, seen } = lines.get(column)!;
      seen.push(result);
      if (result.verdict === 'FAIL')
        bars.log(`${SYMBOLS.FAIL} ${column.name}, case ${result.case}: ${result.observation.slice(0, WIDEST_FAULT)}\n`);
      bar.increment(1, { name, figures: figures(seen), title: `${result.case} ${result.title}`.slice(0, WIDEST_TITLE) });
    },
    [Symbol.dispose]: () => bars.stop(),
  };
}
