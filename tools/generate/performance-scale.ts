// Of docs/performance.md: machines with more cores than this one.

import { figure } from '../../src/cli/speed/report.ts';
import { summarise } from '../../src/cli/speed/rounds.ts';
import { LANES, WORKERS } from '../../src/protocol/layout.ts';
import type { Bottleneck } from '../../test/bench/scale/model.ts';
import { byLaws, errorOf, THREADS_A_CORE } from '../../test/bench/scale-result.ts';
import { table } from './markdown.ts';
import type { Results } from './performance-results.ts';
import { NOT_MEASURED, nameOf } from './performance-words.ts';

const TOLD = [8, 32, 128];

/** What gives out first, and what would help. */
const REMEDIES: Readonly<Record<Bottleneck, string>> = {
  cores: 'the processor: nothing but a faster one, or cheaper mathematics',
  workers: `the engine’s workers, of which a session handle can name ${WORKERS}: more bits of it (\`WORKER_BITS\`)`,
  lanes: `the ${LANES} calls that one application may have in flight: more lanes (\`LANES\`, a second pending word), or a second process`,
  supervisor:
    'the supervisor, the one writer of the store: writers for several stores, or the rows prepared in the workers so that it only writes',
  threads: 'nobody: threads wait for each other’s turns, and more of them would do more',
};

/** Three digits: a prediction has no more. */
const rough = (value: number): string => Number(value.toPrecision(3)).toLocaleString('en');
const percent = (part: number): string => `${(100 * part).toFixed(part < 0.1 ? 1 : 0)} %`;

function costs({ scale }: Results): string {
  if (scale === undefined) return NOT_MEASURED;
  const rows = scale.models.map(({ operation, cost, overThreads }) => [
    nameOf(operation),
    figure(cost.application),
    figure(cost.worker),
    cost.supervisor === 0 ? '' : figure(cost.supervisor),
    figure(cost.wait),
    `${percent(overThreads.sigma)}, ${percent(overThreads.kappa)}`,
  ]);
  return table(['operation', 'application µs', 'worker µs', 'supervisor µs', 'waits alone µs', 'law over threads: σ, κ'], rows);
}

function validation({ scale }: Results): string {
  if (scale === undefined) return NOT_MEASURED;
  const rows = [...Map.groupBy(scale.validations, ({ operation, cores }) => `${operation} ${cores}`).values()].map((each) => [
    nameOf(each[0]!.operation),
    each[0]!.cores,
    each.map(({ threads }) => threads).join(' / '),
    each.map(({ measured }) => rough(measured)).join(' / '),
    each.map(({ predicted }) => rough(predicted)).join(' / '),
    percent(errorOf(each, 'predicted').median),
    each.map(({ described }) => rough(described)).join(' / '),
    percent(errorOf(each, 'described').median),
  ]);
  const more = scale.validations.filter(({ cores, threads }) => cores > 1 && threads > 1);
  const [blind, seen] = [errorOf(more, 'predicted'), errorOf(more, 'described')];
  const head = [
    'operation',
    'cores',
    'threads',
    'measured, a second',
    'foreseen from one core',
    'error',
    'from the costs on these cores',
    'error',
  ];
  return `With more than one core and more than one thread, of which the model had seen nothing, it errs by ${percent(blind.median)} in the middle and by ${percent(blind.most)} at the most; told what an operation costs there, by ${percent(seen.median)} and ${percent(seen.most)}. What lies between the two is what waking a thread on another core costs, which one core alone does not show. An error is the middle of its row.

${table(head, rows)}`;
}

function foreseen({ scale }: Results): string {
  if (scale === undefined) return NOT_MEASURED;
  const rows = scale.models.flatMap((model) =>
    model.predictions
      .filter(({ cores }) => TOLD.includes(cores))
      .map(({ cores, rate, bottleneck, lifted, liftedBottleneck }) => {
        const law = byLaws(model, cores);
        return [
          nameOf(model.operation),
          cores,
          rough(rate),
          REMEDIES[bottleneck],
          lifted > 1.03 * rate ? `${rough(lifted)} (then ${REMEDIES[liftedBottleneck].split(':')[0]!})` : '',
          `${rough(law.median)} (${rough(law.least)} to ${rough(law.most)})`,
        ];
      }),
  );
  const head = [
    'operation',
    'cores',
    'foreseen, a second',
    'what gives out first: and what would remove it',
    'with as many lanes and workers as wanted',
    'by the law (least to most of the rounds)',
  ];
  return `One application with ${THREADS_A_CORE} threads for each core.\n\n${table(head, rows)}`;
}

/** The same for each number of cores: how far apart the rounds' laws lie. */
function law({ scale }: Results): string {
  if (scale === undefined) return NOT_MEASURED;
  const told = scale.models.map(({ operation, laws }) => {
    const sigma = summarise(laws.map((each) => each.sigma));
    return `${nameOf(operation)} ${percent(sigma.median)} (${percent(sigma.least)} to ${percent(sigma.most)})`;
  });
  return `The part that is done one at a time, σ, fitted over cores in each round: ${told.join('; ')}.`;
}

export const scaleSections = { costs, validation, foreseen, law };
