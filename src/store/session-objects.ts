// The session objects of all applications, as one worker knows them. Those of its own sessions it makes, changes and removes by itself, and
// writes what it did to its news; those of other workers' sessions it knows from theirs, which it reads when it is asked for something that
// it does not know. So an object is there for every worker from the moment that its maker has written of it, and nobody waits.

import type { Held, Line } from './line.ts';
import { NewsReader, NewsWriter, type Room, recordsOf } from './news.ts';
import { idIn, isRemoval, type NewSessionRow, recordOf, removal, rowOf, type SessionRow } from './session-record.ts';
import { Shelf } from './shelf.ts';
import type { Search } from './store.ts';

export interface SessionSearch extends Search {
  readonly application: number;
  readonly epoch: number;
  readonly generation: number;
}

export interface News extends Room {
  /** This one's number. */
  readonly worker: number;
  /** The first segment of each. */
  readonly segments: readonly SharedArrayBuffer[];
}

export interface Ids {
  /** So many ids that no other worker is given, the first of them. */
  readonly take: () => number;
  readonly count: number;
}

export class SessionObjects {
  readonly #worker: number;
  readonly #ids: Ids;
  /** Told of what others have removed. */
  readonly #left: (id: number) => void;
  readonly #writer: NewsWriter;
  readonly #readers = new Map<number, NewsReader>();
  readonly #held = new Map<number, Held>();
  readonly #shelves = new Map<number, Shelf>();
  /** Ids of this worker's own, by session. */
  readonly #bySession = new Map<number, Set<number>>();
  #arrivals = 0;
  #nextId = 0;
  #idsEnd = 0;

  constructor(news: News, ids: Ids, left: (id: number) => void) {
    this.#worker = news.worker;
    this.#ids = ids;
    this.#left = left;
    this.#writer = new NewsWriter(news.segments[news.worker]!, news);
    news.segments.forEach((first, worker) => {
      if (worker !== news.worker) this.#readers.set(worker, new NewsReader(first, news.look));
    });
  }

  /** Room for a worker's news. */
  give(worker: number, segment: SharedArrayBuffer): void {
    (worker === this.#worker ? this.#writer : this.#readers.get(worker)!).give(segment);
  }

  object(id: number): SessionRow | undefined {
    if (!this.isOwn(id)) this.read();
    return this.#held.get(id)?.row;
  }

  /** Whether it is one of this worker's own. */
  isOwn(id: number): boolean {
    return this.#held.get(id)?.row.owner.worker === this.#worker;
  }

  /** New ones of this worker's own, all at once. @returns them with their ids. */
  put(rows: readonly NewSessionRow[]): readonly SessionRow[] {
    const made = rows.map((row) => ({ ...row, id: this.#newId() }));
    this.#writer.append(made.map(recordOf));
    for (const row of made) {
      this.#enter(row);
      const { session } = row.owner;
      const ids = this.#bySession.get(session);
      if (ids === undefined) this.#bySession.set(session, new Set([row.id]));
      else ids.add(row.id);
    }
    return made;
  }

  /** One of this worker's own: who made it stays who made it, whoever changes it. */
  replace(id: number, row: Omit<NewSessionRow, 'owner'>): void {
    const changed = { ...row, id, owner: this.#held.get(id)!.row.owner };
    this.#writer.append([recordOf(changed)]);
    this.#enter(changed);
  }

  /** One of this worker's own. */
  remove(id: number): void {
    const { session } = this.#held.get(id)!.row.owner;
    const ids = this.#bySession.get(session)!;
    ids.delete(id);
    if (ids.size === 0) this.#bySession.delete(session);
    this.#writer.append([removal(id)]);
    this.#drop(id);
  }

  /** Ids of what a session of this worker has made. */
  ofSession(session: number): readonly number[] {
    return [...(this.#bySession.get(session) ?? [])];
  }

  /** This worker's own of an application. */
  ofApplication(application: number): readonly SessionRow[] {
    const rows = this.#shelves.get(application)?.rows() ?? [];
    return rows.filter(({ owner }) => owner.worker === this.#worker);
  }

  /** Everything that there was at the beginning and is when its turn comes, in parts: each looks at so many objects at the most. */
  *search(search: SessionSearch, most: number): Generator<number[], undefined> {
    this.read();
    const last = this.#arrivals;
    let place = 0;
    for (;;) {
      const line: Line | undefined = this.#shelves.get(search.application)?.line(search.searchKeys);
      const part = line?.after(place, most) ?? [];
      yield part.filter((held) => !held.isGone && held.arrival <= last && fits(held.row, search)).map(({ row }) => row.id);
      place = part.at(-1)?.arrival ?? last;
      if (part.length < most || place >= last) return undefined;
      this.read();
    }
  }

  /** What the other workers have told since. */
  read(): void {
    for (const [worker, reader] of this.#readers) for (const news of reader.read()) this.#hear(worker, news);
  }

  #hear(worker: number, news: Uint8Array): void {
    // Most of what is long ago was removed again: it never enters.
    const fresh = new Map<number, Uint8Array>();
    for (const record of recordsOf(news)) {
      const id = idIn(record);
      if (!isRemoval(record)) fresh.set(id, record);
      else {
        fresh.delete(id);
        if (this.#held.has(id)) this.#drop(id);
        this.#left(id);
      }
    }
    for (const record of fresh.values()) this.#enter(rowOf(record.slice(), worker));
  }

  #enter(row: SessionRow): void {
    const before = this.#held.get(row.id);
    const held: Held = { row, arrival: before?.arrival ?? ++this.#arrivals, isGone: false };
    this.#held.set(row.id, held);
    const { application } = row.owner;
    let shelf = this.#shelves.get(application);
    if (shelf === undefined) {
      shelf = new Shelf();
      this.#shelves.set(application, shelf);
    }
    shelf.put(held, before);
  }

  #drop(id: number): void {
    const held = this.#held.get(id)!;
    this.#held.delete(id);
    const { application } = held.row.owner;
    const shelf = this.#shelves.get(application)!;
    shelf.remove(held);
    if (shelf.isEmpty) this.#shelves.delete(application);
  }

  #newId(): number {
    for (;;) {
      if (this.#nextId === this.#idsEnd) {
        this.#nextId = this.#ids.take();
        this.#idsEnd = this.#nextId + this.#ids.count;
        // They come round: what is still there of the last time was made long ago.
        this.read();
      }
      const id = this.#nextId++;
      if (id !== 0 && !this.#held.has(id)) return id;
    }
  }
}

function fits(row: SessionRow, { slot, application, epoch, generation, searchKeys, ...kind }: SessionSearch): boolean {
  const { owner } = row;
  return (
    row.slot === slot &&
    row.private === kind.private &&
    owner.application === application &&
    owner.epoch === epoch &&
    (!row.private || owner.generation === generation) &&
    (kind.class === undefined || row.class === kind.class) &&
    (kind.keyType === undefined || row.keyType === kind.keyType) &&
    searchKeys.every((key) => row.searchKeys.some((own) => Buffer.compare(own, key) === 0))
  );
}
