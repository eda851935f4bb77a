// The thread on which private keys are used with which that takes long, so that no worker's other sessions wait. It is started for the first.

import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { KeyUse, KeyUses } from '../mechanisms/mechanism.ts';
import { fromFailure } from './failure.ts';
import type { Failure } from './mail.ts';

/** One use: its name, the key, and what else it takes. */
export type Job = readonly [name: keyof KeyUses, of: KeyUse, ...inputs: unknown[]];
export type Result = ReturnType<KeyUses[keyof KeyUses]>;

/** Supervisor to thread, and back. */
export interface Asked {
  readonly id: number;
  readonly job: Job;
}
export type Answer = { readonly id: number } & ({ readonly value: Result } | { readonly failure: Failure });

export class SlowKeys {
  readonly #waiting = new Map<number, PromiseWithResolvers<Result>>();
  #thread: Worker | undefined;
  #last = 0;

  use(job: Job): Promise<Result> {
    const id = ++this.#last;
    const waiting = Promise.withResolvers<Result>();
    this.#waiting.set(id, waiting);
    this.#thread ??= this.#start();
    this.#thread.postMessage({ id, job } satisfies Asked);
    return waiting.promise;
  }

  #start(): Worker {
    const thread = new Worker(new URL(`./slow-keys-thread${extname(import.meta.url)}`, import.meta.url));
    thread.on('message', (answer: Answer) => {
      const waiting = this.#waiting.get(answer.id);
      this.#waiting.delete(answer.id);
      if ('value' in answer) waiting?.resolve(answer.value);
      else waiting?.reject(fromFailure(answer.failure));
    });
    thread.on('error', (error) => {
      this.#thread = undefined;
      for (const { reject } of this.#waiting.values()) reject(error);
      this.#waiting.clear();
    });
    // Nobody waits for it when the engine ends.
    thread.unref();
    return thread;
  }
}
