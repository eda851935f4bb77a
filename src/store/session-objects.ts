// The session objects that a worker knows of. Most are made, used by their handle and destroyed, and never searched for: their rows enter
// the database, whose indexes are what they cost, when somebody searches.

import type { FoundPart, ObjectRow, Search, SearchPlace, SessionStore } from './store.ts';

/** Rows that wait for a search, at the most: the database holds them in less memory. */
const WAITING = 1000;

export class SessionObjects {
  readonly #store: SessionStore;
  readonly #waiting = new Map<number, ObjectRow>();

  constructor(store: SessionStore) {
    this.#store = store;
  }

  /** What has changed: first these go, then those come, under the ids that they bring. */
  change(removed: readonly number[], put: readonly ObjectRow[]): void {
    const stored = removed.filter((id) => !this.#waiting.delete(id));
    if (stored.length > 0) this.#store.commit(stored.map((id) => ({ change: 'delete', id })));
    for (const row of put) this.#waiting.set(row.id, row);
    if (this.#waiting.size > WAITING) this.#settle();
  }

  object(id: number): ObjectRow | undefined {
    return this.#waiting.get(id) ?? this.#store.object(id);
  }

  /** Whether an application has any. */
  has(application: number): boolean {
    for (const { owner } of this.#waiting.values()) if (owner?.application === application) return true;
    return this.#store.has(application);
  }

  find(search: Search): number[] {
    this.#settle();
    return this.#store.find(search);
  }

  findSome(search: Search, after: SearchPlace | undefined, most: number): FoundPart {
    this.#settle();
    return this.#store.findSome(search, after, most);
  }

  lastId(): number {
    this.#settle();
    return this.#store.lastId();
  }

  #settle(): void {
    for (const row of this.#waiting.values()) this.#store.insertAs(row);
    this.#waiting.clear();
  }
}
