// An application of the test's: a process (caller.c) that makes one call after the other and says what it answered.
import { type ChildProcessByStdio, spawn, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { CKR } from '../../src/protocol/constants.ts';
import { modulePath, project } from '../support/paths.ts';

export type CkrName = keyof typeof CKR;
const names = new Map<number, CkrName>(Object.entries(CKR).map(([name, rv]) => [rv, name as CkrName]));

export interface Answer {
  readonly rv: CkrName;
  readonly outputs: readonly string[];
}

/** An argument as caller.c reads it. */
export type Argument = string;

export const number = (value: number): Argument => `#${value}`;
export const bytes = (value: Uint8Array): Argument => `<${Buffer.from(value).toString('hex')}`;
export const NULL_BYTES: Argument = '<-';
export const pointer = (value: Uint8Array): Argument => `$${Buffer.from(value).toString('hex')}`;
/** A buffer; without a size NULL, which asks for the length. */
export const buffer = (size?: number): Argument => `>${size ?? '-'}`;
export const NUMBER_OUT: Argument = '@';
export const structure = (numbers: number): Argument => `&${numbers}`;
export const numbers = (most: number): Argument => `*${most}`;
export const mechanism = (type: number, parameter: Uint8Array = Buffer.alloc(0)): Argument =>
  `%${type}:${Buffer.from(parameter).toString('hex')}`;
export const NULL_MECHANISM: Argument = '%-';
export const template = (entries: Iterable<readonly [type: number, value: Uint8Array]>): Argument =>
  `{${[...entries].map(([type, value]) => `${type}=${Buffer.from(value).toString('hex')}`).join(',')}`;
export const spaces = (entries: readonly (readonly [type: number, room: number | undefined])[]): Argument =>
  `[${entries.map(([type, room]) => `${type}=${room ?? '-'}`).join(',')}`;

export const numbersOf = (output: string | undefined): number[] => (output ?? '').split(',').filter(Boolean).map(Number);
export const bytesOf = (output: string | undefined): Buffer => Buffer.from(output ?? '', 'hex');
/** A buffer's length where its bytes are not given. */
export const lengthOf = (output: string | undefined): number => Number((output ?? '').slice(1));
export const attributesOf = (output: string | undefined): { type: number; length: number; value: Buffer }[] =>
  (output ?? '')
    .split(',')
    .filter(Boolean)
    .map((entry) => {
      const [, type, length, value] = /^(\d+)=(-?\d+):(.*)$/.exec(entry)!;
      return { type: Number(type), length: Number(length), value: Buffer.from(value!, 'hex') };
    });

/** @returns the path of the program. */
export const compile = (folder: string): string => {
  const program = join(folder, 'caller');
  const flags = ['-std=c11', '-D_GNU_SOURCE', '-Wall', '-Wextra', '-Werror', '-O1', '-I', join(project, 'native/shared')];
  const { status, stderr } = spawnSync('cc', [...flags, '-o', program, join(project, 'test/model/caller.c'), '-ldl'], { encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
  return program;
};

export class Caller {
  /** How many calls were made. */
  calls = 0;
  readonly #child: ChildProcessByStdio<Writable, Readable, null>;
  readonly #waiting: PromiseWithResolvers<string>[] = [];
  readonly #end: Promise<unknown>;

  constructor(program: string, environment: NodeJS.ProcessEnv) {
    this.#child = spawn(program, [modulePath], { env: environment, stdio: ['pipe', 'pipe', 'inherit'] });
    createInterface(this.#child.stdout).on('line', (line) => this.#waiting.shift()?.resolve(line));
    this.#end = new Promise((resolve) => this.#child.once('close', resolve));
    this.#child.stdin.on('error', () => {});
    this.#child.once('close', () => {
      for (const { reject } of this.#waiting.splice(0)) reject(new Error('the application has ended'));
    });
  }

  async call(name: string, ...words: readonly Argument[]): Promise<Answer> {
    const line = Promise.withResolvers<string>();
    this.#waiting.push(line);
    this.calls += 1;
    this.#child.stdin.write(`${[name, ...words].join(' ')}\n`);
    const [rv, ...outputs] = (await line.promise).split(' ');
    return { rv: names.get(Number(rv)) ?? (rv as CkrName), outputs };
  }

  async end(): Promise<void> {
    this.#child.stdin.end();
    await this.#end;
  }
}
