// Writes what is made from the tables in src/protocol/: `node tools/generate.ts`; with --check it only compares.

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { callsSource } from './generate/calls.ts';
import { functionsPage } from './generate/functions.ts';
import { layoutHeader } from './generate/layout.ts';
import { lockingPage } from './generate/locking.ts';
import { lockingChart } from './generate/locking-chart.ts';
import { output as mechanismsPage } from './generate/mechanisms.ts';
import type { Output } from './generate/output.ts';
import { parametersSource } from './generate/parameters.ts';
import { performancePage, readmeFigures } from './generate/performance.ts';
import { performanceCharts } from './generate/performance-charts.ts';
import { pkcs11Header } from './generate/pkcs11.ts';
import { traitsSource } from './generate/traits.ts';

/** Every generated file. A new one is a module in tools/generate/ that exports an Output, and a word here. */
const outputs: readonly Output[] = [
  pkcs11Header,
  layoutHeader,
  callsSource,
  traitsSource,
  parametersSource,
  functionsPage,
  mechanismsPage,
  lockingPage,
  lockingChart,
  performancePage,
  ...performanceCharts,
  readmeFigures,
];

const root = join(import.meta.dirname, '..');

function committed(path: string): string {
  try {
    return readFileSync(join(root, path), 'utf8');
  } catch (error) {
    // Only absence is an answer here; anything else is a fault of the machine.
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '';
    throw error;
  }
}

const stale = outputs.map(({ path, text }) => ({ path, text: text() })).filter(({ path, text }) => committed(path) !== text);

if (process.argv.includes('--check')) {
  for (const { path } of stale) console.error(`${path} is stale: run "node tools/generate.ts" and commit the result.`);
  process.exitCode = stale.length > 0 ? 1 : 0;
} else {
  for (const { path, text } of stale) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
    console.log(`wrote ${path}`);
  }
}
