// The figures in docs/performance.md: each section between two marks. What stands around them is written by hand and holds no figure.

import { figure } from '../../src/cli/speed/report.ts';
import type { Summary } from '../../src/cli/speed/rounds.ts';
import { exceptionRows } from '../../test/bench/exceptions.ts';
import type { Origin } from '../../test/bench/kept.ts';
import {
  againstLimit,
  againstSoftHsm,
  OURS,
  processorTime,
  type SpeedCase,
  seriesOf,
  THEIRS,
  taken,
} from '../../test/bench/speed-result.ts';
import { judgeAll } from '../../test/bench/targets.ts';
import { between, pageAt, table } from './markdown.ts';
import type { Output } from './output.ts';
import { crossing } from './performance-crossing.ts';
import { type Results, results } from './performance-results.ts';
import { scaleSections } from './performance-scale.ts';
import { storeSections } from './performance-store.ts';
import { NOT_MEASURED, nameOf } from './performance-words.ts';

const PATH = 'docs/performance.md';
const README = 'README.md';

const marksOf = (name: string): [string, string] => [
  `<!-- GENERATED ${name}: by tools/generate.ts from test/bench/results; do not edit. -->`,
  `<!-- end of ${name} -->`,
];

const times = (summary: Summary | undefined): string =>
  summary === undefined ? '' : `${summary.median.toFixed(2)} (${summary.least.toFixed(2)} to ${summary.most.toFixed(2)})`;

function origin(all: Results): string {
  const benches = (Object.entries(all) as [string, Origin | undefined][]).filter(
    (entry): entry is [string, Origin] => entry[1] !== undefined,
  );
  const [first] = benches;
  if (first === undefined) return NOT_MEASURED;
  const { machine, node, openssl } = first[1];
  const memory = machine.memory === undefined ? '' : `, ${machine.memory} GiB of memory`;
  const told = `On ${machine.processor}, ${machine.cores} cores${memory}, Linux ${machine.kernel}, Node ${node}, OpenSSL ${openssl}.`;
  const when = benches.map(
    ([name, { date, commit, quick }]) =>
      `\`${name}\` ${date.slice(0, 16).replace('T', ' ')} at ${commit}${quick ? ' (**a quick run: not to be believed**)' : ''}`,
  );
  return `${told} Measured: ${when.join('; ')}. Times are UTC.`;
}

function targets(all: Results): string {
  const judged = judgeAll(all);
  const known = judged.filter(({ measured }) => measured !== undefined);
  const rows = judged.map(({ what, aim, unit, measured, met }) => [
    what,
    aim,
    measured === undefined ? '' : `${figure(measured.median)}${unit}`,
    measured === undefined || measured.least === measured.most ? '' : `${figure(measured.least)} to ${figure(measured.most)}`,
    measured === undefined ? 'not measured' : met ? 'met' : '**missed**',
  ]);
  return `${known.filter(({ met }) => met).length} of ${judged.length} are met.\n\n${table(['what', 'aimed at', 'measured', 'spread', ''], rows)}`;
}

const rateCell = (of: SpeedCase, name: string): string => {
  const failed = of.series.find((each) => each.name === name)?.failed;
  if (failed !== undefined) return 'cannot';
  const rate = taken(of, name, 'rate');
  return rate === undefined ? '' : figure(rate.median);
};

function speed({ speed }: Results): string {
  if (speed === undefined) return NOT_MEASURED;
  const rows = speed.cases.map((each) => {
    const spent = processorTime(each, OURS);
    return [
      nameOf(each.operation),
      each.threads,
      rateCell(each, OURS),
      rateCell(each, THEIRS),
      times(againstSoftHsm(each)),
      againstLimit(speed, each)?.median.toFixed(2) ?? '',
      spent === undefined ? '' : `${figure(spent.application)} + ${figure(spent.engine)}`,
    ];
  });
  return table(
    [
      'operation',
      'threads',
      'Strongroom, a second',
      'SoftHSM, a second',
      'times as fast',
      'part of OpenSSL alone',
      'CPU µs, application + engine',
    ],
    rows,
  );
}

function latency({ speed }: Results): string {
  if (speed === undefined) return NOT_MEASURED;
  const cells = (of: SpeedCase, name: string) =>
    (['p50', 'p99', 'p999', 'fairness'] as const).map((value) => {
      const found = taken(of, name, value);
      return found === undefined ? '' : figure(found.median);
    });
  const rows = speed.cases
    .filter((each) => taken(each, OURS, 'p50') !== undefined)
    .map((each) => {
      const [ours, theirs] = [cells(each, OURS), seriesOf(each, THEIRS) ? cells(each, THEIRS) : ['', '', '', '']];
      return [
        nameOf(each.operation),
        each.threads,
        ours.slice(0, 3).join(' / '),
        ours[3]!,
        theirs.slice(0, 3).filter(Boolean).join(' / '),
        theirs[3]!,
      ];
    });
  return `<details><summary>Every operation: p50 / p99 / p99.9 in µs, and what the slowest thread did for each operation of the fastest</summary>

${table(['operation', 'threads', 'Strongroom', 'fairness', 'SoftHSM', 'fairness'], rows)}
</details>`;
}

function exceptions({ speed }: Results): string {
  if (speed === undefined) return NOT_MEASURED;
  const rows = exceptionRows(speed).map(({ operation, ratio, why }) => [nameOf(operation), times(ratio), why ?? '**nobody has said why**']);
  return rows.length === 0 ? 'None.' : table(['operation', 'times as fast as SoftHSM', 'why'], rows);
}

/** README's few rows: of each operation one, a figure for each number of threads. */
function short({ speed }: Results): string {
  if (speed === undefined) return NOT_MEASURED;
  const shown = ['rsa-2048', 'p-256', 'ed25519', 'hmac-sha256', 'aes-gcm', 'find'];
  const rows = shown.map((operation) => {
    const cases = speed.cases.filter((each) => each.operation === operation && each.threads !== 4);
    const joined = (cell: (of: SpeedCase) => string) => cases.map(cell).join(' / ');
    const ratio = (of: SpeedCase) => againstSoftHsm(of)?.median.toFixed(2) ?? '';
    return [
      nameOf(operation),
      joined(({ threads }) => `${threads}`),
      joined((of) => rateCell(of, THEIRS)),
      joined((of) => rateCell(of, OURS)),
      joined(ratio),
    ];
  });
  return table(['', 'threads', 'SoftHSM', 'Strongroom', 'ratio'], rows);
}

type Sections = Readonly<Record<string, (all: Results) => string>>;
const SECTIONS: Sections = { origin, targets, speed, exceptions, crossing, latency, ...storeSections, ...scaleSections };

const filled = (path: string, sections: Sections): string => {
  const all = results();
  return Object.entries(sections).reduce((page, [name, section]) => between(page, path, marksOf(name), section(all)), pageAt(path));
};

export const performancePage: Output = { path: PATH, text: () => filled(PATH, SECTIONS) };
export const readmeFigures: Output = { path: README, text: () => filled(README, { figures: short }) };
