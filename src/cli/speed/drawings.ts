// The drawings of the page of speeds: rates as bars with the spread of their rounds, latencies as lines.

import { type EChartsOption, init } from 'echarts';
import type { Sample } from './meter.ts';
import { type Measured, type Series, summarise } from './rounds.ts';

/** Told apart by those who do not see red and green alike (Okabe and Ito). */
const COLOURS = ['#0072b2', '#e69f00', '#009e73', '#cc79a7', '#56b4e9', '#d55e00'];
const GREY = '#8a8f98';
const text = { color: GREY };
const splitLine = { lineStyle: { color: '#8a8f9840' } };

const of = (series: Series, figure: keyof Sample) => summarise(series.samples.map((sample) => sample[figure]));
const known = (value: number, digits = 0) => (Number.isNaN(value) ? null : Number(value.toFixed(digits)));

const namesOf = (cases: readonly Measured[]) => cases[0]!.series.map(({ name }) => name);

/** 12,000 as 12k: an axis has no room. */
const short = (value: number) =>
  value >= 1e6 ? `${value / 1e6}M` : value >= 1e4 ? `${value / 1e3}k` : value >= 1 ? value.toLocaleString('en') : `${value}`;

function svgOf(cases: readonly Measured[], option: EChartsOption): string {
  const drawing = init(null, null, { renderer: 'svg', ssr: true, width: 440, height: 228 });
  drawing.setOption({
    animation: false,
    color: COLOURS,
    textStyle: { fontFamily: 'system-ui, sans-serif' },
    legend: { textStyle: text, top: 0, left: 52, itemWidth: 18, itemGap: 24 },
    grid: { left: 56, right: 12, top: 34, bottom: 40 },
    xAxis: {
      type: 'category',
      data: cases.map(({ threads }) => `${threads}`),
      name: 'threads',
      nameLocation: 'middle',
      nameGap: 24,
      nameTextStyle: text,
      axisLabel: text,
    },
    ...option,
  });
  const svg = drawing.renderToSVGString();
  drawing.dispose();
  return svg;
}

/** A line from the slowest round to the fastest in the middle of each bar. */
const spread = (cases: readonly Measured[], at: number, bars: number, name: string) => ({
  type: 'custom' as const,
  name,
  silent: true,
  z: 3,
  renderItem: (_: unknown, api: { value(at: number): unknown; coord(at: number[]): number[]; size?(of: number[]): number | number[] }) => {
    const [category, least, most] = [0, 1, 2].map((place) => Number(api.value(place))) as [number, number, number];
    const [x, top] = api.coord([category, most]) as [number, number];
    const [, bottom] = api.coord([category, least]) as [number, number];
    const band = (api.size!([1, 0]) as number[])[0]!;
    // Bars take 60 % of what a category has, side by side.
    const middle = x + ((at + 0.5) / bars - 0.5) * 0.6 * band;
    return { type: 'line' as const, shape: { x1: middle, y1: top, x2: middle, y2: bottom }, style: { stroke: GREY, lineWidth: 1.5 } };
  },
  data: cases.flatMap(({ series }, category) => {
    const { least, most } = of(series[at]!, 'rate');
    return Number.isNaN(least) ? [] : [[category, least, most]];
  }),
});

/** Operations a second, a bar for each module. */
export function ratesDrawing(cases: readonly Measured[]): string {
  const names = namesOf(cases);
  return svgOf(cases, {
    yAxis: { type: 'value', axisLabel: { ...text, formatter: short }, splitLine },
    series: [
      ...names.map((name, at) => ({
        type: 'bar' as const,
        name,
        barCategoryGap: '40%',
        barGap: '0%',
        data: cases.map(({ series }) => known(of(series[at]!, 'rate').median)),
      })),
      ...names.map((name, at) => spread(cases, at, names.length, name)),
    ] as EChartsOption['series'] & object,
  });
}

/** How long a call takes: usually, and the slowest of a hundred. */
export function latenciesDrawing(cases: readonly Measured[]): string {
  const figures = [
    { figure: 'p50', dash: 'solid' },
    { figure: 'p99', dash: 'dashed' },
  ] as const;
  return svgOf(cases, {
    yAxis: { type: 'log', axisLabel: { ...text, formatter: short }, splitLine },
    series: namesOf(cases).flatMap((name, at) =>
      figures.map(({ figure, dash }) => ({
        type: 'line' as const,
        name,
        color: COLOURS[at % COLOURS.length]!,
        lineStyle: { type: dash },
        symbolSize: 6,
        data: cases.map(({ series }) => known(of(series[at]!, figure).median, 2)),
      })),
    ),
  });
}
