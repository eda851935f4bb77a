// What was measured, as one HTML file that needs nothing beside it: who is how many times faster at a glance, then for each operation
// its drawings and every figure.

import { availableParallelism, cpus } from 'node:os';
import { escapeText, pageOf } from '../page.ts';
import { latenciesDrawing, ratesDrawing } from './drawings.ts';
import type { Sample } from './meter.ts';
import { figure } from './report.ts';
import type { Measured, Series } from './rounds.ts';
import { ratio, summarise } from './rounds.ts';

const STYLE = `
:root { --faster: 0, 114, 178; --slower: 213, 94, 0; }
body { max-width: 84rem; }
.glance { margin: 1.2rem 0 .4rem; } .glance td, .glance th { border: 0; padding: .15rem .2rem; }
.glance th[scope=row] { padding-right: 1rem; font-weight: 400; } .glance a { color: inherit; }
.glance td { min-width: 4.6rem; text-align: center; border-radius: 3px; }
.glance th { text-align: center; } .glance th[scope=row] { text-align: left; }
.spread { color: var(--soft); font-size: .85em; white-space: nowrap; }
figcaption { color: var(--soft); font-size: .88em; margin-bottom: .3rem; } .glance caption { text-align: left; color: var(--soft); padding-bottom: .4rem; }
figure svg { max-width: 100%; height: auto; }
.figures { overflow-x: auto; margin: .6rem 0 0; } .figures th { vertical-align: bottom; } .figures th.number { white-space: nowrap; }
tr.next td { border-top: 2px solid var(--line); }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .2rem 1.2rem; color: var(--soft); } dt { font-weight: 500; } dd { margin: 0; }
section { scroll-margin-top: 1rem; }
`;

const MEANINGS: Readonly<Record<string, string>> = {
  'p50, p99, p99.9': 'half of the operations, all but the slowest hundredth, all but the slowest thousandth took no longer',
  fairness: 'what the slowest thread did for each operation of the fastest: 1 where everybody gets the same',
  CPU: 'processor time of one operation, in the application and, where the module’s work is done by another process, in that; it does not change with what else the machine does',
  locks: 'calls of the application’s own LockMutex for one operation',
  'times faster': 'compared within each round: the median of the rounds, the least and the most',
};

const idOf = (title: string) => title.replaceAll(/[^a-z0-9]+/gi, '-').toLowerCase();
const cell = (value: string, kind = 'number') => `<td class="${kind}">${value}</td>`;
const spreadOf = (least: string, most: string) => (least === most ? '' : ` <span class="spread">${least} to ${most}</span>`);

/** Twice as fast and half as fast are equally far from white; four times is as far as it goes. */
function shade(times: number): string {
  const strength = Math.min(Math.abs(Math.log2(times)) / 2, 1) * 0.75 + 0.08;
  return `background: rgba(var(${times >= 1 ? '--faster' : '--slower'}), ${strength.toFixed(2)})`;
}

/** For each operation and number of threads, how many times another's rate the first module's is. */
function glance(groups: ReadonlyMap<string, readonly Measured[]>, other: number, name: string): string {
  const threads = [...new Set([...groups.values()].flat().map((each) => each.threads))].sort((a, b) => a - b);
  const rows = [...groups].map(([title, cases]) => {
    const cells = threads.map((count) => {
      const measured = cases.find((each) => each.threads === count);
      const against = measured && ratio(measured, measured.series[other]!);
      if (against === undefined) return '<td>·</td>';
      const told = `${figure(against.least)} to ${figure(against.most)}`;
      return `<td style="${shade(against.median)}" title="${told}">${figure(against.median)} ×</td>`;
    });
    return `<tr><th scope="row"><a href="#${idOf(title)}">${escapeText(title)}</a></th>${cells.join('')}</tr>`;
  });
  const head = threads.map((count) => `<th>${count} ${count === 1 ? 'thread' : 'threads'}</th>`).join('');
  return `<table class="glance"><caption>${escapeText(name)}</caption><thead><tr><th></th>${head}</tr></thead><tbody>${rows.join('')}</tbody></table>`;
}

function glances(all: readonly Measured[], groups: ReadonlyMap<string, readonly Measured[]>): string {
  const [first, ...others] = all[0]?.series ?? [];
  return others.map(({ name }, at) => glance(groups, at + 1, `${first!.name}, for each operation of ${name}`)).join('');
}

const HEAD = ['threads', 'module', 'a second', 'p50 µs', 'p99 µs', 'p99.9 µs', 'fairness', 'CPU µs', 'locks'];

function rowOf(measured: Measured, series: Series, at: number): string {
  const title = cell(at === 0 ? `${measured.threads}` : '') + cell(escapeText(series.name), 'name');
  const row = (cells: string) => `<tr${at === 0 ? ' class="next"' : ''}>${title}${cells}</tr>`;
  if (series.failed !== undefined) return row(`<td colspan="8" class="failed">${escapeText(series.failed)}</td>`);
  const middle = (value: (sample: Sample) => number) => figure(summarise(series.samples.map(value)).median);
  const { median, least, most } = summarise(series.samples.map(({ rate }) => rate));
  const against = ratio(measured, series);
  const beside = middle((sample) => (1e6 * sample.beside) / sample.done);
  const numbers = [
    figure(median) + spreadOf(figure(least), figure(most)),
    middle(({ p50 }) => p50),
    middle(({ p99 }) => p99),
    middle(({ p999 }) => p999),
    middle(({ fairness }) => fairness),
    middle(({ user, system, done }) => (1e6 * (user + system)) / done) + (beside === '0' ? '' : ` + ${beside}`),
    middle(({ locks }) => locks),
    against === undefined ? '' : against.median.toFixed(2) + spreadOf(against.least.toFixed(2), against.most.toFixed(2)),
  ];
  return row(numbers.map((value) => cell(value)).join(''));
}

function section(title: string, calls: string, cases: readonly Measured[]): string {
  const names = cases[0]!.series.map(({ name }) => name);
  const head = [...HEAD, names.length > 1 ? `${escapeText(names[0]!)} is times faster` : ''];
  const heads = head.map((name) => `<th${name === 'module' ? '' : ' class="number"'}>${name}</th>`).join('');
  const rows = cases.flatMap((measured) => measured.series.map((series, at) => rowOf(measured, series, at)));
  const figures = [
    ['Operations a second; the grey line goes from the slowest round to the fastest', ratesDrawing(cases)],
    ['µs an operation: p50, and p99 dashed; each line of the grid is ten times the one below', latenciesDrawing(cases)],
  ].map(([caption, svg]) => `<figure><figcaption>${caption}</figcaption>${svg}</figure>`);
  const drawn = `<div class="beside">${figures.join('')}</div>`;
  const listed = `<div class="figures"><table><thead><tr>${heads}</tr></thead><tbody>${rows.join('')}</tbody></table></div>`;
  return `<section id="${idOf(title)}"><h2>${escapeText(title)}</h2><p>${escapeText(calls)}</p>${drawn}${listed}</section>`;
}

const legend = () =>
  `<h2>What the columns say</h2><dl>${Object.entries(MEANINGS)
    .map(([name, meaning]) => `<dt>${escapeText(name)}</dt><dd>${escapeText(meaning)}</dd>`)
    .join('')}</dl>`;

/** @param operations what each operation calls. */
export function page(all: readonly Measured[], operations: ReadonlyMap<string, string>, rounds: number, seconds: number): string {
  const titleOf = ({ operation, form, sharing, size }: Measured) =>
    [
      operation,
      form === 'os' ? '' : `init ${form}`,
      sharing === 'own' ? '' : `sessions ${sharing}`,
      size === undefined ? '' : `${size} bytes`,
    ]
      .filter(Boolean)
      .join(', ');
  const groups = Map.groupBy(all, titleOf);
  const sections = [...groups].map(([title, cases]) => section(title, operations.get(cases[0]!.operation) ?? '', cases));
  const machine = `${cpus()[0]?.model ?? 'unknown processor'}, ${availableParallelism()} cores`;
  const told = `${machine}, ${new Date().toISOString().slice(0, 10)}. The median of ${rounds} ${rounds === 1 ? 'round' : 'rounds'} of ${seconds} s each, module by module by turns.`;
  const body = `<p>${escapeText(told)}</p>${glances(all, groups)}${sections.join('')}${legend()}`;
  return pageOf('How fast each module is', body, STYLE);
}
