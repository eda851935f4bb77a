// `npm run bench`: every bench of the performance page, one after the other, and then the page. Each is a program of its own, can be run
// alone (`npm run bench:NAME`) and keeps what it found in results/NAME.json.

import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { interruption } from '../../src/cli/interruption.ts';
import { figure } from '../../src/cli/speed/report.ts';
import { table } from '../../src/cli/tables.ts';
import { results } from '../../tools/generate/performance-results.ts';
import { BENCHES, type Bench } from './benches.ts';
import { exceptionRows } from './exceptions.ts';
import { type Judged, judgeAll } from './targets.ts';

const GENERATE = join(import.meta.dirname, '..', '..', 'tools', 'generate.ts');

/** @returns why it failed, or nothing. */
function run({ name, limit }: Bench, quick: boolean): Promise<string | undefined> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [join(import.meta.dirname, `${name}.ts`), ...(quick ? ['--quick'] : [])], { stdio: 'inherit' });
    const pass = (signal: NodeJS.Signals) => child.kill(signal);
    const over = setTimeout(() => child.kill('SIGTERM'), limit * 1000);
    // What does not even clear up.
    const gone = setTimeout(() => child.kill('SIGKILL'), (limit + 20) * 1000);
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, pass);
    child.once('exit', (code, signal) => {
      clearTimeout(over);
      clearTimeout(gone);
      for (const each of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.removeListener(each, pass);
      if (code === 0) resolve(undefined);
      else resolve(signal === null ? `ended with ${code}` : `was ended by ${signal}, having ${limit} s`);
    });
  });
}

const minutes = (seconds: number) => `${Math.floor(seconds / 60)}:${`${Math.round(seconds % 60)}`.padStart(2, '0')}`;

function report(): void {
  const rows = judgeAll(results()).map(({ what, aim, measured, met }: Judged) => [
    what,
    aim,
    measured === undefined ? 'not measured' : figure(measured.median),
    measured === undefined ? '' : `${figure(measured.least)} to ${figure(measured.most)}`,
    measured === undefined ? '' : met ? 'met' : 'MISSED',
  ]);
  console.log(table(['WHAT', 'AIMED AT', 'MEASURED', 'SPREAD', ''], rows));
  const unexplained = exceptionRows(results().speed).filter(({ why }) => why === undefined);
  for (const { operation, ratio } of unexplained)
    console.log(`${operation} is slower than SoftHSM (${ratio.median.toFixed(2)}), and test/bench/exceptions.ts does not say why.`);
}

async function bench(chosen: readonly Bench[], quick: boolean): Promise<void> {
  const began = performance.now();
  const expected = chosen.reduce((sum, { takes }) => sum + (quick ? takes / 3 : takes), 0);
  console.log(
    `${chosen.length === 1 ? 'One bench' : `${chosen.length} benches`}, about ${minutes(expected)} minutes; nothing else should run meanwhile.`,
  );
  const failed: string[] = [];
  const interrupted = interruption();
  for (const [at, each] of chosen.entries()) {
    console.log(`${at + 1} of ${chosen.length}: ${each.name}, ${each.about}`);
    const why = interrupted.aborted ? 'was not run' : await run(each, quick);
    if (why !== undefined) failed.push(`${each.name} ${why}`);
  }
  const generated = spawn(process.execPath, [GENERATE], { stdio: 'inherit' });
  await new Promise((resolve) => generated.once('exit', resolve));
  report();
  for (const each of failed) console.error(`${each}: what was kept before stands on the page.`);
  console.log(`It took ${minutes((performance.now() - began) / 1000)} minutes.`);
  process.exitCode = failed.length > 0 ? 1 : 0;
}

const { values: options } = parseArgs({ options: { quick: { type: 'boolean', default: false }, only: { type: 'string' } } });
const names = options.only?.split(',') ?? BENCHES.map(({ name }) => name);
const wrong = names.find((name) => !BENCHES.some((each) => each.name === name));
if (wrong === undefined)
  await bench(
    BENCHES.filter(({ name }) => names.includes(name)),
    options.quick,
  );
else {
  console.error(`There is no bench "${wrong}"; there is ${BENCHES.map(({ name }) => name).join(', ')}.`);
  process.exitCode = 2;
}
