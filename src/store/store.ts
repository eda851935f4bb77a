// What the token layer asks of a place that keeps things: few calls, each a transaction, and nothing of SQLite's own.
// Rows carry what is sealed as it is; whoever holds the token's keys seals and opens (vault.ts).

/** A key wrapped under a PIN. */
export interface WrappedKey {
  readonly salt: Uint8Array;
  readonly cost: { readonly memory: number; readonly passes: number; readonly parallelism: number };
  readonly wrapped: Uint8Array;
}

export interface TokenRow {
  readonly slot: number;
  /** 16 characters, unique, for ever. */
  readonly serial: string;
  /** 32 bytes, blank padded. */
  readonly label: Uint8Array;
  readonly soPin: WrappedKey;
  readonly userPin: WrappedKey | null;
  /** Wrong tries since the last right one. */
  readonly soTries: number;
  readonly userTries: number;
}

/** An object at rest. `body` is its attributes, sealed where they must be (vault.ts); the rest is what a search needs in the clear. */
export interface ObjectRow {
  readonly id: number;
  readonly slot: number;
  readonly class: number;
  readonly keyType: number | null;
  readonly private: boolean;
  readonly version: number;
  readonly uniqueId: string;
  readonly body: Uint8Array;
  /** Blind index entries: one per searchable attribute (vault.ts, searchKey). */
  readonly searchKeys: readonly Uint8Array[];
}

export type NewObjectRow = Omit<ObjectRow, 'id'>;

/** `expected`: the version this change was made from; if the store holds another or none, the whole transaction is refused. */
export type Change =
  | { readonly change: 'insert'; readonly row: NewObjectRow }
  | { readonly change: 'replace'; readonly row: ObjectRow; readonly expected: number }
  | { readonly change: 'delete'; readonly id: number; readonly expected?: number };

/** Of one object, known by the version that it is made from. */
export type Alteration = Required<Exclude<Change, { change: 'insert' }>>;

/** What became of one request among several: the ids of its inserted rows, or why nothing of it was done. */
export type Outcome = { readonly ids: number[] } | { readonly error: unknown };

export interface Search {
  readonly slot: number;
  /** Private objects only, or public ones only. */
  readonly private: boolean;
  readonly class?: number;
  readonly keyType?: number;
  /** Rows must have every one of these. */
  readonly searchKeys: readonly Uint8Array[];
}

/** Where a search has come to: the last object that it looked at. */
export interface SearchPlace {
  readonly id: number;
  readonly class: number;
  readonly keyType: number | null;
}

export interface FoundPart {
  readonly ids: number[];
  /** undefined: there is nothing more. */
  readonly next?: SearchPlace;
}

export interface Store {
  tokens(): TokenRow[];
  /** Inserts, or replaces the token of that slot. Durable on return. */
  putToken(row: TokenRow): void;
  /** The token and all its objects. Durable on return. */
  deleteToken(slot: number): void;
  /** A token made anew in one step: its objects are gone, the row replaced (C_InitToken). Durable on return. */
  resetToken(row: TokenRow): void;
  /** The token's monotonic counter: what it was last given as. 0: never yet. */
  counter(slot: number): number;
  /** Raises it. Durable on return. */
  count(slot: number): number;
  object(id: number): ObjectRow | undefined;
  /** Ids in ascending order. */
  find(search: Search): number[];
  /** A part of what there is to find, by looking at so many objects at the most: it reads indexes only, however large the store is. */
  findSome(search: Search, after: SearchPlace | undefined, most: number): FoundPart;
  /** The largest id that was ever given. */
  lastId(): number;
  /** All of them or none; durable on return. Gives the ids of the inserted rows in order. @throws VersionConflict */
  commit(changes: readonly Change[]): number[];
  /** Each as by commit(), in this order, made durable together: the disk is waited for once. One that is refused leaves the others alone. */
  commitTogether(requests: readonly (readonly Change[])[]): Outcome[];
  /** Others have written: a reader that sleeps is to keep nothing that is out of date. */
  refresh(): void;
  close(): void;
}

/** A change was made from a version that is no longer the object's. */
export class VersionConflict extends Error {}
