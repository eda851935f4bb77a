// Runs other programs: bounded in time, judged by their exit, with both outputs at hand.
import { type ChildProcess, spawn } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { beforeEach } from 'vitest';
import { commandLine, patience } from './sanitizer.ts';

export interface Finished {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: Buffer;
  readonly stderr: string;
  /** Both outputs, as text. */
  readonly output: string;
}

export interface RunOptions {
  readonly env: NodeJS.ProcessEnv;
  readonly cwd?: string;
  readonly input?: string | Uint8Array;
  /** Milliseconds after which the program is killed; its signal is then SIGKILL. */
  readonly limit?: number;
}

/** Ends when the program has ended; never rejects for what the program did. */
export const run = (program: string, args: readonly string[], options: RunOptions): Promise<Finished> => {
  const child = spawn(...commandLine(program, args), {
    env: options.env,
    cwd: options.cwd,
    stdio: 'pipe',
    timeout: patience(options.limit ?? 60_000),
    killSignal: 'SIGKILL',
  });
  // A program that does not read its input closes the pipe early; that is its right.
  child.stdin.on('error', () => {});
  child.stdin.end(options.input ?? '');
  return finished(child);
};

export const finished = (child: ChildProcess): Promise<Finished> => {
  const [out, errors]: [Buffer[], Buffer[]] = [[], []];
  child.stdout?.on('data', (piece: Buffer) => out.push(piece));
  child.stderr?.on('data', (piece: Buffer) => errors.push(piece));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => {
      const [stdout, stderr] = [Buffer.concat(out), Buffer.concat(errors).toString()];
      resolve({ code, signal, stdout, stderr, output: `${stdout}${stderr}` });
    });
  });
};

/** Which Debian package brings a program; .ci/run installs them all. */
const packages = {
  cc: 'gcc',
  certtool: 'gnutls-bin',
  clang: 'clang, and libclang-rt-14-dev',
  'dnssec-verify': 'bind9-utils',
  'ldns-verify-zone': 'ldnsutils',
  'ods-enforcer': 'opendnssec-enforcer-sqlite3',
  'ods-enforcerd': 'opendnssec-enforcer-sqlite3',
  'ods-hsmspeed': 'libhsm-bin',
  'ods-hsmutil': 'libhsm-bin',
  'ods-signer': 'opendnssec-signer',
  'ods-signerd': 'opendnssec-signer',
  openssl: 'openssl',
  p11tool: 'gnutls-bin',
  'pkcs11-tool': 'opensc',
  'softhsm2-util': 'softhsm2',
  unshare: 'util-linux',
  valgrind: 'valgrind',
} as const;

const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/sbin'];

const isExecutable = (path: string) => {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
};

export const find = (program: string): string | undefined => folders.map((folder) => join(folder, program)).find(isExecutable);

/** Skips the tests of this file or block, with a sentence, where a program is missing; under STRONGROOM_NO_SKIP=1 that is a failure. */
export const needs = (...programs: readonly (keyof typeof packages)[]): void => {
  const missing = programs.filter((program) => !find(program));
  if (missing.length === 0) return;
  const sentence = missing.map((program) => `${program} is not installed (Debian package ${packages[program]}).`).join(' ');
  beforeEach(({ skip }) => unavailable(skip, sentence));
};

export const unavailable = (skip: (note: string) => void, sentence: string): void => {
  if (process.env.STRONGROOM_NO_SKIP === '1') throw new Error(sentence);
  skip(sentence);
};
