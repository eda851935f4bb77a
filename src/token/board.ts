// What every thread of the engine must know at once, in shared memory: who has how many sessions, who is logged in, what has changed.
// No lock guards it: what must change together lies in one 64-bit word and is exchanged whole.

import { ensure } from '../model/error.ts';

/** Slots of one store, at the most. */
export const SLOTS = 1024;

/** Sessions of one application with one token, at the most: what it could make the engine hold otherwise has no bound. */
export const SESSIONS = 65_536;

/** Session objects of one application, at the most: every worker has a copy of each. */
const SESSION_OBJECTS = 100_000;

export const LOGIN = { PUBLIC: 0, USER: 1, SO: 2 } as const;
export type Login = (typeof LOGIN)[keyof typeof LOGIN];

/** The engine's own words: one board for all. */
export class TokenBoard {
  readonly buffer: SharedArrayBuffer;
  readonly #words: Int32Array;

  constructor(buffer = new SharedArrayBuffer(4 * (3 + SLOTS))) {
    this.buffer = buffer;
    this.#words = new Int32Array(buffer);
  }

  /** Raised after mail was posted to the workers: who sees another value than last time reads its mail before it goes on. */
  get mail(): number {
    return Atomics.load(this.#words, 0);
  }
  mailPosted(): void {
    Atomics.add(this.#words, 0, 1);
  }

  /** Raised when a token's row has changed. */
  get tokens(): number {
    return Atomics.load(this.#words, 1);
  }
  tokensChanged(): void {
    Atomics.add(this.#words, 1, 1);
  }

  /** Counts how often the slot's token was made or deleted: a session of an earlier token is as dead as if it had been pulled out. */
  incarnation(slot: number): number {
    return Atomics.load(this.#words, 3 + slot);
  }
  reincarnate(slot: number): void {
    Atomics.add(this.#words, 3 + slot, 1);
  }

  /** The number of a range of session objects' ids, for one worker alone: they come round. */
  takeIds(): number {
    return Atomics.add(this.#words, 2, 1) >>> 0;
  }
  /** Where the ranges begin. */
  startIds(range: number): void {
    Atomics.store(this.#words, 2, range);
  }
}

// One slot's word, from bit 0: sessions (22), read-write sessions (22), login (2), epoch (18).
const ONE_SESSION = 1n;
const ONE_RW_SESSION = 1n << 22n;
const COUNT = (1n << 22n) - 1n;
const LOGIN_SHIFT = 44n;
const EPOCH_SHIFT = 46n;
const EPOCHS = 1n << 18n;

export interface SlotState {
  readonly sessions: number;
  readonly rwSessions: number;
  readonly login: Login;
  readonly epoch: number;
}

/** One application's words. The epoch rises with C_CloseAllSessions: sessions of an earlier one are closed, wherever they live. */
export class ApplicationBoard {
  readonly buffer: SharedArrayBuffer;
  readonly #words: BigInt64Array;
  readonly #halves: Int32Array;
  readonly #generations: Int32Array;
  readonly #seen: Int32Array;
  readonly #objects: Int32Array;

  constructor(buffer = new SharedArrayBuffer(SLOTS * 16 + 4)) {
    this.buffer = buffer;
    this.#words = new BigInt64Array(buffer, 0, SLOTS);
    this.#halves = new Int32Array(buffer, 0, SLOTS * 2);
    this.#generations = new Int32Array(buffer, SLOTS * 8, SLOTS);
    this.#seen = new Int32Array(buffer, SLOTS * 12, SLOTS);
    this.#objects = new Int32Array(buffer, SLOTS * 16, 1);
  }

  // The two that every call asks for are read from the word's upper half, without a BigInt.
  login(slot: number): Login {
    return ((Atomics.load(this.#halves, slot * 2 + 1) >>> 12) & 3) as Login;
  }
  epoch(slot: number): number {
    return Atomics.load(this.#halves, slot * 2 + 1) >>> 14;
  }

  /** Counts the logins that have ended: handles of private objects found under an earlier one are dead for good. */
  generation(slot: number): number {
    return Atomics.load(this.#generations, slot);
  }

  /** How many session objects the application has, or is about to have. */
  get sessionObjects(): number {
    return Atomics.load(this.#objects, 0);
  }
  /** @throws CKR_DEVICE_MEMORY where it has as many as it may have. */
  holdObjects(count: number): void {
    const held = Atomics.add(this.#objects, 0, count) + count;
    if (held > SESSION_OBJECTS) this.releaseObjects(count);
    ensure(held <= SESSION_OBJECTS, 'DEVICE_MEMORY', 'the application has as many session objects as it may have');
  }
  releaseObjects(count: number): void {
    Atomics.sub(this.#objects, 0, count);
  }

  /** A slot whose token was made or deleted since this was last told of it (C_WaitForSlotEvent): told once, whichever worker asks. */
  takeEvent(tokens: TokenBoard): number | undefined {
    for (let slot = 0; slot < SLOTS; slot++) {
      const now = tokens.incarnation(slot);
      if (Atomics.exchange(this.#seen, slot, now) !== now) return slot;
    }
    return undefined;
  }

  /** "When an application initially calls C_Initialize, every slot's event flag is cleared." */
  clearEvents(tokens: TokenBoard): void {
    for (let slot = 0; slot < SLOTS; slot++) Atomics.store(this.#seen, slot, tokens.incarnation(slot));
  }

  state(slot: number): SlotState {
    return unpack(Atomics.load(this.#words, slot));
  }

  /** @returns the epoch that the new session belongs to. */
  open(slot: number, readWrite: boolean): number {
    const { next } = this.#exchange(slot, (word) => {
      const { login, sessions } = unpack(word);
      ensure(
        login !== LOGIN.SO || readWrite,
        'SESSION_READ_WRITE_SO_EXISTS',
        'a read-only session cannot be opened while the SO is logged in',
      );
      ensure(sessions < SESSIONS, 'SESSION_COUNT', 'the application has as many sessions with the token as it may have');
      return word + ONE_SESSION + (readWrite ? ONE_RW_SESSION : 0n);
    });
    return unpack(next).epoch;
  }

  /** @returns true where it was the last: that logs out (§5.6.2), and what hung on the login must go. */
  close(slot: number, readWrite: boolean, epoch: number): boolean {
    const { before, next } = this.#exchange(slot, (word) => {
      if (unpack(word).epoch !== epoch) return word;
      const left = word - ONE_SESSION - (readWrite ? ONE_RW_SESSION : 0n);
      return (left & COUNT) === 0n ? withLogin(left, LOGIN.PUBLIC) : left;
    });
    return this.#ended(slot, unpack(before).login, unpack(next).login);
  }

  /** @returns true where that ended a login. */
  closeAll(slot: number): boolean {
    const { before } = this.#exchange(slot, (word) => BigInt.asIntN(64, ((BigInt(unpack(word).epoch) + 1n) % EPOCHS) << EPOCH_SHIFT));
    return this.#ended(slot, unpack(before).login, LOGIN.PUBLIC);
  }

  /** Refused where there is no session any more: it was closed while the PIN was checked. */
  logIn(slot: number, login: Login): boolean {
    const { next } = this.#exchange(slot, (word) => ((word & COUNT) === 0n ? word : withLogin(word, login)));
    return unpack(next).login === login;
  }

  /** @returns false where nobody was logged in. */
  logOut(slot: number): boolean {
    const { before } = this.#exchange(slot, (word) => withLogin(word, LOGIN.PUBLIC));
    return this.#ended(slot, unpack(before).login, LOGIN.PUBLIC);
  }

  #ended(slot: number, before: Login, after: Login): boolean {
    const ended = before !== LOGIN.PUBLIC && after === LOGIN.PUBLIC;
    if (ended) Atomics.add(this.#generations, slot, 1);
    return ended;
  }

  #exchange(slot: number, change: (word: bigint) => bigint): { before: bigint; next: bigint } {
    for (;;) {
      const before = Atomics.load(this.#words, slot);
      const next = BigInt.asIntN(64, change(before));
      if (Atomics.compareExchange(this.#words, slot, before, next) === before) return { before, next };
    }
  }
}

function unpack(word: bigint): SlotState {
  const bits = BigInt.asUintN(64, word);
  return {
    sessions: Number(bits & COUNT),
    rwSessions: Number((bits >> 22n) & COUNT),
    login: Number((bits >> LOGIN_SHIFT) & 3n) as Login,
    epoch: Number(bits >> EPOCH_SHIFT),
  };
}

const withLogin = (word: bigint, login: Login): bigint => (word & ~(3n << LOGIN_SHIFT)) | (BigInt(login) << LOGIN_SHIFT);
