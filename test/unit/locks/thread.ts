// A thread that does with locks what it is told. `board` is plain shared memory: the locks are what keeps it right.

import { parentPort, workerData } from 'node:worker_threads';
import { Locks } from '../../../src/locks/lock.ts';

const { memory, board: shared, thread } = workerData as { memory: SharedArrayBuffer; board: SharedArrayBuffer; thread: number };
const board = new Int32Array(shared);
const locks = new Locks(memory, thread);

/** Words of the board: a gate that holders wait at, a place for the order of arrivals, broken promises, flags of who is inside, then counters by id. */
const [GATE, ARRIVED, ORDER, BROKEN, INSIDE, COUNTERS] = [0, 1, 2, 15, 16, 32];

interface Order {
  readonly what: keyof typeof work;
  readonly id: number;
  readonly write: boolean;
  readonly times: number;
}

const take = (id: number, write: boolean, fn: () => void): void => (write ? locks.withWrite(id, fn) : locks.withRead(id, fn));

/** Not atomic on purpose: two in here at once lose a count. */
function increment(at: number): void {
  const value = board[at]!;
  for (let pause = 0; pause < 20; pause++) board[COUNTERS - 1] = pause;
  board[at] = value + 1;
}

const work = {
  count: ({ id, times }: Order) => {
    for (let n = 0; n < times; n++) locks.withWrite(1 + ((id + n) % 3), () => increment(COUNTERS + 1 + ((id + n) % 3)));
  },
  /** Writers change two words that readers always want to find equal. Gives how often they were not. */
  compare: ({ id, write, times }: Order) => {
    let torn = 0;
    for (let n = 0; n < times; n++) {
      take(id, write, () => {
        if (write) increment(COUNTERS + 10);
        if (board[COUNTERS + 10] !== board[COUNTERS + 11]! + (write ? 1 : 0)) torn++;
        if (write) increment(COUNTERS + 11);
      });
    }
    return torn;
  },
  hold: ({ id, write }: Order) =>
    take(id, write, () => {
      board[ORDER + Atomics.add(board, ARRIVED, 1)] = thread;
      parentPort?.postMessage('holds');
      Atomics.wait(board, GATE, 0);
    }),
  /** For ever, until it is terminated: two insides at once are counted. */
  storm: ({ id }: Order) => {
    for (;;) {
      locks.withWrite(id, () => {
        Atomics.store(board, INSIDE + thread, 1);
        for (let other = 0; other < 8; other++) {
          if (other !== thread && Atomics.load(board, INSIDE + other) === 1) Atomics.add(board, BROKEN, 1);
        }
        Atomics.store(board, INSIDE + thread, 0);
        Atomics.add(board, COUNTERS + thread, 1);
      });
    }
  },
};

parentPort?.on('message', (order: Order) => parentPort?.postMessage({ done: work[order.what](order) }));
