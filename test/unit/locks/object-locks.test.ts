import { once } from 'node:events';
import { BroadcastChannel, Worker } from 'node:worker_threads';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CLAIMS } from '../../../src/locks/claims.ts';
import { lockMemory, ObjectLocks } from '../../../src/locks/object-locks.ts';
import { answerBell, OBJECTS, ROUNDS, surroundings, type Task, WORD } from './thread.ts';

const THREADS = 5;
/** That of the test itself. */
const OWN = 4;

/** Lets everything happen that waits for nothing else. */
const settle = () => new Promise((resolve) => setImmediate(resolve));

let memory: ReturnType<typeof lockMemory>;
let words: Int32Array<SharedArrayBuffer>;
let met: { place: number; ticket: number | undefined }[];
/** Several threads' locks in one thread: rung, they serve at the loop's next turn. */
let all: ObjectLocks[];
let started: Worker[];

beforeEach(() => {
  memory = lockMemory(THREADS);
  words = new Int32Array(new SharedArrayBuffer(64));
  [met, started] = [[], []];
  const ring = (thread: number) => void setImmediate(() => all[thread]!.serve());
  const contended = (place: number, ticket?: number) => void met.push({ place, ticket });
  all = Array.from({ length: THREADS }, (_, thread) => new ObjectLocks(memory, thread, { ring, contended }));
});
afterEach(() => Promise.all(started.map((worker) => worker.terminate())));

const start = (name: Task['name'], thread: number): Worker => {
  const workerData: Task = { name, memory, thread, words: words.buffer };
  const worker = new Worker(new URL('./thread.ts', import.meta.url), { workerData });
  started.push(worker);
  return worker;
};

/** A promise's state, to be looked at later. */
const watch = (reservation: number | Promise<number>) => {
  const watched = { came: false, failed: '' };
  Promise.resolve(reservation).then(
    () => (watched.came = true),
    (error: Error) => (watched.failed = error.message),
  );
  return watched;
};

describe('an object that is read', () => {
  it('is read by several at once, and nobody waits or is counted', () => {
    for (const locks of all) locks.enter(1);
    for (const locks of all) locks.leave();
    expect(met).toEqual([]);
  });

  it('changes for nobody who is inside: he is waited for', async () => {
    const reader = start('reads', 0);
    await once(reader, 'message');
    let wasRead = 0;
    all[OWN]!.publish(1, () => {
      wasRead = Atomics.load(words, WORD.FLAG);
    });
    expect(wasRead).toBe(1);
  });

  it('lets nobody in while a change appears, and everybody afterwards', async () => {
    const reader = start('comes', 0);
    await once(reader, 'message');
    let came = 1;
    all[OWN]!.publish(1, () => {
      Atomics.store(words, WORD.FLAG, 1);
      Atomics.wait(words, WORD.INSIDE, 0, 50);
      came = Atomics.load(words, WORD.INSIDE);
    });
    await once(reader, 'exit');
    expect([came, Atomics.load(words, WORD.INSIDE)]).toEqual([0, 1]);
  });

  it('does not wait for who changes another', async () => {
    const [reader, writer] = all as [ObjectLocks, ObjectLocks];
    let entered = false;
    writer.publish(2, () => {
      reader.enter(1);
      entered = true;
      reader.leave();
    });
    expect([entered, met]).toEqual([true, []]);
  });

  it('is read while it is reserved, as it is', async () => {
    const [reader, writer] = all as [ObjectLocks, ObjectLocks];
    const reservation = (await writer.reserve(1)) as number;
    writer.replaces(reservation, 7);
    reader.enter(1);
    expect(reader.stepsAside(1, 7)).toBe(false);
    reader.leave();
    expect(met).toEqual([]);
  });

  it.each([8, undefined])('is looked at again where the store shows version %s of it before that appears here', async (version) => {
    const [, reader, writer] = all as [ObjectLocks, ObjectLocks, ObjectLocks];
    writer.replaces(writer.reserve(1) as number, 7);
    await once(start('publishes', 0), 'message');
    reader.enter(1);
    expect(reader.stepsAside(1, version)).toBe(true);
    expect(Atomics.load(words, WORD.FLAG)).toBe(1);
    expect(reader.stepsAside(1, version)).toBe(false);
    expect(met.map(({ place }) => place)).toEqual([1]);
    reader.leave();
  });
});

describe('an object that is reserved', () => {
  it('is so at once and without a word to anybody, where nobody else wants it', () => {
    for (const locks of all) {
      const reservation = locks.reserve(1);
      expect(reservation).toBeTypeOf('number');
      locks.release(1, reservation as number);
    }
    expect(met).toEqual([]);
  });

  it('goes to one after the other in the order in which they came, in whichever threads they are', async () => {
    const order: number[] = [];
    let inside = 0;
    await Promise.all(
      Array.from({ length: 40 }, async (_, n) => {
        const locks = all[(n * 3) % THREADS]!;
        const reservation = await locks.reserve(1);
        order.push(n);
        inside += 1;
        await settle();
        expect(inside).toBe(1);
        inside -= 1;
        locks.release(1, reservation);
      }),
    );
    expect(order).toEqual(Array.from({ length: 40 }, (_, n) => n));
    expect(met).toHaveLength(39);
  });

  it('is not given to a newcomer while its next holder has not heard of it yet', async () => {
    const [first, second, newcomer] = all as [ObjectLocks, ObjectLocks, ObjectLocks];
    const held = first.reserve(1) as number;
    const waiting = second.reserve(1);
    first.release(1, held);
    const late = watch(newcomer.reserve(1));
    const next = await waiting;
    await settle();
    expect(late.came).toBe(false);
    second.release(1, next);
    await settle();
    await settle();
    expect(late.came).toBe(true);
  });

  it('keeps its order when tickets count round', async () => {
    new Int32Array(memory.claims)[0] = 2 ** 31 - 3;
    const order: number[] = [];
    const wanted = Array.from({ length: 8 }, async (_, n) => {
      const reservation = await all[n % THREADS]!.reserve(1);
      order.push(n);
      all[n % THREADS]!.release(1, reservation);
    });
    await Promise.all(wanted);
    new Int32Array(memory.claims)[0] = -2;
    expect(all[0]!.reserve(9)).toBeTypeOf('number');
    expect(all[1]!.reserve(8)).toBeTypeOf('number');
    expect(order).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
  });

  it('is nothing to another object, a session object of the same number included', () => {
    for (const place of [1, 2, -1, 65_537]) expect(all[0]!.reserve(place)).toBeTypeOf('number');
    expect(met).toEqual([]);
  });

  it('is waited for no longer than is told: the call fails, and the queue goes on without it', async () => {
    const [holder, hasty, next] = all as [ObjectLocks, ObjectLocks, ObjectLocks];
    const held = holder.reserve(1) as number;
    const given = watch(hasty.reserve(1));
    const waiting = next.reserve(1);
    const { ticket } = met[0]!;
    expect([all[OWN]!.has(1, ticket!), all[OWN]!.has(2, ticket!)]).toEqual([true, false]);
    hasty.late(ticket!);
    await settle();
    expect(given.failed).toMatch(/^CKR_FUNCTION_FAILED/);
    expect(all[OWN]!.has(1, ticket!)).toBe(false);
    holder.release(1, held);
    next.release(1, await waiting);
    expect(all[OWN]!.reserve(1)).toBeTypeOf('number');
  });

  it('is kept where the word that it took too long comes too late', async () => {
    const [holder, waiter, other] = all as [ObjectLocks, ObjectLocks, ObjectLocks];
    const held = holder.reserve(1) as number;
    const waiting = waiter.reserve(1);
    holder.release(1, held);
    const reservation = await waiting;
    waiter.late(met[0]!.ticket!);
    const after = watch(other.reserve(1));
    await settle();
    expect(after).toEqual({ came: false, failed: '' });
    waiter.release(1, reservation);
    await settle();
    await settle();
    expect(after.came).toBe(true);
  });

  it('is refused where a thread wants as many as there is room for, and that is nothing to other threads', () => {
    const [greedy, other] = all as [ObjectLocks, ObjectLocks];
    const claims = Array.from({ length: CLAIMS }, (_, n) => greedy.reserve(n + 1) as number);
    expect(() => greedy.reserve(CLAIMS + 1)).toThrow(/^CKR_DEVICE_MEMORY/);
    expect(other.reserve(CLAIMS + 1)).toBeTypeOf('number');
    greedy.release(5, claims[4]!);
    expect(greedy.reserve(CLAIMS + 2)).toBeTypeOf('number');
  });
});

describe('what threads do side by side', () => {
  it('loses no change, and shows none by halves', { timeout: 60_000 }, async () => {
    const channel = new BroadcastChannel('object locks');
    channel.unref();
    const workers = [0, 1, 2].map((thread) => start('hammers', thread));
    await Promise.all(workers.map((worker) => once(worker, 'exit')));
    channel.close();
    const counted = Array.from({ length: OBJECTS }, (_, n) => words[WORD.PAIRS + (n + 1) * 2]!);
    expect(counted.reduce((sum, count) => sum + count)).toBe(workers.length * ROUNDS);
    expect(words[WORD.WRONG]).toBe(0);
  });

  it('holds nothing up once it has died, whatever it held and waited for', async () => {
    const channel = new BroadcastChannel('object locks');
    const own = new ObjectLocks(memory, OWN, surroundings(channel));
    const bell = new BroadcastChannel('object locks');
    answerBell(bell, OWN, own);
    const third = own.reserve(3) as number;
    const victim = start('hangs', 0);
    await once(victim, 'message');
    const [second, thirdAgain] = [watch(own.reserve(2)), watch(own.reserve(3))];
    await victim.terminate();
    own.release(3, third);
    await settle();
    expect([second.came, thirdAgain.came]).toEqual([false, false]);
    own.releaseAll(0);
    await expect.poll(() => [second.came, thirdAgain.came]).toEqual([true, true]);
    let changed = false;
    own.publish(1, () => {
      changed = true;
    });
    expect(changed).toBe(true);
    for (const each of [channel, bell]) each.close();
  });
});
