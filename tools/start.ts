// `npm start`: a token in a folder of its own, the speed meter on it, every signature verified, and nothing left behind.

import { execFileSync } from 'node:child_process';
import { type KeyObject, randomInt } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SingleBar } from 'cli-progress';
import { table } from '../src/cli/tables.ts';
import { type KeyKind, KINDS, measure, publicKeys, ROOT, type Speed, STRONGROOM, type Token } from './meter.ts';
import { wrongOnes } from './verify.ts';

const THREADS = [1, 2, 4, 8];
/** In all threads together: a few seconds for each kind of key. */
const SIGNATURES: Readonly<Record<KeyKind['mechanism'], number>> = { rsa: 2_000, ecdsa: 16_000, eddsa: 16_000 };

const folder = mkdtempSync(join(tmpdir(), 'strongroom-demo-'));
const token: Token = {
  module: STRONGROOM,
  label: 'demonstration',
  pin: String(randomInt(100_000, 1_000_000)),
  environment: { STRONGROOM_HOME: join(folder, 'home') },
};

interface Row extends Speed {
  readonly kind: KeyKind;
  readonly threads: number;
  readonly wrong: number;
}

function strongroom(...args: string[]): string {
  const env = { ...process.env, ...token.environment, STRONGROOM_PIN: token.pin, STRONGROOM_SO_PIN: token.pin };
  return execFileSync(join(ROOT, 'bin', 'strongroom'), args, { env, encoding: 'utf8' }).trimEnd();
}

/** As somebody would type it, who gives the PINs some other way. */
function show(...args: string[]): void {
  console.log(`$ strongroom ${args.join(' ')}\n${strongroom(...args)}`);
}

async function row(kind: KeyKind, threads: number, key: KeyObject): Promise<Row> {
  const signatures = join(folder, 'signatures');
  const speed = await measure(token, kind, { threads, until: { iterations: SIGNATURES[kind.mechanism] / threads }, signatures });
  return { ...speed, kind, threads, wrong: wrongOnes(signatures, kind, key) };
}

async function signWithAll(): Promise<Row[]> {
  const keys = publicKeys(token);
  const bar = new SingleBar({ format: '[{bar}] {value}/{total}  {what}', hideCursor: true, clearOnComplete: true });
  const runs = KINDS.flatMap((kind) => THREADS.map((threads) => ({ kind, threads })));
  const rows: Row[] = [];
  bar.start(runs.length, 0, { what: '' });
  for (const { kind, threads } of runs) {
    bar.update({ what: `${kind.title}, ${threads} ${threads === 1 ? 'thread' : 'threads'}` });
    rows.push(await row(kind, threads, keys.get(kind) as KeyObject));
    bar.increment();
  }
  bar.stop();
  return rows;
}

function print(rows: readonly Row[]): void {
  const cells = rows.map(({ kind, threads, signatures, wrong, rate }) => [
    kind.title,
    threads,
    signatures,
    wrong === 0 ? 'all' : `${wrong} WRONG`,
    Math.round(rate).toLocaleString('en'),
  ]);
  console.log(table(['KEY', 'THREADS', 'SIGNATURES', 'VERIFIED', 'PER SECOND'], cells, 1));
}

const NEXT = `
One key for all threads, a session each, and C_Initialize(NULL), which promised that there is one thread.
The keys never left the engine's process.

OpenDNSSEC    <Module>${STRONGROOM}</Module>   in conf.xml's <Repository>
pkcs11-tool   pkcs11-tool --module ${STRONGROOM} --list-slots
OpenSSL       PKCS11_MODULE_PATH=${STRONGROOM} openssl dgst -engine pkcs11 -keyform engine -sign pkcs11:token=NAME;object=KEY ...
A token       ${join(ROOT, 'bin', 'strongroom')} init-token --label NAME`;

/** Ends the engine and removes the folder; also where the demonstration was interrupted. */
function clear(): void {
  try {
    strongroom('stop');
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function demonstrate(): Promise<void> {
  show('init-token', '--label', token.label);
  for (const { type } of KINDS) show('keygen', '--token', token.label, '--label', type, '--type', type);
  console.log(`\n${KINDS.length * THREADS.length} runs of the speed meter; each signature is verified outside the library.`);
  const rows = await signWithAll();
  print(rows);
  if (rows.some(({ wrong }) => wrong > 0)) throw new Error('there are wrong signatures');
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => process.exit(130));
process.once('exit', clear);
try {
  await demonstrate();
  console.log(NEXT);
} catch (error) {
  console.error(`The demonstration failed: ${(error as Error).message}`);
  // It goes with the folder, and may be the only one to know why.
  const log = join(folder, 'home', 'engine.log');
  if (existsSync(log)) console.error(readFileSync(log, 'utf8'));
  process.exitCode = 1;
}
