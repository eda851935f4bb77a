// The workers' lives. A worker that dies takes the engine with it: its sessions' state is gone, and an engine that is started anew is the
// one way back to a state that is known (to applications, a token pulled out and put back).

import type { Worker } from 'node:worker_threads';
import type { TokenBoard } from '../token/board.ts';
import { ring, ringAll } from './channel.ts';
import type { Mail, Note, WorkerStart } from './mail.ts';

export class Crew {
  readonly #board: TokenBoard;
  readonly #workers: readonly Worker[];
  #isStopping = false;

  constructor(
    threads: readonly Worker[],
    board: TokenBoard,
    hear: (worker: number, note: Note) => void,
    died: (worker: number, error: unknown) => void,
  ) {
    this.#board = board;
    this.#workers = threads;
    threads.forEach((thread, worker) => {
      thread.on('message', (note: Note) => hear(worker, note));
      thread.on('error', (error) => died(worker, error));
      thread.on('exit', (code) => {
        if (!this.#isStopping) died(worker, new Error(`worker ${worker} ended with ${code}`));
      });
    });
  }

  /** The first mail: with it a worker has all that it needs. */
  begin(start: Omit<WorkerStart, 'workers'>): void {
    this.tellAll({ mail: 'start', ...start, workers: this.count });
  }

  get count(): number {
    return this.#workers.length;
  }

  /** Every worker has read this mail before it serves a call that was posted after this returned. */
  tellAll(mail: Mail): void {
    for (const worker of this.#workers) worker.postMessage(mail);
    this.#board.mailPosted();
    this.ringAll();
  }

  /** A segment for a worker's news: who is to read it has it before who is to write it. */
  giveRoom(writer: number, bytes: number): void {
    const mail: Mail = { mail: 'segment', worker: writer, memory: new SharedArrayBuffer(bytes) };
    this.#workers.forEach((worker, number) => {
      if (number !== writer) worker.postMessage(mail);
    });
    this.#workers[writer]!.postMessage(mail);
    this.#board.mailPosted();
    this.ringAll();
  }

  tell(worker: number, mail: Mail): void {
    this.#workers[worker]?.postMessage(mail);
    this.#board.mailPosted();
    ring(worker);
  }

  /** Each ends its turn soon, with no mail. */
  ringAll(): void {
    ringAll(this.count);
  }

  async stop(): Promise<void> {
    this.#isStopping = true;
    const ends = this.#workers.filter(isAlive).map((worker) => new Promise((resolve) => worker.once('exit', resolve)));
    this.tellAll({ mail: 'stop' });
    await Promise.race([Promise.all(ends), new Promise((resolve) => setTimeout(resolve, STOP_DEADLINE).unref())]);
  }
}

/** Node's sign of a thread that has ended. */
const isAlive = ({ threadId }: Worker): boolean => threadId !== -1;

/** Milliseconds that a worker may take to finish the call it is at. */
const STOP_DEADLINE = 2000;
