// The session objects of two workers of one engine, each of which knows the other's by its news.
import { describe, expect, it } from 'vitest';
import { FIRST_SEGMENT } from '../../../src/store/news.ts';
import { type News, SessionObjects } from '../../../src/store/session-objects.ts';
import type { NewSessionRow, SessionRow } from '../../../src/store/session-record.ts';
import { key, object } from './fixture.ts';

const IDS = 4;

interface Crew {
  readonly workers: readonly SessionObjects[];
  /** By worker: ids that it heard are gone. */
  readonly left: readonly number[][];
}

/** @param ranges of ids there are, until they come round. */
function crew(count = 2, ranges = 1_000_000): Crew {
  const segments = Array.from({ length: count }, () => new SharedArrayBuffer(FIRST_SEGMENT));
  const left = segments.map((): number[] => []);
  let range = 0;
  const workers: SessionObjects[] = segments.map((_, worker) => {
    const ask = (bytes: number) => {
      const segment = new SharedArrayBuffer(bytes);
      for (const each of workers) each.give(worker, segment);
    };
    const news: News = { worker, segments, ask, look: () => {} };
    return new SessionObjects(news, { take: () => (range++ % ranges) * IDS, count: IDS }, (id) => left[worker]!.push(id));
  });
  return { workers, left };
}

const row = (worker: number, label = 'a label', more: Partial<NewSessionRow> = {}, owner: Partial<NewSessionRow['owner']> = {}) => ({
  ...object({ searchKeys: [key(label)] }),
  owner: { worker, application: 1, session: 3, epoch: 0, generation: 0, ...owner },
  ...more,
});
const labelled = (label: string, more: object = {}) => ({
  slot: 1,
  private: true,
  application: 1,
  epoch: 0,
  generation: 0,
  searchKeys: [key(label)],
  ...more,
});
const put = (objects: SessionObjects, ...rows: NewSessionRow[]): number[] => objects.put(rows).map(({ id }) => id);
const search = (objects: SessionObjects, what: ReturnType<typeof labelled>, most = 100): number[] => [...objects.search(what, most)].flat();
const anyOf = (more: object = {}) => ({ ...labelled(''), searchKeys: [], ...more });
/** Buffers and other arrays of bytes count alike. */
const plain = ({ body, searchKeys, ...rest }: SessionRow) => ({
  ...rest,
  body: Uint8Array.from(body),
  searchKeys: searchKeys.map((each) => Uint8Array.from(each)),
});

describe('a session object', () => {
  it('is known to every worker as it was made, by its id and by a search', () => {
    const { workers } = crew(3);
    const made = row(1, 'mine', { class: 0x8000_0001, keyType: null, private: false, version: 7, body: Buffer.from('a body') });
    const [id] = put(workers[1]!, made);
    for (const objects of workers) {
      expect(plain(objects.object(id!)!)).toEqual(plain({ ...made, id: id! }));
      expect(search(objects, labelled('mine', { private: false }))).toEqual([id]);
      expect([objects.isOwn(id!), objects.object(id! + 1)]).toEqual([objects === workers[1], undefined]);
    }
  });

  it('is gone for every worker once it was removed, known before or not', () => {
    for (const isKnown of [true, false]) {
      const { workers, left } = crew();
      const ids = put(workers[0]!, row(0), row(0));
      if (isKnown) workers[1]!.read();
      workers[0]!.remove(ids[0]!);
      for (const objects of workers) expect([objects.object(ids[0]!), search(objects, labelled('a label'))]).toEqual([undefined, [ids[1]]]);
      expect(left).toEqual([[], [ids[0]]]);
      workers[0]!.remove(ids[1]!);
      for (const objects of workers) expect([search(objects, labelled('a label')), objects.ofApplication(1)]).toEqual([[], []]);
    }
  });

  it('is found by what it is, and no more by what it was', () => {
    for (const isSearchedBefore of [true, false]) {
      const { workers } = crew();
      const [id, after] = put(workers[0]!, row(0), row(0)) as [number, number];
      if (isSearchedBefore) for (const objects of workers) search(objects, labelled('a label'));
      for (const label of ['another', 'a label', 'another']) {
        workers[0]!.replace(id, row(0, label, { version: 2 }));
        for (const objects of workers) {
          expect(objects.object(id)?.version).toBe(2);
          expect(search(objects, labelled('a label'))).toEqual(label === 'a label' ? [id, after] : [after]);
          expect(search(objects, labelled('another'))).toEqual(label === 'another' ? [id] : []);
          expect(search(objects, anyOf())).toEqual([id, after]);
        }
      }
    }
  });

  it('is its application’s, its slot’s, and no longer than its login and its epoch', () => {
    const { workers } = crew();
    const [id] = put(workers[0]!, row(0, 'x', {}, { epoch: 2, generation: 5 }));
    const mine = { epoch: 2, generation: 5 };
    const others = [{ application: 2 }, { slot: 2 }, { private: false }, { epoch: 3 }, { generation: 6 }, { class: 4 }, { keyType: 1 }];
    for (const objects of workers) {
      expect(search(objects, labelled('x', mine))).toEqual([id]);
      expect(search(objects, anyOf({ ...mine, class: 3, keyType: 0 }))).toEqual([id]);
      for (const other of others) expect(search(objects, labelled('x', { ...mine, ...other }))).toEqual([]);
    }
    const [open] = put(workers[0]!, row(0, 'y', { private: false }, { generation: 5 }));
    expect(search(workers[1]!, labelled('y', { private: false, generation: 6 }))).toEqual([open]);
  });

  it('has all the keys that are asked for', () => {
    const { workers } = crew();
    const [both] = put(workers[0]!, row(0, '', { searchKeys: [key('a'), key('b')] }), row(0, 'a'), row(0, 'b'), row(0, 'b'));
    for (const objects of workers) {
      expect(search(objects, { ...labelled(''), searchKeys: [key('b'), key('a')] })).toEqual([both]);
      expect(search(objects, { ...labelled(''), searchKeys: [key('b'), key('c')] })).toEqual([]);
    }
  });

  it('is listed with its session and with its application, by the worker whose own it is', () => {
    const { workers } = crew();
    const [first, second] = put(workers[0]!, row(0), row(0, 'x', {}, { session: 4 }));
    const [elsewhere] = put(workers[1]!, row(1, 'y', {}, { session: 5 }));
    expect([workers[0]!.ofSession(3), workers[0]!.ofSession(4), workers[0]!.ofSession(5)]).toEqual([[first], [second], []]);
    workers[0]!.read();
    expect(workers[0]!.ofApplication(1).map(({ id }) => id)).toEqual([first, second]);
    expect(workers[1]!.ofApplication(1).map(({ id }) => id)).toEqual([elsewhere]);
  });
});

describe('a search', () => {
  it('of many finds each once, in parts or not, by a key or without, whichever worker made them', () => {
    const { workers } = crew();
    const ids = Array.from({ length: 3000 }, (_, n) => put(workers[n % 2]!, row(n % 2))[0]!);
    for (const id of ids.filter((_, n) => n % 3 === 0)) workers.find((objects) => objects.isOwn(id))!.remove(id);
    const there = ids.filter((_, n) => n % 3 !== 0).sort((a, b) => a - b);
    for (const objects of workers) {
      for (const most of [7, 128, 10_000]) {
        expect(search(objects, labelled('a label'), most).sort((a, b) => a - b)).toEqual(there);
        expect(search(objects, anyOf(), most).sort((a, b) => a - b)).toEqual(there);
      }
    }
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('goes on while objects come, change and go: what is there from beginning to end is found, and nothing that came later', () => {
    for (const what of [labelled('a label'), anyOf()]) {
      const { workers } = crew();
      const [mine, other] = workers as [SessionObjects, SessionObjects];
      const ids = Array.from({ length: 100 }, () => put(mine, row(0))[0]!);
      for (const objects of workers) {
        const parts = objects.search(what, 10);
        const found = new Set(parts.next().value);
        const came = [...put(mine, row(0)), ...put(other, row(1))];
        const [gone, changed] = [ids.pop()!, ids[50]!];
        mine.remove(gone);
        mine.replace(changed, row(0, 'a label', { version: 2 }));
        for (const part of parts) for (const id of part) found.add(id);
        expect(ids.filter((id) => !found.has(id))).toEqual([]);
        expect([...came, gone].filter((id) => found.has(id))).toEqual([]);
        for (const id of came) workers.find((each) => each.isOwn(id))!.remove(id);
      }
    }
  });
});

it('ids come round, and those of objects that are still there are passed over', () => {
  const { workers } = crew(2, 4);
  const kept = [put(workers[0]!, row(0)), put(workers[1]!, row(1))].flat();
  expect(kept).not.toContain(0);
  for (let n = 0; n < 100; n++) {
    const objects = workers[n % 2]!;
    const [id] = put(objects, row(n % 2));
    expect(kept).not.toContain(id);
    objects.remove(id!);
  }
  for (const objects of workers) expect(search(objects, anyOf()).sort()).toEqual(kept.sort());
});
