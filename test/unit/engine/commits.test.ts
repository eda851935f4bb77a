import { setTimeout as pause, setImmediate as tick } from 'node:timers/promises';
import { describe, expect, it, vi } from 'vitest';
import { Commits } from '../../../src/engine/commits.ts';
import type { Outcome } from '../../../src/store/store.ts';

const deletion = (id: number) => [{ change: 'delete', id }] as const;

describe('commits', () => {
  it('that come in one turn of the loop are written together, each told of its own outcome', async () => {
    const written: number[] = [];
    const commits = new Commits((requests): Outcome[] => {
      written.push(requests.length);
      return requests.map((_, at) => (at === 1 ? { error: new Error('refused') } : { ids: [at] }));
    });
    const outcomes = await Promise.allSettled([commits.add(deletion(1)), commits.add(deletion(2)), commits.add(deletion(3))]);
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(written).toEqual([3]);
    expect(await commits.add(deletion(4))).toEqual([0]);
    expect(written).toEqual([3, 1]);
  });

  it('of several who come again and again share one turn of a slow disk, though one of them is always the first', async () => {
    const written: number[] = [];
    const still = new Int32Array(new SharedArrayBuffer(4));
    const commits = new Commits((requests) => {
      written.push(requests.length);
      Atomics.wait(still, 0, 0, 40);
      return requests.map(() => ({ ids: [] }));
    });
    const client = async (place: number) => {
      for (let n = 0; n < 10; n++) {
        await commits.add(deletion(place));
        await pause(place);
      }
    };
    await Promise.all([1, 2, 3, 4].map(client));
    expect(written.reduce((sum, size) => sum + size)).toBe(40);
    // Ten turns, and what it takes to find out how many there are; without waiting for each other it would be twice as many.
    expect(written.length).toBeLessThan(16);
  });

  it('of one alone wait for nobody', async () => {
    const written: number[] = [];
    const still = new Int32Array(new SharedArrayBuffer(4));
    const timers = vi.spyOn(globalThis, 'setTimeout');
    const commits = new Commits((requests) => {
      written.push(requests.length);
      Atomics.wait(still, 0, 0, 10);
      return requests.map(() => ({ ids: [] }));
    });
    for (let n = 0; n < 5; n++) {
      await commits.add(deletion(1));
      // The answer has to reach its worker first.
      await tick();
    }
    expect(written).toEqual([1, 1, 1, 1, 1]);
    expect(timers).not.toHaveBeenCalled();
    timers.mockRestore();
  });
});
