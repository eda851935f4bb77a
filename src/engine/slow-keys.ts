// The thread on which signatures are made that take long, so that no worker's other sessions wait for them. It is started for the first.

import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { Supervisor } from '../token/supervisor.ts';
import { fromFailure } from './failure.ts';
import type { Failure } from './mail.ts';

type Job = Parameters<Supervisor['sign']>;

/** Supervisor to thread, and back. */
export interface SignerAsked {
  readonly id: number;
  readonly job: Job;
}
export type SignerAnswer = { readonly id: number } & ({ readonly value: Uint8Array } | { readonly failure: Failure });

export class Signer {
  readonly #waiting = new Map<number, PromiseWithResolvers<Uint8Array>>();
  #thread: Worker | undefined;
  #last = 0;

  sign(job: Job): Promise<Uint8Array> {
    const id = ++this.#last;
    const waiting = Promise.withResolvers<Uint8Array>();
    this.#waiting.set(id, waiting);
    this.#thread ??= this.#start();
    this.#thread.postMessage({ id, job } satisfies SignerAsked);
    return waiting.promise;
  }

  #start(): Worker {
    const thread = new Worker(new URL(`./signer-thread${extname(import.meta.url)}`, import.meta.url));
    thread.on('message', (answer: SignerAnswer) => {
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
