import { describe, expect, it } from 'vitest';
import { Creations } from '../../../src/engine/creations.ts';
import { Pen, penMemory } from '../../../src/locks/pen.ts';
import type { Change, Outcome, Store } from '../../../src/store/store.ts';
import { object } from '../store/fixture.ts';

const insertion = (uniqueId = 'unique'): Change => ({ change: 'insert', row: object({ uniqueId }) });

/** A worker's creations; what it wrote by itself, and what it left to the supervisor. */
function room() {
  const memory = penMemory();
  const [pen, other] = [new Pen(memory), new Pen(memory)];
  const written: number[] = [];
  const supervised: (readonly Change[])[] = [];
  const commitTogether = (requests: readonly (readonly Change[])[]): Outcome[] => {
    written.push(requests.length);
    return requests.map((changes, at) => (changes.length === 0 ? { error: new Error('refused') } : { ids: [at] }));
  };
  const commit = async (changes: readonly Change[]) => {
    supervised.push(changes);
    return [77];
  };
  const creations = new Creations({ commitTogether } as unknown as Store, pen, { commit });
  // So often that one time that the machine holds it up does not make it slow.
  const becomeQuick = () => {
    for (let n = 0; n < 32; n++) other.within(() => {});
  };
  return { creations, other, written, supervised, becomeQuick };
}

describe('creations', () => {
  it('are the supervisor’s as long as nobody knows the disk', async () => {
    const { creations, supervised } = room();
    expect(await creations.commit([insertion()])).toEqual([77]);
    expect(supervised).toHaveLength(1);
    expect(creations.areWaiting).toBe(false);
  });

  it('that came before the worker had nothing else to do are written together, each told of its own outcome', async () => {
    const { creations, written, becomeQuick } = room();
    becomeQuick();
    const answers = [[insertion('a')], [], [insertion('b')]].map((changes) => creations.commit(changes));
    expect(creations.turn(false)).toBe(false);
    expect(creations.turn(true)).toBe(true);
    const outcomes = await Promise.allSettled(answers);
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(written).toEqual([3]);
    expect(creations.turn(true)).toBe(false);
  });

  it('are written though the worker never has nothing to do', async () => {
    const { creations, written, becomeQuick } = room();
    becomeQuick();
    const answer = creations.commit([insertion()]);
    let turns = 0;
    for (; creations.areWaiting && turns < 1000; turns++) creations.turn(false);
    expect(await answer).toEqual([0]);
    expect(written).toEqual([1]);
    expect(turns).toBeLessThan(1000);
  });

  it('go to the supervisor where another writes, and for a while those that follow', async () => {
    const { creations, other, written, supervised, becomeQuick } = room();
    becomeQuick();
    const late = creations.commit([insertion('late')]);
    expect(other.take()).toBe(true);
    expect(creations.turn(true)).toBe(false);
    expect(await late).toEqual([77]);
    other.release();
    let next = 0;
    for (; !creations.areWaiting && next < 10_000; next++) void creations.commit([insertion()]);
    expect(supervised.length).toBe(next);
    expect(next).toBeGreaterThan(10);
    expect(next).toBeLessThan(10_000);
    expect(written).toEqual([]);
  });

  it('are only what is new: a change of what others may use is the supervisor’s', async () => {
    const { creations, supervised, becomeQuick } = room();
    becomeQuick();
    const changes = [
      [insertion(), { change: 'delete', id: 1 }],
      [{ change: 'replace', row: { ...object(), id: 1 }, expected: 1 }],
    ] as const;
    for (const change of changes) expect(await creations.commit(change)).toEqual([77]);
    expect(supervised).toEqual(changes);
  });
});
