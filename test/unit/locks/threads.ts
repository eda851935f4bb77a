// Threads that take locks, for the tests.

import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { onTestFinished } from 'vitest';
import { contention, lockMemory } from '../../../src/locks/lock.ts';

export const [GATE, ARRIVED, ORDER, BROKEN, INSIDE, COUNTERS] = [0, 1, 2, 15, 16, 32];

export interface Room {
  readonly memory: SharedArrayBuffer;
  readonly board: Int32Array<SharedArrayBuffer>;
  thread(number: number): Worker;
}

export function room(threads = 8): Room {
  const memory = lockMemory(threads);
  const board = new Int32Array(new SharedArrayBuffer(64 * 4));
  const started: Worker[] = [];
  onTestFinished(async () => {
    await Promise.all(started.map((worker) => worker.terminate()));
  });
  const thread = (number: number) => {
    const worker = new Worker(new URL('./thread.ts', import.meta.url), { workerData: { memory, board: board.buffer, thread: number } });
    started.push(worker);
    return worker;
  };
  return { memory, board, thread };
}

export async function done(worker: Worker): Promise<unknown> {
  for (;;) {
    const [message] = await once(worker, 'message');
    if (message !== 'holds') return message.done;
  }
}

export const holds = (worker: Worker): Promise<unknown> => once(worker, 'message');

/** Opens the gate: all who hold let go. */
export function open({ board }: Room): void {
  Atomics.store(board, GATE, 1);
  Atomics.notify(board, GATE);
}

/** Until that thread sleeps in a queue. */
export async function queued({ memory }: Room, thread: number): Promise<void> {
  while (contention(memory)[thread]!.waits === 0) await pause(1);
}
