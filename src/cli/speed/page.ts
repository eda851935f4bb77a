// What was measured, as one HTML file that needs nothing beside it: a chart for each operation, and every figure in a table.

import { availableParallelism, cpus } from 'node:os';
import { init } from 'echarts';
import { escapeText, pageOf } from '../page.ts';
import { figure } from './report.ts';
import type { Measured, Series } from './rounds.ts';
import { ratio, summarise } from './rounds.ts';

/** Told apart by those who do not see red and green alike (Okabe and Ito). */
const COLOURS = ['#0072b2', '#e69f00', '#009e73', '#cc79a7', '#56b4e9', '#d55e00'];
const GREY = '#8a8f98';

const rates = (series: Series) => series.samples.map(({ rate }) => rate);

/** Operations a second over the number of threads, a bar for each module. */
function chart(cases: readonly Measured[]): string {
  const drawing = init(null, null, { renderer: 'svg', ssr: true, width: 460, height: 260 });
  const names = cases[0]!.series.map(({ name }) => name);
  const text = { color: GREY };
  drawing.setOption({
    animation: false,
    color: COLOURS,
    textStyle: { fontFamily: 'system-ui, sans-serif' },
    legend: { textStyle: text, top: 0 },
    grid: { left: 64, right: 12, top: 34, bottom: 38 },
    xAxis: {
      type: 'category',
      data: cases.map(({ threads }) => `${threads}`),
      name: 'threads',
      nameLocation: 'middle',
      nameGap: 24,
      axisLabel: text,
    },
    yAxis: {
      type: 'value',
      axisLabel: { ...text, formatter: (value: number) => value.toLocaleString('en') },
      splitLine: { lineStyle: { color: '#8a8f9840' } },
    },
    series: names.map((name, at) => ({
      type: 'bar',
      name,
      data: cases.map(({ series }) => {
        const { median } = summarise(rates(series[at]!));
        return Number.isNaN(median) ? null : Math.round(median);
      }),
    })),
  });
  const svg = drawing.renderToSVGString();
  drawing.dispose();
  return svg;
}

function rowOf(measured: Measured, series: Series): string {
  const cell = (value: string, kind = '') => `<td${kind}>${value}</td>`;
  const title = cell(`${measured.threads}`, ' class="number"') + cell(escapeText(series.name));
  if (series.failed !== undefined) return `<tr>${title}<td colspan="6" class="failed">${escapeText(series.failed)}</td></tr>`;
  const median = (of: 'p50' | 'p99' | 'p999' | 'fairness') => figure(summarise(series.samples.map((sample) => sample[of])).median);
  const { median: rate, least, most } = summarise(rates(series));
  const against = ratio(measured, series);
  const numbers = [
    `<abbr title="${figure(least)} to ${figure(most)}">${figure(rate)}</abbr>`,
    median('p50'),
    median('p99'),
    median('p999'),
    median('fairness'),
    against === undefined ? '' : `${against.median.toFixed(2)} (${against.least.toFixed(2)} to ${against.most.toFixed(2)})`,
  ];
  return `<tr>${title}${numbers.map((value) => cell(value, ' class="number"')).join('')}</tr>`;
}

function section(title: string, calls: string, cases: readonly Measured[]): string {
  const head = [
    'threads',
    'module',
    'per second',
    'p50 µs',
    'p99 µs',
    'p99.9 µs',
    'fairness',
    `${escapeText(cases[0]!.series[0]!.name)} is times faster`,
  ];
  const rows = cases.flatMap((measured) => measured.series.map((series) => rowOf(measured, series)));
  const drawn = `<figure>${chart(cases)}</figure>`;
  const listed = `<table><thead><tr>${head.map((name) => `<th>${name}</th>`).join('')}</tr></thead><tbody>${rows.join('')}</tbody></table>`;
  return `<section><h2>${escapeText(title)}</h2><p>${escapeText(calls)}</p><div class="beside">${drawn}${listed}</div></section>`;
}

/** @param operations what each operation calls. */
export function page(all: readonly Measured[], operations: ReadonlyMap<string, string>, rounds: number, seconds: number): string {
  const titleOf = ({ operation, form, sharing }: Measured) =>
    [operation, form === 'os' ? '' : `init ${form}`, sharing === 'own' ? '' : `sessions ${sharing}`].filter(Boolean).join(', ');
  const groups = Map.groupBy(all, titleOf);
  const sections = [...groups].map(([title, cases]) => section(title, operations.get(cases[0]!.operation) ?? '', cases));
  const machine = `${cpus()[0]?.model ?? 'unknown processor'}, ${availableParallelism()} cores`;
  const told = `${machine}, ${new Date().toISOString().slice(0, 10)}. The median of ${rounds} rounds of ${seconds} s each, module by module by turns; a ratio is taken within a round.`;
  return pageOf('Operations a second', `<p>${escapeText(told)}</p>${sections.join('')}`);
}
