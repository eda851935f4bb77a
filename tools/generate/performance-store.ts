// Of docs/performance.md: what touches the store, and what takes long.

import { figure } from '../../src/cli/speed/report.ts';
import { summarise } from '../../src/cli/speed/rounds.ts';
import { FIGURES, type FigureName } from '../../test/bench/start-result.ts';
import { table } from './markdown.ts';
import type { Results } from './performance-results.ts';
import { NOT_MEASURED, TITLES } from './performance-words.ts';

const middle = (values: readonly number[]): string => figure(summarise(values).median);
const spread = (values: readonly number[]): string => {
  const { median, least, most } = summarise(values);
  return `${median.toFixed(2)} (${least.toFixed(2)} to ${most.toFixed(2)})`;
};

function creation({ durable }: Results): string {
  if (durable === undefined) return NOT_MEASURED;
  const { disk, creations } = durable;
  const rows = creations.map(({ module, threads, rates, p50, p99, application, engine }) => [
    TITLES[module] ?? module,
    threads,
    middle(rates),
    spread(rates.map((rate, round) => rate / (disk[round]?.append ?? Number.NaN))),
    `${middle(p50)} / ${middle(p99)}`,
    `${middle(application)} + ${middle(engine)}`,
  ]);
  const alone = `The disk alone completes ${middle(disk.map(({ append }) => append))} small writes a second, each with its fsync, behind the end of a file, and ${middle(disk.map(({ rewrite }) => rewrite))} within one.`;
  return `${alone}\n\n${table(['module', 'threads', 'keys a second', 'for each write of the disk', 'p50 / p99 µs', 'CPU µs, application + engine'], rows)}`;
}

function slow({ durable }: Results): string {
  if (durable === undefined) return NOT_MEASURED;
  const rows = durable.beside.map(({ operation, slow: what, rates, p50, p99, longest, done }) => [
    operation,
    what,
    middle(rates),
    middle(p50),
    middle(p99),
    middle(longest),
    what === 'nothing' ? '' : middle(done),
  ]);
  return table(
    [
      'one thread signs',
      'while another application does',
      'signatures a second',
      'p50 µs',
      'p99 µs',
      'longest µs',
      'of the other, a second',
    ],
    rows,
  );
}

const sized = (value: readonly number[], unit = ''): string => (value.length === 0 ? '' : `${middle(value)}${unit}`);

function finding({ store }: Results): string {
  if (store === undefined) return NOT_MEASURED;
  const rows = store.sizes.flatMap(({ module, objects, finds }) =>
    finds.map(({ threads, rates, p99 }) => [TITLES[module] ?? module, objects.toLocaleString('en'), threads, middle(rates), middle(p99)]),
  );
  return table(['module', 'keys', 'threads', 'found, a second', 'p99 µs'], rows);
}

function starting({ start, store }: Results): string {
  if (start === undefined || store === undefined) return NOT_MEASURED;
  const rows = (Object.keys(FIGURES) as FigureName[]).map((name) => [
    FIGURES[name].what,
    ...start.stores.map(({ figures }) => `${middle(figures[name])} ${FIGURES[name].unit}`),
  ]);
  const ours = store.sizes.filter(({ memory }) => memory.length > 0);
  const searched = ours.map(({ objects, memory }) => `${middle(memory)} MB with ${objects.toLocaleString('en')} keys`).join(', ');
  const head = ['', ...start.stores.map(({ objects }) => `${objects.toLocaleString('en')} keys`)];
  return `${table(head, rows)}\n\nAfter the searches above all pages of the engine together are ${searched}. The large store took ${figure(store.made)} s to make.`;
}

function stages({ stages: result }: Results): string {
  if (result === undefined) return NOT_MEASURED;
  const names = result.cases[0]?.stages.map(({ stage }) => stage) ?? [];
  const head = [
    'stage',
    ...result.cases.map(({ operation, threads }) => `${operation}, ${threads === 1 ? '1 thread' : `${threads} threads`}`),
  ];
  const cell = (at: number) =>
    result.cases.map(({ stages: all }) => `${figure(all[at]!.p50)} / ${figure(all[at]!.p99)} / ${figure(all[at]!.mean)}`);
  const whole = result.cases.map(({ rate, p50 }) => `${figure(p50)} (${figure(rate)} a second)`);
  return `p50 / p99 / mean of each stage, µs.\n\n${table(head, [...names.map((name, at) => [name, ...cell(at)]), ['the call, as the application sees it: p50', ...whole]])}`;
}

function many({ many: result }: Results): string {
  if (result === undefined) return NOT_MEASURED;
  const crowds = result.crowds.map(({ module, applications, failed, rates, fairness, p99, engine }) => [
    TITLES[module] ?? module,
    applications,
    middle(failed),
    middle(rates),
    middle(fairness),
    middle(p99),
    sized(engine),
  ]);
  const sessions = result.sessions.map(({ module, sessions: count, opened, signed, closed, memory }) => [
    TITLES[module] ?? module,
    count.toLocaleString('en'),
    middle(opened),
    middle(signed),
    middle(closed),
    middle(memory),
  ]);
  const head = [
    'module',
    'applications',
    'of them failed',
    'P-256 signatures a second, all together',
    'fairness',
    'p99 µs of the slowest',
    'engine MB',
  ];
  const other = ['module', 'sessions', 'opened, a second', 'a signature in each, a second', 'closed, a second', 'KiB for each'];
  return `${table(head, crowds)}\n\n${table(other, sessions)}`;
}

export const storeSections = { stages, finding, starting, creation, slow, many };
