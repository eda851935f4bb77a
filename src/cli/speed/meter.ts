// Runs the speed meter (native/kit/speed), which loads any PKCS#11 module: one operation, so many threads, for a time.

import { execFile, type PromiseWithChild } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { CKR } from '../../protocol/constants.ts';
import { Failure } from '../failure.ts';
import { ROOT } from '../library.ts';

const METER = join(ROOT, 'build', 'Release', 'speed');

/** Milliseconds beside the time that is measured: keys are made, thousands of threads start; a module that hangs is ended. */
const PATIENCE = 120_000;

/** A module, and the token in it that is measured. */
export interface Contestant {
  readonly name: string;
  readonly module: string;
  readonly label: string;
  readonly pin: string;
  /** What the module reads: where its store is. */
  readonly environment: NodeJS.ProcessEnv;
  /** The process that does its work, where that is another one. */
  readonly engine: () => Promise<number | undefined>;
}

export const FORMS = ['null', 'zero', 'os', 'app', 'app-os'] as const;
export const SHARINGS = ['own', 'one', 'pool'] as const;

/** One thing to measure. */
export interface Case {
  readonly operation: string;
  readonly threads: number;
  readonly form: (typeof FORMS)[number];
  readonly sharing: (typeof SHARINGS)[number];
  readonly sessionKeys: boolean;
  /** Bytes of data; undefined: what the operation usually has. */
  readonly size: number | undefined;
  readonly objects: number;
}

/** As most applications do it. */
export const USUAL = {
  threads: 1,
  form: 'os',
  sharing: 'own',
  sessionKeys: false,
  size: undefined,
  objects: 1,
} as const satisfies Partial<Case>;

/** Times in microseconds, processor time in seconds. */
export interface Sample {
  readonly done: number;
  readonly refused: number;
  /** When measuring began, in seconds of a clock that all processes share. */
  readonly began: number;
  readonly seconds: number;
  readonly rate: number;
  readonly p50: number;
  readonly p99: number;
  readonly p999: number;
  readonly longest: number;
  /** The slowest thread's count as a part of the fastest's. */
  readonly fairness: number;
  readonly user: number;
  readonly system: number;
  /** Of the engine. */
  readonly beside: number;
  /** Calls of the application's LockMutex for each operation. */
  readonly locks: number;
}

/** Calls of the system's own locks for each operation, by the module's code and by its libraries: told where the interposer is preloaded. */
export interface SystemLocks {
  readonly ownLocks: number;
  readonly otherLocks: number;
}

function start(contestant: Contestant, args: readonly string[], seconds: number, patience: number): PromiseWithChild<{ stdout: string }> {
  if (!existsSync(METER)) throw new Failure(`The speed meter is not built yet; run \`npm run build\` in ${ROOT}.`);
  const env = { ...process.env, ...contestant.environment, STRONGROOM_PIN: contestant.pin };
  const whole = ['--module', contestant.module, '--label', contestant.label, ...args];
  return promisify(execFile)(METER, whole, { env, timeout: seconds * 2000 + patience, killSignal: 'SIGKILL' });
}

async function run(contestant: Contestant, args: readonly string[], seconds = 0, patience = PATIENCE): Promise<string> {
  return (await start(contestant, args, seconds, patience)).stdout;
}

/** A return value as the standard calls it; a vendor's own as it is. */
function nameOfCode(code: string): string {
  const name = Object.entries(CKR).find(([, value]) => value === Number(code))?.[0];
  return name === undefined ? code : `CKR_${name}`;
}

/** Why a run of the meter failed, in its own words. */
export function reasonOf(error: unknown): string {
  const { stderr, signal, message } = error as { stderr?: string; signal?: string; message: string };
  const told = stderr
    ?.trim()
    .replace(/^speed: /, '')
    .replace(/\b0x[0-9a-f]+\b/g, nameOfCode);
  return told || (signal ? `it was ended by ${signal}` : message);
}

export const prepare = (contestant: Contestant): Promise<string> => run(contestant, ['--prepare']);
export const clean = (contestant: Contestant): Promise<string> => run(contestant, ['--clean']);

async function argumentsFor(contestant: Contestant, what: Case, seconds: number): Promise<string[]> {
  const engine = await contestant.engine();
  const args = ['--operation', what.operation, '--threads', `${what.threads}`, '--seconds', `${seconds}`, '--objects', `${what.objects}`];
  args.push('--init', what.form, '--sessions', what.sharing);
  if (what.sessionKeys) args.push('--session-keys');
  if (what.size !== undefined) args.push('--size', `${what.size}`);
  if (engine !== undefined) args.push('--beside', `${engine}`);
  return args;
}

export async function measure(
  contestant: Contestant,
  what: Case,
  seconds: number,
  patience = PATIENCE,
): Promise<Sample & Partial<SystemLocks>> {
  return JSON.parse(await run(contestant, await argumentsFor(contestant, what, seconds), seconds, patience)) as Sample &
    Partial<SystemLocks>;
}

/** So many applications in the same moments: all begin when the last of them has started and logged in. One that fails is an error in its place. */
export async function measureTogether(
  contestant: Contestant,
  what: Case,
  seconds: number,
  applications: number,
): Promise<PromiseSettledResult<Sample>[]> {
  const args = [...(await argumentsFor(contestant, what, seconds)), '--together'];
  const running = Array.from({ length: applications }, () => start(contestant, args, seconds, PATIENCE));
  const ends = Promise.allSettled(running);
  await Promise.all(running.map(({ child }) => Promise.race([once(child.stdout!, 'data'), once(child, 'close')])));
  // One that has failed reads no more.
  for (const { child } of running) child.stdin!.on('error', () => {}).end('\n');
  return (await ends).map((end) =>
    end.status === 'fulfilled' ? { status: end.status, value: JSON.parse(end.value.stdout.replace('ready\n', '')) as Sample } : end,
  );
}

/** The operations that the meter knows, each with what it calls. */
export async function operations(): Promise<ReadonlyMap<string, string>> {
  const { stdout } = await promisify(execFile)(METER, ['--list']);
  return new Map(
    stdout
      .trimEnd()
      .split('\n')
      .map((line) => line.split('\t') as [string, string]),
  );
}
