import { describe, expect, it } from 'vitest';
import { SessionObjects } from '../../../src/store/session-objects.ts';
import { openStore } from '../../../src/store/sqlite.ts';
import type { ObjectRow } from '../../../src/store/store.ts';
import { closing, key, object } from './fixture.ts';

const row = (id: number, application = 1, label = 'a label', version = 1): ObjectRow => ({
  ...object({ searchKeys: [key(label)], version }),
  id,
  owner: { application, session: 3 },
});
const labelled = (label: string, application = 1) => ({ slot: 1, private: true, application, searchKeys: [key(label)] });
const known = () => new SessionObjects(closing(openStore(':memory:')));

describe('the session objects that a worker knows of', () => {
  it('are there by their ids, searched for or not', () => {
    const objects = known();
    const [first, second] = [row(7), row(8)];
    objects.change([], [first]);
    expect(objects.object(7)).toEqual(first);
    expect(objects.find(labelled('a label'))).toEqual([7]);
    objects.change([], [second]);
    expect([objects.object(7)?.id, objects.object(8)?.id, objects.object(9)]).toEqual([7, 8, undefined]);
    expect(objects.find(labelled('a label'))).toEqual([7, 8]);
  });

  it('go, whether or not they were searched for before', () => {
    const objects = known();
    objects.change([], [row(1), row(2)]);
    objects.change([1], []);
    expect([objects.object(1), objects.find(labelled('a label'))]).toEqual([undefined, [2]]);
    objects.change([2], [row(3)]);
    expect([objects.object(2), objects.find(labelled('a label'))]).toEqual([undefined, [3]]);
    objects.change([3, 4], []);
    expect([objects.has(1), objects.find(labelled('a label'))]).toEqual([false, []]);
  });

  it('are replaced under the same id: found by what they are, and no more by what they were', () => {
    for (const isSearchedBefore of [false, true]) {
      const objects = known();
      objects.change([], [row(1)]);
      if (isSearchedBefore) objects.find(labelled('a label'));
      objects.change([1], [row(1, 1, 'another', 2)]);
      expect(objects.object(1)?.version).toBe(2);
      expect([objects.find(labelled('a label')), objects.find(labelled('another'))]).toEqual([[], [1]]);
    }
  });

  it('are told apart by application', () => {
    const objects = known();
    objects.change([], [row(1, 1)]);
    expect([objects.has(1), objects.has(2)]).toEqual([true, false]);
    expect([objects.find(labelled('a label', 1)), objects.find(labelled('a label', 2))]).toEqual([[1], []]);
    expect([objects.has(1), objects.has(2)]).toEqual([true, false]);
  });

  it('are all found, however many there are', () => {
    const objects = known();
    const ids = Array.from({ length: 2500 }, (_, at) => at + 1);
    for (const id of ids) objects.change([], [row(id)]);
    objects.change([1, 2500], []);
    expect(objects.find(labelled('a label'))).toEqual(ids.slice(1, -1));
  });
});
