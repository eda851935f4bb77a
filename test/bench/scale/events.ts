// What happens next: a heap of events by their time.

interface Event {
  readonly at: number;
  readonly happen: () => void;
}

export class Events {
  readonly #heap: Event[] = [];
  now = 0;

  after(time: number, happen: () => void): void {
    const heap = this.#heap;
    const event = { at: this.now + time, happen };
    let at = heap.push(event) - 1;
    for (let above = (at - 1) >> 1; at > 0 && heap[above]!.at > event.at; above = (at - 1) >> 1) {
      heap[at] = heap[above]!;
      at = above;
    }
    heap[at] = event;
  }

  /** Lets the next event happen. @returns whether there was one. */
  next(): boolean {
    const heap = this.#heap;
    const first = heap[0];
    const last = heap.pop();
    if (first === undefined || last === undefined) return false;
    if (heap.length > 0) this.#sink(last);
    this.now = first.at;
    first.happen();
    return true;
  }

  #sink(event: Event): void {
    const heap = this.#heap;
    let at = 0;
    for (;;) {
      const left = 2 * at + 1;
      if (left >= heap.length) break;
      const below = left + 1 < heap.length && heap[left + 1]!.at < heap[left]!.at ? left + 1 : left;
      if (heap[below]!.at >= event.at) break;
      heap[at] = heap[below]!;
      at = below;
    }
    heap[at] = event;
  }
}

/** Numbers between 0 and 1, the same ones for the same seed (mulberry32). */
export function numbersFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
