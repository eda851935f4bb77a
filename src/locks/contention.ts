// How often each object was contended: somebody wanted it whom somebody else kept waiting.

/** Objects that are remembered: those that were contended last. */
const REMEMBERED = 1000;

export interface Contended {
  /** A token object's id, a session object's negated. */
  readonly object: number;
  readonly times: number;
}

export class Contention {
  readonly #times = new Map<number, number>();

  count(object: number): void {
    const times = this.#times.get(object) ?? 0;
    this.#times.delete(object);
    this.#times.set(object, times + 1);
    if (this.#times.size > REMEMBERED) this.#times.delete(this.#times.keys().next().value!);
  }

  /** The most contended first. */
  most(count: number): Contended[] {
    const all = [...this.#times].map(([object, times]) => ({ object, times }));
    return all.sort((a, b) => b.times - a.times).slice(0, count);
  }
}
