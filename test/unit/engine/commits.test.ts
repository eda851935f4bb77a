import { describe, expect, it } from 'vitest';
import { Commits } from '../../../src/engine/commits.ts';
import type { Change, Outcome } from '../../../src/store/store.ts';

const deletion = (id: number): readonly Change[] => [{ change: 'delete', id }];

describe('commits', () => {
  it('that come in one turn are written together, each told of its own outcome', async () => {
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
});
