// The tokens of the store as one worker sees them: their rows, read anew when the board says that one has changed.

import { ensure } from '../model/error.ts';
import type { Store, TokenRow } from '../store/store.ts';
import { SLOTS, type TokenBoard } from './board.ts';

export class Tokens {
  readonly #store: Store;
  readonly #board: TokenBoard;
  #seen: number | undefined;
  #rows = new Map<number, TokenRow>();

  constructor(store: Store, board: TokenBoard) {
    this.#store = store;
    this.#board = board;
  }

  get #current(): Map<number, TokenRow> {
    const changed = this.#board.tokens;
    if (changed !== this.#seen) {
      this.#rows = new Map(this.#store.tokens().map((row) => [row.slot, row]));
      this.#seen = changed;
    }
    return this.#rows;
  }

  /** The slots there are: one per token, and one more that waits for a token to be initialised. */
  get slots(): number[] {
    const rows = this.#current;
    const slots = [...rows.keys()];
    const free = freeSlot(rows);
    if (free !== undefined) slots.push(free);
    return slots.sort((a, b) => a - b);
  }

  /** undefined: the slot's token is not initialised. @throws CKR_SLOT_ID_INVALID */
  get(slot: number): TokenRow | undefined {
    const rows = this.#current;
    const row = rows.get(slot);
    ensure(row !== undefined || slot === freeSlot(rows), 'SLOT_ID_INVALID', 'no such slot');
    return row;
  }

  /** @throws CKR_TOKEN_NOT_RECOGNIZED where the token is not initialised. */
  initialized(slot: number): TokenRow {
    const row = this.get(slot);
    ensure(row !== undefined, 'TOKEN_NOT_RECOGNIZED', 'the token is not initialised');
    return row;
  }

  serial(slot: number): string {
    return this.#current.get(slot)?.serial ?? '';
  }
}

/** The lowest slot without a token; none when the store is full. */
export function freeSlot(rows: ReadonlyMap<number, unknown>): number | undefined {
  for (let slot = 0; slot < SLOTS; slot++) if (!rows.has(slot)) return slot;
  return undefined;
}
