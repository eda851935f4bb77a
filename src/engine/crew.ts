// The workers' lives. A worker that dies takes the engine with it: its sessions' state is gone, and an engine that is started anew is the
// one way back to a state that is known (to applications, a token pulled out and put back).

import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { TokenBoard } from '../token/board.ts';
import { ring } from './channel.ts';
import type { Mail, Note, WorkerStart } from './mail.ts';

export class Crew {
  readonly #board: TokenBoard;
  readonly #workers: Worker[];
  #isStopping = false;
  #left = 0;

  constructor(
    count: number,
    board: TokenBoard,
    start: Omit<WorkerStart, 'worker'>,
    hear: (worker: number, note: Note) => void,
    died: (error: unknown) => void,
  ) {
    this.#board = board;
    this.#workers = Array.from({ length: count }, (_, worker) => {
      const thread = new Worker(new URL(`./worker${extname(import.meta.url)}`, import.meta.url), {
        workerData: { ...start, worker } satisfies WorkerStart,
      });
      thread.on('message', (note: Note) => hear(worker, note));
      thread.on('error', died);
      thread.on('exit', (code) => {
        if (!this.#isStopping) died(new Error(`worker ${worker} ended with ${code}`));
      });
      return thread;
    });
  }

  get count(): number {
    return this.#workers.length;
  }

  /** Every worker has read this mail before it serves a call that was posted after this returned. */
  tellAll(mail: Mail): void {
    this.#post(mail);
    this.#ringAll();
  }

  /** The same for mail that is of no use before a worker's next call: none is woken for it, or only now and then, so that it does not pile up. */
  leaveForAll(mail: Mail): void {
    this.#post(mail);
    if (++this.#left % LEFT === 0) this.#ringAll();
  }

  tell(worker: number, mail: Mail): void {
    this.#workers[worker]?.postMessage(mail);
    this.#board.mailPosted();
    ring(worker);
  }

  #post(mail: Mail): void {
    for (const worker of this.#workers) worker.postMessage(mail);
    this.#board.mailPosted();
  }

  #ringAll(): void {
    for (let worker = 0; worker < this.count; worker++) ring(worker);
  }

  async stop(): Promise<void> {
    this.#isStopping = true;
    const ends = this.#workers.map((worker) => new Promise((resolve) => worker.once('exit', resolve)));
    this.tellAll({ mail: 'stop' });
    await Promise.race([Promise.all(ends), new Promise((resolve) => setTimeout(resolve, STOP_DEADLINE).unref())]);
  }
}

/** Letters that wait for a worker which has no calls, at the most. */
const LEFT = 64;

/** Milliseconds that a worker may take to finish the call it is at. */
const STOP_DEADLINE = 2000;
