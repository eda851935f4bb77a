// The drawings of docs/performance.md, of what the benches kept.

import type { EChartsOption } from 'echarts';
import { summarise } from '../../src/cli/speed/rounds.ts';
import { MANY } from '../../test/bench/entries.ts';
import { byLaws, type Model, type ScaleResult } from '../../test/bench/scale-result.ts';
import { caseOf, LIMIT, limitFor, OURS, type SpeedResult, THEIRS, taken } from '../../test/bench/speed-result.ts';
import type { StagesResult } from '../../test/bench/stages-result.ts';
import { findsOf, type StoreResult } from '../../test/bench/store-result.ts';
import { BLUE, GREEN, GREY, grids, ORANGE, PINK, RED, SKY, short, splitLine, svgOf, text } from './chart.ts';
import type { Output } from './output.ts';
import { results } from './performance-results.ts';
import { nameOf, shortNameOf, TITLES } from './performance-words.ts';

const COLOURS: Readonly<Record<string, string>> = { [OURS]: BLUE, [THEIRS]: ORANGE, [LIMIT]: GREY };
const LEGEND = { textStyle: text, top: 0, itemGap: 24, itemWidth: 16 };
const WIDTH = 960;

const titles = (names: readonly string[], places: readonly { left: number; top: number }[]) =>
  names.map((name, at) => ({ text: name, left: places[at]!.left, top: places[at]!.top - 26, textStyle: { ...text, fontSize: 13 } }));

const under = (name: string) => ({ name, nameLocation: 'middle' as const, nameGap: 24, nameTextStyle: text, axisLabel: text });

/** Bars for the modules, a line for what OpenSSL does alone. */
function rates(speed: SpeedResult): EChartsOption {
  const shown = ['rsa-2048', 'p-256', 'ed25519', 'hmac-sha256', 'aes-gcm', 'find'];
  const places = grids(shown.length, 3, [WIDTH, 560], 20);
  const threads = (operation: string) => speed.cases.filter((each) => each.operation === operation).map((each) => each.threads);
  const median = (operation: string, count: number, name: string) =>
    name === LIMIT
      ? summarise(limitFor(speed, caseOf(speed, operation, count)!)?.samples.map(({ rate }) => rate) ?? []).median
      : taken(caseOf(speed, operation, count), name, 'rate')?.median;
  return {
    legend: LEGEND,
    title: titles(shown.map(nameOf), places),
    grid: places,
    xAxis: shown.map((operation, gridIndex) => ({
      type: 'category',
      gridIndex,
      data: threads(operation).map(String),
      ...under('threads'),
    })),
    yAxis: shown.map((_, gridIndex) => ({ type: 'value', gridIndex, splitLine, axisLabel: { ...text, formatter: short } })),
    series: shown.flatMap((operation, at) =>
      [OURS, THEIRS, LIMIT].map((name) => ({
        type: name === LIMIT ? ('line' as const) : ('bar' as const),
        name: TITLES[name]!,
        color: COLOURS[name]!,
        lineStyle: { type: 'dashed' as const },
        symbolSize: 5,
        xAxisIndex: at,
        yAxisIndex: at,
        data: threads(operation).map((count) => {
          const rate = median(operation, count, name);
          return rate === undefined || Number.isNaN(rate) ? null : Math.round(rate);
        }),
      })),
    ),
  };
}

/** The usual call and the hundredth: on a scale where each line is ten times the one below. */
function latency(speed: SpeedResult): EChartsOption {
  const shown = ['rsa-2048', 'p-256', 'ed25519', 'hmac-sha256', 'aes-gcm', 'attribute', 'find'];
  const bars = [
    { module: OURS, figure: 'p50', color: BLUE },
    { module: OURS, figure: 'p99', color: SKY },
    { module: THEIRS, figure: 'p50', color: RED },
    { module: THEIRS, figure: 'p99', color: ORANGE },
  ] as const;
  return {
    legend: LEGEND,
    grid: { left: 70, right: 16, top: 44, bottom: 44 },
    xAxis: { type: 'category', data: shown.map(shortNameOf), ...under(`${MANY} threads`) },
    yAxis: {
      type: 'log',
      name: 'µs',
      nameTextStyle: text,
      min: 1,
      splitLine,
      axisLabel: { ...text, formatter: short },
    },
    series: bars.map(({ module, figure, color }) => ({
      type: 'bar',
      name: `${TITLES[module]}, ${figure}`,
      color,
      data: shown.map((operation) => taken(caseOf(speed, operation, MANY), module, figure)?.median ?? null),
    })),
  };
}

/** What the tracer calls all stages together. */
const WHOLE = 'whole call';
const SHADES = [BLUE, SKY, GREEN, ORANGE, PINK, RED, PINK, '#f0e442', '#999999', '#004b76', '#a84a00', '#005b43', '#7a3b63'];

/** The median time of each stage, one after the other: a bar is a usual call. RSA is another order of time, and has a scale of its own. */
function stages({ cases }: StagesResult): EChartsOption {
  const operations = [...new Set(cases.map(({ operation }) => operation))];
  const places = operations.map((_, at) => ({ left: 90, right: 24, top: 108 + at * 118, height: 64 }));
  const of = (operation: string) => cases.filter((each) => each.operation === operation);
  const names = cases[0]?.stages.map(({ stage }) => stage).filter((stage) => stage !== WHOLE) ?? [];
  return {
    legend: { ...LEGEND, itemGap: 16 },
    title: operations.map((operation, at) => ({
      text: nameOf(operation),
      left: 0,
      top: places[at]!.top - 26,
      textStyle: { ...text, fontSize: 13 },
    })),
    grid: places,
    xAxis: operations.map((_, gridIndex) => ({
      type: 'value',
      gridIndex,
      splitLine,
      axisLabel: { ...text, formatter: (value: number) => `${short(value)} µs` },
    })),
    yAxis: operations.map((operation, gridIndex) => ({
      type: 'category',
      gridIndex,
      inverse: true,
      axisLabel: text,
      data: of(operation).map(({ threads }) => (threads === 1 ? '1 thread' : `${threads} threads`)),
    })),
    series: operations.flatMap((operation, at) =>
      names.map((name, place) => ({
        type: 'bar' as const,
        name,
        color: SHADES[place % SHADES.length]!,
        stack: operation,
        barWidth: 22,
        xAxisIndex: at,
        yAxisIndex: at,
        data: of(operation).map((each) => each.stages.find(({ stage }) => stage === name)!.p50),
      })),
    ),
  };
}

/** Keys found a second over how many there are: a flat line is what is wanted. */
function finding(store: StoreResult): EChartsOption {
  const lines = [...Map.groupBy(store.sizes, ({ module }) => module)].flatMap(([module, sizes]) =>
    [1, MANY].map((threads) => ({
      type: 'line' as const,
      name: `${TITLES[module]}, ${threads === 1 ? '1 thread' : `${threads} threads`}`,
      color: module === OURS ? (threads === 1 ? SKY : BLUE) : threads === 1 ? ORANGE : RED,
      symbolSize: 7,
      data: sizes.map((size) => [size.objects, summarise(findsOf(size, threads) ?? []).median]),
    })),
  );
  return {
    legend: LEGEND,
    grid: { left: 70, right: 24, top: 44, bottom: 44 },
    xAxis: {
      type: 'log',
      min: 100,
      max: 1e6,
      splitLine: { show: false },
      ...under('keys on the token'),
      axisLabel: { ...text, formatter: short },
    },
    yAxis: { type: 'log', name: 'a second', nameTextStyle: text, splitLine, axisLabel: { ...text, formatter: short } },
    series: lines,
  };
}

/** Rates over cores: measured, foreseen by simulation as it is and without its limits, and by the law. */
function scale({ models, rounds }: ScaleResult): EChartsOption {
  const places = grids(models.length, 2, [WIDTH, 640], 20);
  const best = ({ operation }: Model) =>
    [
      ...Map.groupBy(
        rounds.flatMap(({ samples }) => samples.filter((each) => each.operation === operation)),
        ({ cores }) => cores,
      ),
    ].map(([cores, each]) => [cores, Math.round(Math.max(...each.map(({ rate }) => rate)))]);
  const lines = (model: Model) => [
    { name: 'foreseen', color: BLUE, data: model.predictions.map(({ cores, rate }) => [cores, Math.round(rate)]) },
    {
      name: 'foreseen, as many lanes and workers as wanted',
      color: GREEN,
      data: model.predictions.map(({ cores, lifted }) => [cores, Math.round(lifted)]),
    },
    {
      name: 'universal scalability law',
      color: ORANGE,
      data: model.predictions.map(({ cores }) => [cores, Math.round(byLaws(model, cores).median)]),
    },
  ];
  return {
    legend: LEGEND,
    title: titles(
      models.map(({ operation }) => nameOf(operation)),
      places,
    ),
    grid: places,
    xAxis: models.map((_, gridIndex) => ({
      type: 'log',
      logBase: 2,
      gridIndex,
      min: 1,
      max: 128,
      splitLine: { show: false },
      ...under('cores'),
    })),
    yAxis: models.map((_, gridIndex) => ({ type: 'log', gridIndex, splitLine, axisLabel: { ...text, formatter: short } })),
    series: models.flatMap((model, at) => [
      ...lines(model).map((line) => ({ ...line, type: 'line' as const, symbol: 'none', xAxisIndex: at, yAxisIndex: at })),
      { type: 'scatter' as const, name: 'measured', color: RED, symbolSize: 9, data: best(model), xAxisIndex: at, yAxisIndex: at },
    ]),
  };
}

const drawing = <T>(path: string, result: () => T | undefined, option: (result: T) => EChartsOption, height: number): Output => ({
  path: `docs/performance/${path}.svg`,
  text: () => {
    const found = result();
    return svgOf(found === undefined ? {} : option(found), WIDTH, height);
  },
});

export const performanceCharts: readonly Output[] = [
  drawing('rates', () => results().speed, rates, 560),
  drawing('latency', () => results().speed, latency, 320),
  drawing('stages', () => results().stages, stages, 340),
  drawing('finding', () => results().store, finding, 300),
  drawing('scale', () => results().scale, scale, 640),
];
