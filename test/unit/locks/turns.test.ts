import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { Turns } from '../../../src/locks/turns.ts';

/** Lets everything happen that waits for nothing else. */
const settle = () => new Promise((resolve) => setImmediate(resolve));

describe('turns at an object', () => {
  it('are nobody’s until one is taken: then others are not admitted', async () => {
    const turns = new Turns();
    expect(turns.admits(1, undefined)).toBe(true);
    const turn = await turns.take(1);
    expect([turns.admits(1, undefined), turns.admits(1, turn), turns.admits(1, turn + 1)]).toEqual([false, true, false]);
    turns.end(1, turn);
    expect(turns.admits(1, undefined)).toBe(true);
  });

  it('come in the order in which they were asked for', async () => {
    const turns = new Turns();
    const order: number[] = [];
    const all = Array.from({ length: 20 }, async (_, n) => {
      const turn = await turns.take(1);
      order.push(n);
      await settle();
      expect(turns.admits(1, turn)).toBe(true);
      turns.end(1, turn);
    });
    await Promise.all(all);
    expect(order).toEqual(Array.from({ length: 20 }, (_, n) => n));
  });

  it('of one object are nothing to another', async () => {
    const turns = new Turns();
    const first = await turns.take(1);
    const second = await turns.take(2);
    expect([turns.admits(1, first), turns.admits(2, second), turns.admits(3, undefined)]).toEqual([true, true, true]);
  });

  it('that do not come in time are given up, and the queue goes on without them', async () => {
    const turns = new Turns(20);
    const held = await turns.take(1);
    await expect(turns.take(1)).rejects.toThrow(/^CKR_FUNCTION_FAILED/);
    const next = turns.take(1);
    turns.end(1, held);
    expect(turns.admits(1, await next)).toBe(true);
  });

  it('come within ten seconds or not at all', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    onTestFinished(() => void vi.useRealTimers());
    const turns = new Turns();
    await turns.take(1);
    const answered = vi.fn();
    turns.take(1).catch(answered);
    await vi.advanceTimersByTimeAsync(9_999);
    expect(answered).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(1);
    expect(answered).toHaveBeenCalledOnce();
  });

  it('are counted by object, the most contended first; a thousand objects are remembered', async () => {
    const turns = new Turns();
    for (const object of [5, 6, 6]) turns.end(object, await turns.take(object));
    expect(turns.contention).toEqual([
      { object: 6, times: 2 },
      { object: 5, times: 1 },
    ]);
    for (let object = 10; object < 1010; object++) turns.end(object, await turns.take(object));
    expect(turns.contention).toHaveLength(1000);
    expect(turns.contention.some(({ object }) => object === 5)).toBe(false);
  });
});
