import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { AsyncLocks, contention, Locks, lockMemory, releaseAll } from '../../../src/locks/lock.ts';
import { ARRIVED, BROKEN, COUNTERS, done, holds, INSIDE, ORDER, open, queued, room } from './threads.ts';

const tooLong = /^CKR_FUNCTION_FAILED/;

describe('several threads', () => {
  it('lose no change of what a lock guards, one lock for each object', async () => {
    const here = room();
    const workers = [0, 1, 2].map((n) => here.thread(n));
    workers.forEach((worker, n) => {
      worker.postMessage({ what: 'count', id: n, times: 9000 });
    });
    await Promise.all(workers.map(done));
    expect([1, 2, 3].map((id) => here.board[COUNTERS + id])).toEqual([9000, 9000, 9000]);
  });

  it('never read what is half written', async () => {
    const here = room();
    const workers = [0, 1, 2, 3].map((n) => here.thread(n));
    workers.forEach((worker, n) => {
      worker.postMessage({ what: 'compare', id: 5, write: n < 2, times: 8000 });
    });
    expect(await Promise.all(workers.map(done))).toEqual([0, 0, 0, 0]);
    expect(here.board[COUNTERS + 10]).toBe(16_000);
  });

  it('read one object at once', async () => {
    const here = room();
    const [a, b] = [here.thread(0), here.thread(1)];
    for (const worker of [a, b]) {
      const held = holds(worker);
      worker.postMessage({ what: 'hold', id: 5, write: false });
      await held;
    }
    expect(new Locks(here.memory, 2, 0).withRead(5, () => 'read')).toBe('read');
    expect(() => new Locks(here.memory, 3, 0).withWrite(5, () => 'written')).toThrow(tooLong);
    const ends = [done(a), done(b)];
    open(here);
    await Promise.all(ends);
    expect(new Locks(here.memory, 3, 0).withWrite(5, () => 'written')).toBe('written');
  });

  it('never wait for each other over different objects', async () => {
    const here = room();
    const worker = here.thread(0);
    const held = holds(worker);
    worker.postMessage({ what: 'hold', id: 5, write: true });
    await held;
    const mine = new Locks(here.memory, 1, 0);
    for (let id = 1; id < 2 ** 31; id = id * 2 + 1) expect(mine.withWrite(id, () => id)).toBe(id);
    for (const distance of [16, 1024, 4096, 65_536]) mine.withWrite(5 + distance, () => 0);
    expect(contention(here.memory)[1]).toEqual({ waits: 0, timeouts: 0 });
    const end = done(worker);
    open(here);
    await end;
  });

  it('get an object in the order in which they asked for it, so that a writer is not starved by readers', async () => {
    const here = room();
    const workers = [3, 1, 0, 2].map((n) => ({ n, worker: here.thread(n) }));
    const kinds = [false, true, false, true];
    for (const [at, { n, worker }] of workers.entries()) {
      const held = at === 0 ? holds(worker) : queued(here, n);
      worker.postMessage({ what: 'hold', id: 5, write: kinds[at] });
      await held;
    }
    // A reader holds it, but a writer has asked since: no reader passes the writer.
    expect(() => new Locks(here.memory, 4, 0).withRead(5, () => 0)).toThrow(tooLong);
    const ends = workers.map(({ worker }) => done(worker));
    open(here);
    await Promise.all(ends);
    expect([...here.board.subarray(ORDER, ORDER + 4)]).toEqual([3, 1, 0, 2]);
    expect(here.board[ARRIVED]).toBe(4);
  });
});

describe('a thread that dies', () => {
  it('lets go of what it held and leaves its place in the queue', async () => {
    const here = room();
    const [holder, waiter] = [here.thread(0), here.thread(1)];
    const held = holds(holder);
    holder.postMessage({ what: 'hold', id: 5, write: true });
    await held;
    waiter.postMessage({ what: 'hold', id: 5, write: true });
    await queued(here, 1);
    const mine = new AsyncLocks(here.memory, 2).withWrite(5, () => 'written');
    await holder.terminate();
    await waiter.terminate();
    releaseAll(here.memory, 1);
    expect(() => new Locks(here.memory, 3, 0).withRead(5, () => 0)).toThrow(tooLong);
    releaseAll(here.memory, 0);
    expect(await mine).toBe('written');
  });

  it('never breaks what the others rely on, wherever it dies', async () => {
    const here = room();
    const progress = (n: number) => Atomics.load(here.board, COUNTERS + n);
    const progressed = async (n: number) => {
      for (const then = progress(n); progress(n) === then; ) await pause(1);
    };
    for (const n of [1, 2]) here.thread(n).postMessage({ what: 'storm', id: 5 });
    for (let round = 0; round < 12; round++) {
      const victim = here.thread(0);
      victim.postMessage({ what: 'storm', id: 5 });
      await progressed(0);
      await victim.terminate();
      Atomics.store(here.board, INSIDE, 0);
      releaseAll(here.memory, 0);
    }
    await Promise.all([1, 2].map(progressed));
    expect(Atomics.load(here.board, BROKEN)).toBe(0);
  });
});

describe('a wait', () => {
  it('ends with an error, is counted, and leaves nothing behind', async () => {
    const here = room();
    const worker = here.thread(0);
    const held = holds(worker);
    worker.postMessage({ what: 'hold', id: 5, write: false });
    await held;
    const [mine, others] = [new Locks(here.memory, 1, 5), new Locks(here.memory, 2, 0)];
    let ran = false;
    const write = () => {
      ran = true;
    };
    expect(() => mine.withWrite(5, write)).toThrow(tooLong);
    expect(ran).toBe(false);
    expect(contention(here.memory)[1]!.timeouts).toBe(1);
    expect(others.withRead(5, () => 'read')).toBe('read');
    const end = done(worker);
    open(here);
    await end;
    mine.withWrite(5, write);
    expect(ran).toBe(true);
  });
});

describe('a lock', () => {
  const locks = () => new Locks(lockMemory(2), 1, 0);

  it('is let go when what ran under it throws', () => {
    const mine = locks();
    expect(() =>
      mine.withWrite(5, () => {
        throw new RangeError('inside');
      }),
    ).toThrow(RangeError);
    expect(mine.withWrite(5, () => 'again')).toBe('again');
  });

  it('is taken once by a thread, and several in ascending order, else two threads could wait for each other', () => {
    const mine = locks();
    const order = /^CKR_GENERAL_ERROR: nested locks are taken in ascending order/;
    expect(() => mine.withRead(5, () => mine.withRead(5, () => 0))).toThrow(order);
    expect(() => mine.withRead(5, () => mine.withWrite(4, () => 0))).toThrow(order);
    expect(mine.withRead(5, () => mine.withWrite(6, () => 'both'))).toBe('both');
  });

  it.each([1, 3])(
    'on several objects at once may be asked for in any order, and twice, written where one asks for that (%i)',
    (written) => {
      const memory = lockMemory(3);
      const [mine, other] = [new Locks(memory, 0), new Locks(memory, 1, 0)];
      const wanted = [9, 3, 7, 3].map((id, at) => ({ id, write: at === written }));
      const inside = mine.withAll(wanted, () => {
        for (const id of [3, 7, 9]) expect(() => other.withWrite(id, () => 0)).toThrow(tooLong);
        expect(() => other.withRead(3, () => 0)).toThrow(tooLong);
        return other.withRead(7, () => other.withRead(9, () => 'read'));
      });
      expect(inside).toBe('read');
      for (const id of [3, 7, 9]) other.withWrite(id, () => 0);
      expect(mine.withAll([], () => 'nothing')).toBe('nothing');
    },
  );

  it('is not nested without end', () => {
    const mine = locks();
    const nest = (id: number): number => mine.withRead(id, () => nest(id + 1));
    expect(() => nest(1)).toThrow(/^CKR_GENERAL_ERROR: locks are nested too deeply/);
    expect(mine.withWrite(1, () => 'free')).toBe('free');
  });

  it.each([0, -1, 2 ** 31, 1.5, Number.NaN])('is not taken on %d, which is no object', (id) => {
    expect(() => locks().withRead(id, () => 0)).toThrow(/^CKR_GENERAL_ERROR/);
  });

  it('is taken by none but the threads that it was made for', () => {
    expect(() => new Locks(lockMemory(2), 2)).toThrow(/^CKR_GENERAL_ERROR/);
  });
});

describe('the main thread', () => {
  it('goes on serving while it waits, and gets the object when it is free', async () => {
    const here = room();
    const worker = here.thread(0);
    const held = holds(worker);
    worker.postMessage({ what: 'hold', id: 5, write: true });
    await held;
    const mine = new AsyncLocks(here.memory, 1);
    const order: string[] = [];
    const write = mine.withWrite(5, () => order.push('write'));
    const read = mine.withRead(5, () => order.push('read'));
    expect(await mine.withWrite(6, () => 'elsewhere')).toBe('elsewhere');
    expect(order).toEqual([]);
    const end = done(worker);
    open(here);
    await Promise.all([write, read, end]);
    expect(order).toEqual(['write', 'read']);
  });

  it('may ask for more than it has places, and nothing is lost', async () => {
    const mine = new AsyncLocks(lockMemory(1), 0);
    const order: number[] = [];
    await Promise.all(Array.from({ length: 200 }, (_, n) => mine.withWrite(1 + (n % 2), () => order.push(n))));
    expect(order.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 200 }, (_, n) => n));
  });

  it('waits with an end too', async () => {
    const here = room();
    const worker = here.thread(0);
    const held = holds(worker);
    worker.postMessage({ what: 'hold', id: 5, write: true });
    await held;
    await expect(new AsyncLocks(here.memory, 1, 10).withRead(5, () => 0)).rejects.toThrow(tooLong);
    expect(contention(here.memory)[1]!.timeouts).toBe(1);
    const end = done(worker);
    open(here);
    await end;
  });

  it('lets go when what ran under the lock throws', async () => {
    const mine = new AsyncLocks(lockMemory(1), 0);
    const failing = mine.withWrite(5, () => {
      throw new RangeError('inside');
    });
    await expect(failing).rejects.toThrow(RangeError);
    expect(await mine.withWrite(5, () => 'again')).toBe('again');
  });
});
