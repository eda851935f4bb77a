// The targets: what was aimed at, what was measured, and whether it is met. A row for each figure that has an aim.

import { type Summary, summarise } from '../../src/cli/speed/rounds.ts';
import type { Results } from '../../tools/generate/performance-results.ts';
import type { DurableResult } from './durable-result.ts';
import { MANY } from './entries.ts';
import { exceptionRows } from './exceptions.ts';
import { againstLimit, againstSoftHsm, caseOf, HSMSPEED, OURS, taken } from './speed-result.ts';
import type { FigureName, StartResult } from './start-result.ts';
import { findsOf, sizeOf } from './store-result.ts';

export interface Judged {
  readonly what: string;
  /** The aim in words: `at least 2`. */
  readonly aim: string;
  readonly unit: string;
  /** Undefined: nobody has measured it yet. */
  readonly measured: Summary | undefined;
  readonly met: boolean;
}

type Row = (results: Results) => Judged;

interface Aim {
  readonly unit?: string;
  readonly measured: Summary | undefined;
}

const atLeast = (what: string, aim: number, { measured, unit = '' }: Aim): Judged => ({
  what,
  aim: `at least ${aim.toLocaleString('en')}${unit}`,
  unit,
  measured,
  met: measured !== undefined && measured.median >= aim,
});

const below = (what: string, aim: number, { measured, unit = '' }: Aim): Judged => ({
  what,
  aim: `below ${aim.toLocaleString('en')}${unit}`,
  unit,
  measured,
  met: measured !== undefined && measured.median < aim,
});

const threadsOf = (count: number) => (count === 1 ? '1 thread' : `${count} threads`);

/** How many times SoftHSM's rate, for several numbers of threads. */
const timesSoftHsm = (title: string, operation: string, aims: Readonly<Record<number, number>>): Row[] =>
  Object.entries(aims).map(
    ([threads, aim]): Row =>
      ({ speed }) =>
        atLeast(`${title}, ${threadsOf(Number(threads))}: for each of SoftHSM’s`, aim, {
          measured: speed && againstSoftHsm(caseOf(speed, operation, Number(threads))),
        }),
  );

const partOfLimit = (title: string, operation: string, aim: number, threads: readonly number[]): Row[] =>
  threads.map(
    (count): Row =>
      ({ speed }) => {
        const found = speed && caseOf(speed, operation, count);
        return atLeast(`${title}, ${threadsOf(count)}: for each of OpenSSL’s alone`, aim, {
          measured: speed && found && againstLimit(speed, found),
        });
      },
  );

const latency: Row[] = [
  ({ speed }) =>
    below(`p99 of a P-256 signature, ${MANY} threads: for SoftHSM’s`, 0.25, {
      measured: speed && againstSoftHsm(caseOf(speed, 'p-256', MANY), 'p99'),
    }),
  ({ speed }) =>
    atLeast(`P-256, the slowest of ${MANY} threads: for the fastest`, 0.8, {
      measured: speed && taken(caseOf(speed, 'p-256', MANY), OURS, 'fairness'),
    }),
];

const creationOf = (durable: DurableResult | undefined, module: string, threads: number) =>
  durable?.creations.find((each) => each.module === module && each.threads === threads)?.rates;

const quotients = (ones: readonly number[] | undefined, others: readonly number[] | undefined): Summary | undefined =>
  ones && others && summarise(ones.map((one, round) => one / (others[round] ?? Number.NaN)));

const durable: Row[] = (
  [
    [1, 0.8],
    [MANY, 4],
  ] as const
).flatMap(([threads, aim]): Row[] => [
  ({ durable }) =>
    atLeast(`Keys made durably, ${threadsOf(threads)}: for each small write and fsync of the disk`, aim, {
      measured: quotients(
        creationOf(durable, OURS, threads),
        durable?.disk.map(({ append }) => append),
      ),
    }),
  ({ durable }) =>
    atLeast(`Keys made durably, ${threadsOf(threads)}: for each of SoftHSM’s`, 1, {
      measured: quotients(creationOf(durable, OURS, threads), creationOf(durable, 'softhsm', threads)),
    }),
]);

const slow: Row[] = ['p-256', 'rsa-2048'].map(
  (operation): Row =>
    ({ durable }) => {
      const found = durable?.beside.find((each) => each.operation === operation && each.slow === 'RSA-4096 generation');
      return below(`p99 of ${operation}, while another generates RSA-4096 keys`, 5, {
        unit: ' ms',
        measured: found && summarise(found.p99.map((time) => time / 1000)),
      });
    },
);

const MILLION = 1_000_000;

const finding: Row[] = [1, MANY].flatMap((threads): Row[] => [
  ...[100, 10_000, MILLION].map(
    (objects): Row =>
      ({ store }) => {
        const rates = findsOf(sizeOf(store, OURS, objects), threads);
        return atLeast(`Finding a key by CKA_ID among ${objects.toLocaleString('en')}, ${threadsOf(threads)}: a second`, 20_000, {
          measured: rates && summarise(rates),
        });
      },
  ),
  ({ store }) =>
    atLeast(`Finding among ${MILLION.toLocaleString('en')}, ${threadsOf(threads)}: for each among 100`, 0.7, {
      measured: quotients(findsOf(sizeOf(store, OURS, MILLION), threads), findsOf(sizeOf(store, OURS, 100), threads)),
    }),
]);

const figureOf = (start: StartResult | undefined, objects: number, name: FigureName): Summary | undefined => {
  const values = start?.stores.find((each) => each.objects === objects)?.figures[name];
  return values && summarise(values);
};

const starting: Row[] = [100, MILLION].flatMap((objects): Row[] => {
  const store = `a store of ${objects.toLocaleString('en')} keys`;
  return [
    ({ start }) => below(`C_Initialize, the engine running, ${store}`, 3, { unit: ' ms', measured: figureOf(start, objects, 'running') }),
    ({ start }) =>
      below(`C_Initialize, no engine running, ${store}`, 150, { unit: ' ms', measured: figureOf(start, objects, 'notRunning') }),
  ];
});

const memory: Row[] = [
  ({ start }) => below('Memory of an idle engine', 130, { unit: ' MB', measured: figureOf(start, 100, 'idle') }),
  ({ start }) =>
    below(`Memory of an engine with ${MILLION.toLocaleString('en')} keys, after signatures`, 400, {
      unit: ' MB',
      measured: figureOf(start, MILLION, 'used'),
    }),
  ({ store }) => {
    const values = sizeOf(store, OURS, MILLION)?.memory;
    return below('The same, every page counted, after many searches', 400, { unit: ' MB', measured: values && summarise(values) });
  },
  ({ start }) => below('Memory in the application', 2, { unit: ' MB', measured: figureOf(start, 100, 'applicationUsed') }),
];

/** How many operations are slower than SoftHSM and nobody has said why. */
const nothingSlower: Row = ({ speed }) => {
  const unexplained = exceptionRows(speed).filter(({ why }) => why === undefined).length;
  return below(`Operations slower than SoftHSM at ${threadsOf(MANY)} without an explanation`, 1, {
    measured: speed && summarise([unexplained]),
  });
};

const ROWS: readonly Row[] = [
  ...timesSoftHsm(`\`${HSMSPEED}\` RSA-2048`, HSMSPEED, { 1: 2, 2: 2, 4: 2, 8: 2 }),
  ...partOfLimit(`\`${HSMSPEED}\` RSA-2048`, HSMSPEED, 0.9, [2, 4, MANY]),
  ...timesSoftHsm('P-256', 'p-256', { 1: 1.5, 2: 2.3, 8: 2.3 }),
  ...partOfLimit('P-256', 'p-256', 0.55, [2, MANY]),
  ...timesSoftHsm('Ed25519', 'ed25519', { 1: 3.5, 2: 3.5, 8: 3.5 }),
  ...timesSoftHsm('HMAC-SHA256 of 256 bytes', 'hmac-sha256', { 1: 1, 2: 2, 8: 2 }),
  ...timesSoftHsm('AES-256-GCM of 1 KiB', 'aes-gcm', { 1: 1, 2: 2, 8: 2 }),
  ...timesSoftHsm('C_GetAttributeValue', 'attribute', { 1: 3, 2: 3, 8: 3 }),
  ...timesSoftHsm('C_FindObjects among 100 keys', 'find', { 1: 3, 2: 3, 8: 3 }),
  ...finding,
  ...latency,
  ...durable,
  ...slow,
  ...starting,
  ...memory,
  nothingSlower,
];

export const judgeAll = (results: Results): Judged[] => ROWS.map((row) => row(results));
