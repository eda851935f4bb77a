// Charts as SVG, drawn without a screen, readable by day and by night.

import { type EChartsOption, init } from 'echarts';

export const GREY = '#8a8f98';
/** Told apart by those who do not see red and green alike (Okabe and Ito). */
export const BLUE = '#0072b2';
export const ORANGE = '#e69f00';
export const GREEN = '#009e73';
export const SKY = '#56b4e9';
export const RED = '#d55e00';
export const PINK = '#cc79a7';

export const text = { color: GREY };
export const splitLine = { lineStyle: { color: '#8a8f9840' } };
export const thousands = (value: number): string => value.toLocaleString('en');

/** 1,200,000 as 1.2M: an axis has no room. */
export const short = (value: number): string =>
  value >= 1e6 ? `${value / 1e6}M` : value >= 1e4 ? `${value / 1e3}k` : value.toLocaleString('en');

export function svgOf(option: EChartsOption, width: number, height: number): string {
  const chart = init(null, null, { renderer: 'svg', ssr: true, width, height });
  chart.setOption({ animation: false, textStyle: { fontFamily: 'system-ui, sans-serif' }, ...option });
  const svg = chart.renderToSVGString();
  chart.dispose();
  return `${svg}\n`;
}

/** Places for several drawings in one, row by row. */
export function grids(count: number, columns: number, [width, height]: readonly [number, number], top: number) {
  const rows = Math.ceil(count / columns);
  const [across, down] = [width / columns, (height - top) / rows];
  return Array.from({ length: count }, (_, at) => ({
    left: Math.round((at % columns) * across + 62),
    top: Math.round(top + Math.floor(at / columns) * down + 30),
    width: Math.round(across - 84),
    height: Math.round(down - 84),
  }));
}
