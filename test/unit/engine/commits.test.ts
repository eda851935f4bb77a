import { describe, expect, it } from 'vitest';
import { Commits } from '../../../src/engine/commits.ts';
import type { Outcome } from '../../../src/store/store.ts';
import { VersionConflict } from '../../../src/store/store.ts';

const deletion = (id: number, turn?: number) => ({ changes: [{ change: 'delete', id }], turn }) as const;

describe('commits', () => {
  it('that come in one turn of the loop are written together, each told of its own outcome', async () => {
    const written: number[] = [];
    const commits = new Commits({
      admits: () => true,
      write(requests): Outcome[] {
        written.push(requests.length);
        return requests.map((_, at) => (at === 1 ? { error: new Error('refused') } : { ids: [at] }));
      },
    });
    const outcomes = await Promise.allSettled([commits.add(deletion(1)), commits.add(deletion(2)), commits.add(deletion(3))]);
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(written).toEqual([3]);
    expect(await commits.add(deletion(4))).toEqual([0]);
    expect(written).toEqual([3, 1]);
  });

  it('are refused where it is another’s turn by the time they would be written, and nothing is written for nobody', async () => {
    let turn: number | undefined;
    const written: number[] = [];
    const commits = new Commits({
      admits: (request) => turn === undefined || request.turn === turn,
      write(requests) {
        written.push(requests.length);
        return requests.map(() => ({ ids: [] }));
      },
    });
    const late = commits.add(deletion(1));
    turn = 7;
    await expect(late).rejects.toThrow(VersionConflict);
    expect(written).toEqual([]);
    expect(await commits.add(deletion(1, 7))).toEqual([]);
    expect(written).toEqual([1]);
  });
});
