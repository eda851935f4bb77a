// A thread of its own that does with the locks what its task says, and tells when it has come to a point.
import { BroadcastChannel, parentPort, workerData } from 'node:worker_threads';
import { type LockMemory, ObjectLocks } from '../../../src/locks/object-locks.ts';

export interface Task {
  readonly name: keyof typeof tasks;
  readonly memory: LockMemory;
  readonly thread: number;
  /** Plain memory of several threads: only the locks keep it whole. */
  readonly words: SharedArrayBuffer;
}

/** What `words` has in it. */
export const WORD = { FLAG: 0, INSIDE: 1, WRONG: 2, PAIRS: 4 } as const;
export const OBJECTS = 2;
export const ROUNDS = 150;

/** The bells of a test's threads. */
export function surroundings(channel: BroadcastChannel, contended: (place: number, ticket?: number) => void = () => undefined) {
  return { ring: (thread: number) => channel.postMessage(thread), contended };
}

export const answerBell = (channel: BroadcastChannel, thread: number, locks: ObjectLocks): void => {
  channel.onmessage = ({ data }: { data: unknown }) => void (data === thread && locks.serve());
};

const tick = () => new Promise((resolve) => setImmediate(resolve));
const still = new Int32Array(new SharedArrayBuffer(4));

const tasks = {
  /** Reads an object for a while. */
  async reads(locks: ObjectLocks, words: Int32Array, say: (text: string) => void) {
    locks.enter(1);
    say('inside');
    Atomics.wait(still, 0, 0, 50);
    Atomics.store(words, WORD.FLAG, 1);
    locks.leave();
  },
  /** Comes to read as soon as the flag is there. */
  async comes(locks: ObjectLocks, words: Int32Array, say: (text: string) => void) {
    say('ready');
    while (Atomics.load(words, WORD.FLAG) === 0) Atomics.wait(still, 0, 0, 1);
    locks.enter(1);
    Atomics.store(words, WORD.INSIDE, 1);
    locks.leave();
  },
  /** Lets somebody else's change appear, some time later. */
  async publishes(locks: ObjectLocks, words: Int32Array, say: (text: string) => void) {
    say('ready');
    Atomics.wait(still, 0, 0, 50);
    locks.publish(1, () => void Atomics.store(words, WORD.FLAG, 1));
  },
  /** Has read one object, reserved a second and waits for a third when it is heard of for the last time. */
  async hangs(locks: ObjectLocks, _words: Int32Array, say: (text: string) => void) {
    await locks.reserve(2);
    void locks.reserve(3);
    locks.enter(1);
    say('hangs');
    for (;;) Atomics.wait(still, 0, 0, 1000);
  },
  /** Changes pairs of words that are only ever to be seen equal, by what it has read long before. */
  async hammers(locks: ObjectLocks, words: Int32Array) {
    for (let round = 0; round < ROUNDS; round++) {
      const object = 1 + (round % OBJECTS);
      const pair = WORD.PAIRS + object * 2;
      const reservation = await locks.reserve(object);
      const next = words[pair]! + 1;
      await tick();
      locks.publish(object, () => {
        words[pair] = next;
        Atomics.wait(still, 0, 0, 0.1);
        words[pair + 1] = next;
      });
      locks.release(object, reservation);
      for (let n = 0; n < 10; n++) look(locks, words, 1 + (n % OBJECTS));
    }
  },
};

function look(locks: ObjectLocks, words: Int32Array, object: number): void {
  const pair = WORD.PAIRS + object * 2;
  locks.enter(object);
  const first = words[pair];
  Atomics.wait(still, 0, 0, 0.05);
  if (words[pair] !== first || words[pair + 1] !== first) Atomics.add(words, WORD.WRONG, 1);
  locks.leave();
}

if (parentPort) {
  const port = parentPort;
  const { name, memory, thread, words } = workerData as Task;
  const channel = new BroadcastChannel('object locks');
  const locks = new ObjectLocks(memory, thread, surroundings(channel));
  answerBell(channel, thread, locks);
  await tasks[name](locks, new Int32Array(words), (text) => port.postMessage(text));
  channel.close();
}
