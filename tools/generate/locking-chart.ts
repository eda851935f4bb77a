// docs/locking.svg: signatures a second over the number of threads, for each module and what C_Initialize was told.

import { type EChartsOption, init } from 'echarts';
import type { Form } from '../../test/bench/locking-result.ts';
import { find, MODULES, readResult, SPOKEN } from './locking-result.ts';
import type { Output } from './output.ts';

const GREY = '#8a8f98';
/** A hue for each module that no eye confuses (Okabe and Ito), a shade for each form. */
const SHADES: Readonly<Record<string, readonly string[]>> = {
  strongroom: ['#004b76', '#0072b2', '#56b4e9'],
  softhsm: ['#a84a00', '#d55e00', '#e69f00'],
};
const FORMS: readonly Form[] = ['null', 'os', 'app'];
const text = { color: GREY };

function drawing(): EChartsOption {
  const { runs } = readResult();
  const operations = [...new Set(runs.map(({ operation }) => operation))];
  const threads = [...new Set(runs.map((run) => run.threads))];
  const across = operations.map((_, at) => ({ left: `${8 + at * 49}%`, width: '41%', top: 76, bottom: 44 }));
  return {
    animation: false,
    textStyle: { fontFamily: 'system-ui, sans-serif' },
    // The width of a letter is only guessed where there is no screen.
    legend: { textStyle: text, top: 0, itemGap: 28, itemWidth: 16 },
    title: operations.map((name, at) => ({ text: name, left: across[at]!.left, top: 46, textStyle: { ...text, fontSize: 13 } })),
    grid: across,
    xAxis: operations.map((_, gridIndex) => ({
      type: 'category',
      gridIndex,
      data: threads.map(String),
      name: 'threads, a session each',
      nameLocation: 'middle',
      nameGap: 26,
      nameTextStyle: text,
      axisLabel: text,
    })),
    yAxis: operations.map((_, gridIndex) => ({
      type: 'value',
      gridIndex,
      axisLabel: { ...text, formatter: (value: number) => value.toLocaleString('en') },
      splitLine: { lineStyle: { color: '#8a8f9840' } },
    })),
    series: operations.flatMap((operation, at) =>
      Object.entries(MODULES).flatMap(([module, title]) =>
        FORMS.map((form, shade) => ({
          type: 'bar' as const,
          name: `${title}, ${SPOKEN[form]}`,
          color: SHADES[module]![shade]!,
          xAxisIndex: at,
          yAxisIndex: at,
          data: threads.map((count) => {
            const rate = find(runs, { module, operation, form, threads: count, sharing: 'own' })?.sample?.rate;
            const cross = { show: true, position: 'top' as const, formatter: '✗', color: SHADES[module]![shade]!, fontSize: 13 };
            return rate === undefined ? { value: 0, label: cross } : { value: Math.round(rate) };
          }),
        })),
      ),
    ),
  };
}

export const lockingChart: Output = {
  path: 'docs/locking.svg',
  text: () => {
    const chart = init(null, null, { renderer: 'svg', ssr: true, width: 960, height: 340 });
    chart.setOption(drawing());
    const svg = chart.renderToSVGString();
    chart.dispose();
    return `${svg}\n`;
  },
};
