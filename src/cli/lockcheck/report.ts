// What was found, for people who read text and for programs that read TAP.

import { table } from '../tables.ts';
import { CLASSES, casesOf, count, type Examined, type Result, resultOf, SYMBOLS, score, VERDICTS } from './verdicts.ts';

const summary = (all: readonly Examined[]): string =>
  table(
    ['MODULE', ...Object.values(CLASSES), ...VERDICTS, 'SECONDS'],
    all.map(({ name, results }) => [
      name,
      score(results, 'M'),
      score(results, 'S'),
      score(results, 'Q'),
      ...VERDICTS.map((verdict) => count(results, verdict)),
      (results.reduce((sum, { milliseconds }) => sum + milliseconds, 0) / 1000).toFixed(1),
    ]),
    4,
  );

/** The cases in which not every column passed. */
function differences(all: readonly Examined[]): string {
  const rows = casesOf(all)
    .filter((each) => all.some((examined) => resultOf(examined, each)?.verdict !== 'PASS'))
    .map((each) => [
      each.case,
      CLASSES[each.class],
      ...all.map((examined) => SYMBOLS[resultOf(examined, each)?.verdict ?? 'N/A']),
      each.title,
    ]);
  return rows.length === 0 ? 'Every case passed.' : table(['CASE', 'CLASS', ...all.map(({ name }) => name), 'TITLE'], rows);
}

const told = ({ name }: Examined, { case: number, verdict, observation, clause }: Result) =>
  `${SYMBOLS[verdict]} ${name}, case ${number}: ${observation}\n    ${clause}`;

export function report(all: readonly Examined[]): string {
  const faults = all.flatMap((examined) =>
    examined.results.filter(({ verdict }) => verdict === 'FAIL').map((result) => told(examined, result)),
  );
  const tokenless = all.filter(({ noToken }) => noToken !== '').map(({ name, noToken }) => `${name}: ${noToken}.`);
  return [...faults, differences(all), summary(all), ...tokenless].join('\n\n');
}

// In TAP a # begins a directive.
const plain = (text: string) => text.replaceAll('#', '\\#');

function tapLine(number: number, { name }: Examined, { case: which, title, verdict, observation, clause }: Result): string {
  const line = `${verdict === 'FAIL' ? 'not ok' : 'ok'} ${number} - ${plain(`${name}: case ${which}, ${title}`)}`;
  const directive = verdict === 'N/A' ? ` # SKIP ${plain(observation)}` : '';
  const said = { verdict, clause, observation };
  const details = Object.entries(said).map(([key, value]) => `  ${key}: ${JSON.stringify(value)}`);
  return [`${line}${directive}`, '  ---', ...details, '  ...'].join('\n');
}

/** The Test Anything Protocol, version 14. */
export function tap(all: readonly Examined[]): string {
  const lines = all.flatMap((examined) => examined.results.map((result) => [examined, result] as const));
  return ['TAP version 14', `1..${lines.length}`, ...lines.map(([examined, result], at) => tapLine(at + 1, examined, result))].join('\n');
}
