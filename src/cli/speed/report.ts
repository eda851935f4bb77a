// What was measured, for a terminal.

import { table } from '../tables.ts';
import type { Sample } from './meter.ts';
import { type Measured, ratio, type Series, summarise } from './rounds.ts';

const median = (series: Series, figure: keyof Sample) => summarise(series.samples.map((sample) => sample[figure])).median;

/** Enough digits to compare, no more. */
export const figure = (value: number): string =>
  !Number.isFinite(value) ? '' : value.toLocaleString('en', { maximumFractionDigits: value >= 100 ? 0 : value >= 10 ? 1 : 2 });

const titleOf = ({ operation, threads, form, sharing, size }: Measured): (string | number)[] => {
  const more = [
    form === 'os' ? '' : `init ${form}`,
    sharing === 'own' ? '' : `sessions ${sharing}`,
    size === undefined ? '' : `${size} bytes`,
  ];
  return [[operation, ...more.filter(Boolean)].join(', '), threads];
};

function rowOf(measured: Measured, series: Series): (string | number)[] {
  const title = [...titleOf(measured), series.name];
  if (series.failed !== undefined) return [...title, series.failed];
  const against = ratio(measured, series);
  const refused = median(series, 'refused');
  return [
    ...title,
    `${figure(median(series, 'rate'))}${refused > 0 ? ` (${figure(refused)} refused)` : ''}`,
    figure(median(series, 'p50')),
    figure(median(series, 'p99')),
    figure(median(series, 'p999')),
    figure(median(series, 'fairness')),
    figure((1e6 * median(series, 'user') + 1e6 * median(series, 'system')) / median(series, 'done')),
    figure((1e6 * median(series, 'beside')) / median(series, 'done')),
    figure(median(series, 'locks')),
    against === undefined ? '' : `${against.median.toFixed(2)}  (${against.least.toFixed(2)} to ${against.most.toFixed(2)})`,
  ];
}

export function report(all: readonly Measured[], rounds: number, seconds: number): string {
  const [first] = all[0]?.series ?? [];
  const others = (all[0]?.series.length ?? 0) > 1;
  const head = ['OPERATION', 'THREADS', 'MODULE', 'PER SECOND', 'P50 µs', 'P99 µs', 'P99.9 µs', 'FAIR', 'CPU µs', 'ENGINE µs', 'LOCKS'];
  if (others) head.push(`${first?.name.toUpperCase()} IS TIMES FASTER`);
  const rows = all.flatMap((measured) => measured.series.map((series) => rowOf(measured, series).slice(0, head.length)));
  const told = [
    `The median of ${rounds} rounds of ${seconds} s each, by turns${others ? '; the ratio is taken within a round: its median and its spread' : ''}.`,
    'FAIR: what the slowest thread did for each operation of the fastest. CPU, ENGINE: processor time an operation, in the application and in',
    'the engine. LOCKS: calls of the application’s own LockMutex an operation.',
  ];
  return `${table(head, rows, 1)}\n\n${told.join('\n')}`;
}

/** The line that ods-hsmspeed ends with, one a run. */
export const likeHsmSpeed = (all: readonly Measured[]): string =>
  all
    .flatMap(({ threads, operation, series }) =>
      series.map((each) => {
        const bits = /\d+/.exec(operation)?.[0] ?? '';
        const done = Math.round(median(each, 'done') / threads);
        return (
          each.failed ??
          `${threads} threads, ${done} signatures per thread, ${median(each, 'rate').toFixed(2)} sig/s (${operation.split('-')[0]?.toUpperCase()} ${bits} bits)`
        );
      }),
    )
    .join('\n');
