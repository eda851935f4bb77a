// The process that writes into its lanes what it is told (sender.c).
import { type ChildProcessByStdio, spawn, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { LANE_DATA, LANE_STATE } from '../../src/protocol/layout.ts';
import { project } from '../support/paths.ts';

const COMMAND = { CONNECT: 0, POST: 1, SAY: 2 } as const;
const OUTCOMES = ['answered', 'more', 'dropped', 'silent'] as const;
export type Outcome = (typeof OUTCOMES)[number];

export interface Reply {
  readonly outcome: Outcome;
  readonly bytes: Buffer;
}

/** What is said of a fragment in its lane; what is left out is as the protocol wants it. */
export interface Posting {
  readonly worker: number;
  readonly lane: number;
  readonly state?: number;
  readonly length?: number;
  readonly more?: number;
  /** Milliseconds. */
  readonly patience: number;
}

/** @returns the path of the program. */
export const compile = (folder: string): string => {
  const program = join(folder, 'sender');
  const flags = ['-std=c11', '-D_GNU_SOURCE', '-Wall', '-Wextra', '-Werror', '-O1', '-I', join(project, 'native/shared')];
  const { status, stderr } = spawnSync('cc', [...flags, '-o', program, join(project, 'test/fuzz/sender.c')], { encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
  return program;
};

export class Sender {
  readonly #child: ChildProcessByStdio<Writable, Readable, null>;
  readonly #end: Promise<unknown>;
  #received: Buffer = Buffer.alloc(0);
  #waiting: PromiseWithResolvers<Reply> | undefined;

  constructor(program: string, home: string) {
    this.#child = spawn(program, [join(home, 'engine.sock')], { stdio: ['pipe', 'pipe', 'inherit'] });
    this.#child.stdout.on('data', (piece: Buffer) => this.#hear(piece));
    this.#child.stdin.on('error', () => {});
    this.#end = new Promise((resolve) => this.#child.once('close', resolve));
    this.#child.once('close', () => this.#waiting?.reject(new Error('the engine cannot be met any more')));
  }

  #hear(piece: Buffer): void {
    this.#received = Buffer.concat([this.#received, piece]);
    if (this.#received.length < 8) return;
    const [outcome, length] = [this.#received.readUInt32LE(0), this.#received.readUInt32LE(4)];
    if (this.#received.length < 8 + length) return;
    const bytes = this.#received.subarray(8, 8 + length);
    this.#received = Buffer.alloc(0);
    this.#waiting?.resolve({ outcome: OUTCOMES[outcome]!, bytes });
  }

  #command(numbers: readonly number[], bytes: Uint8Array): Promise<Reply> {
    this.#waiting = Promise.withResolvers();
    this.#child.stdin.write(Buffer.concat([new Uint8Array(Uint32Array.from([...numbers, bytes.length]).buffer), bytes]));
    return this.#waiting.promise;
  }

  /** @returns how many workers there are. */
  async connect(): Promise<number> {
    const { bytes } = await this.#command([COMMAND.CONNECT, 0, 0, 0, 0, 0, 0], Buffer.alloc(0));
    return bytes.readUInt32LE();
  }

  /** Bytes on a socket of its own. */
  say(bytes: Uint8Array, patience: number): Promise<Reply> {
    return this.#command([COMMAND.SAY, 0, 0, 0, 0, 0, patience], bytes);
  }

  #fragment(bytes: Uint8Array, { worker, lane, state, length, more, patience }: Posting): Promise<Reply> {
    const fields = [worker, lane, state ?? LANE_STATE.POSTED, length ?? bytes.length, more ?? 0, patience];
    return this.#command([COMMAND.POST, ...fields], bytes);
  }

  /** A frame, in fragments where it is longer than a lane's data. */
  async post(frame: Uint8Array, posting: Posting): Promise<Reply> {
    let sent = 0;
    for (; frame.length - sent > LANE_DATA; sent += LANE_DATA) {
      const reply = await this.#fragment(frame.subarray(sent, sent + LANE_DATA), { ...posting, more: 1 });
      if (reply.outcome !== 'more') return reply;
    }
    return this.#fragment(frame.subarray(sent), posting);
  }

  async end(): Promise<void> {
    this.#child.stdin.end();
    await this.#end;
  }
}
