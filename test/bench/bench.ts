// `npm run bench`: SoftHSM and Strongroom by turns, on this machine and in this run, measured by the same program; and OpenSSL
// alone beside them. A ratio is taken within a round, so that a machine that gets slower between rounds does not decide it.

import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus, release, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { SingleBar } from 'cli-progress';
import { table } from '../../src/cli/tables.ts';
import { createKeys, createToken, type KeyKind, KINDS, measure, ROOT, STRONGROOM, type Token } from '../../tools/meter.ts';
import { opensslLimit } from './limit.ts';
import { type Summary, summarise } from './statistics.ts';

const SOFTHSM = ['/usr/lib/softhsm/libsofthsm2.so', '/usr/lib64/softhsm/libsofthsm2.so', '/usr/lib64/pkcs11/libsofthsm2.so'].find(
  existsSync,
);
const THREADS = [1, 2, 8];
const LIMIT_THREADS = 2;
const { values: options } = parseArgs({ options: { quick: { type: 'boolean', default: false } } });
const { rounds, seconds } = options.quick ? { rounds: 2, seconds: 0.8 } : { rounds: 5, seconds: 1.6 };

interface Case {
  readonly kind: KeyKind;
  readonly threads: number;
  readonly softhsm: number[];
  readonly strongroom: number[];
}

interface Limit {
  readonly kind: KeyKind;
  readonly openssl: number[];
}

function tokens(folder: string, softhsm: string): { softhsm: Token; strongroom: Token } {
  const store = join(folder, 'softhsm');
  mkdirSync(store);
  const configuration = join(folder, 'softhsm2.conf');
  writeFileSync(configuration, `directories.tokendir = ${store}\nobjectstore.backend = file\nlog.level = ERROR\n`);
  const same = { label: 'bench', pin: '123456' };
  return {
    softhsm: { ...same, module: softhsm, environment: { SOFTHSM2_CONF: configuration } },
    strongroom: { ...same, module: STRONGROOM, environment: { STRONGROOM_HOME: join(folder, 'home') } },
  };
}

async function measureAll(both: { softhsm: Token; strongroom: Token }): Promise<{ cases: Case[]; limits: Limit[] }> {
  const cases: Case[] = KINDS.flatMap((kind) => THREADS.map((threads) => ({ kind, threads, softhsm: [], strongroom: [] })));
  const limits: Limit[] = KINDS.map((kind) => ({ kind, openssl: [] }));
  const bar = new SingleBar({ format: '[{bar}] {percentage}%  {what}', hideCursor: true, clearOnComplete: true });
  bar.start(rounds * (2 * cases.length + limits.length), 0, { what: '' });
  for (let round = 0; round < rounds; round++) {
    // Who comes first changes from round to round.
    const order = round % 2 === 0 ? (['softhsm', 'strongroom'] as const) : (['strongroom', 'softhsm'] as const);
    for (const each of cases) {
      for (const name of order) {
        bar.update({ what: `${each.kind.title}, ${each.threads} threads, ${name}` });
        each[name].push((await measure(both[name], each.kind, { threads: each.threads, until: { seconds }, initialise: 'os' })).rate);
        bar.increment();
      }
    }
    for (const { kind, openssl } of limits) {
      openssl.push(await opensslLimit(kind.mechanism, LIMIT_THREADS, seconds));
      bar.increment({ what: `${kind.title}, OpenSSL alone` });
    }
  }
  bar.stop();
  return { cases, limits };
}

/** What becomes of a module that was promised one thread, by C_Initialize(NULL), and then gets two. */
async function breakPromise(token: Token): Promise<string> {
  const [kind] = KINDS as [KeyKind];
  try {
    const { signatures } = await measure(token, kind, { threads: 2, until: { seconds }, initialise: 'null' });
    return `${signatures} signatures`;
  } catch (error) {
    // The meter's own sentence, or the signal that ended it: both are the result.
    const { stderr, signal } = error as { stderr?: string; signal?: string };
    return stderr?.trim() || `ended by ${signal}`;
  }
}

const promises = async ({ softhsm, strongroom }: Record<'softhsm' | 'strongroom', Token>) => ({
  softhsm: await breakPromise(softhsm),
  strongroom: await breakPromise(strongroom),
});

interface Measured {
  readonly cases: readonly Case[];
  readonly limits: readonly Limit[];
  readonly promise: Readonly<Record<'softhsm' | 'strongroom', string>>;
}

const ratios = ({ softhsm, strongroom }: Case) => strongroom.map((rate, round) => rate / (softhsm[round] ?? Number.NaN));
const whole = (summary: Summary) => Math.round(summary.median).toLocaleString('en');
const spread = ({ median, least, most }: Summary) => `${median.toFixed(2)}  (${least.toFixed(2)} to ${most.toFixed(2)})`;

function print({ cases, limits, promise }: Measured): void {
  const rows = cases.map((each) => {
    const speeds = [each.softhsm, each.strongroom].map((rates) => whole(summarise(rates)));
    return [each.kind.title, each.threads, ...speeds, spread(summarise(ratios(each)))];
  });
  console.log(`Signatures a second, the median of ${rounds} rounds of ${seconds} s; the ratio within a round, its median and its spread.`);
  console.log(table(['KEY', 'THREADS', 'SOFTHSM', 'STRONGROOM', 'RATIO'], rows, 1));
  const alone = limits.map(({ kind, openssl }) => `${kind.title} ${whole(summarise(openssl))}`).join(', ');
  console.log(`OpenSSL alone, ${LIMIT_THREADS} threads: ${alone}.`);
  console.log(`C_Initialize(NULL) and two threads: SoftHSM: ${promise.softhsm}; Strongroom: ${promise.strongroom}.`);
}

function keep({ cases, limits, promise }: Measured): string {
  const date = new Date().toISOString();
  const machine = { processor: cpus()[0]?.model ?? 'unknown', cores: availableParallelism(), kernel: release() };
  const commit = execFileSync('git', ['-C', ROOT, 'describe', '--always', '--dirty'], { encoding: 'utf8' }).trim();
  const result = {
    date,
    commit,
    machine,
    node: process.version,
    openssl: process.versions.openssl,
    rounds,
    seconds,
    cases: cases.map((each) => ({ ...each, kind: each.kind.title, ratios: ratios(each), ratio: summarise(ratios(each)) })),
    promise,
    limits: limits.map(({ kind, openssl }) => ({ kind: kind.title, threads: LIMIT_THREADS, openssl })),
  };
  const folder = join(import.meta.dirname, 'results');
  mkdirSync(folder, { recursive: true });
  const path = join(folder, `${date.slice(0, 19).replaceAll(':', '')}${options.quick ? '-quick' : ''}.json`);
  writeFileSync(path, `${JSON.stringify(result, null, 2)}\n`);
  return path;
}

async function bench(softhsm: string): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'strongroom-bench-'));
  const both = tokens(folder, softhsm);
  const clear = () => {
    execFileSync(join(ROOT, 'bin', 'strongroom'), ['stop'], { env: { ...process.env, ...both.strongroom.environment } });
    rmSync(folder, { recursive: true, force: true });
  };
  process.once('exit', clear);
  for (const token of Object.values(both)) {
    createToken(token);
    createKeys(token);
  }
  const measured = { ...(await measureAll(both)), promise: await promises(both) };
  print(measured);
  console.log(`Kept in ${keep(measured)}`);
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => process.exit(130));
if (SOFTHSM) await bench(SOFTHSM);
else {
  console.error('SoftHSM is missing, and a comparison needs it; install it (Debian: softhsm2).');
  process.exitCode = 1;
}
