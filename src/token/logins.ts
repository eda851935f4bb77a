// PINs and what they open: the supervisor's part of C_Login, C_InitToken, C_InitPIN and C_SetPIN.
// A try is counted on the disk before the PIN is looked at, so that a kill between the two gives nobody a free guess.

import { randomBytes } from 'node:crypto';
import { ensure } from '../model/error.ts';
import type { Store, TokenRow, WrappedKey } from '../store/store.ts';
import { defaultCost, newMasterKey, pepperOf, unwrapKey, wrapKey } from '../store/vault.ts';
import { type ApplicationBoard, LOGIN, type Login, type TokenBoard } from './board.ts';
import { TRIES } from './pin.ts';
import { freeSlot } from './tokens.ts';

type User = Exclude<Login, 0>;

/** Told to every worker, before the login that caused it counts. */
export interface Announce {
  keys(slot: number, serial: string, masterKey: Uint8Array): void;
  noKeys(slot: number): void;
  /** The slot's objects are gone with its token: nothing that a worker has cached of them holds. */
  tokenGone(): void;
  /** After the board says so: a token was made or deleted. */
  slotEvent(): void;
}

const FIELDS = {
  [LOGIN.USER]: { pin: 'userPin', tries: 'userTries' },
  [LOGIN.SO]: { pin: 'soPin', tries: 'soTries' },
} as const;

export class Logins {
  readonly #store: Store;
  readonly #board: TokenBoard;
  readonly #applications: ReadonlyMap<number, ApplicationBoard>;
  readonly #announce: Announce;
  readonly #pepper: Uint8Array;
  readonly #masters = new Map<number, Uint8Array>();
  readonly #last = new Map<number, Promise<unknown>>();

  /** @param storeKey is mixed into what a PIN opens: a copy of the database alone does not let PINs be tried. */
  constructor(
    store: Store,
    board: TokenBoard,
    applications: ReadonlyMap<number, ApplicationBoard>,
    announce: Announce,
    storeKey: Uint8Array,
  ) {
    this.#store = store;
    this.#board = board;
    this.#applications = applications;
    this.#announce = announce;
    this.#pepper = pepperOf(storeKey);
  }

  login(application: number, slot: number, user: User, pin: Uint8Array): Promise<void> {
    return this.#inTurn(slot, async () => {
      const board = this.#applications.get(application);
      ensure(board !== undefined, 'SESSION_HANDLE_INVALID', 'the application has gone');
      const { login, sessions, rwSessions } = board.state(slot);
      ensure(login === LOGIN.PUBLIC, login === user ? 'USER_ALREADY_LOGGED_IN' : 'USER_ANOTHER_ALREADY_LOGGED_IN', 'somebody is logged in');
      ensure(user === LOGIN.USER || sessions === rwSessions, 'SESSION_READ_ONLY_EXISTS', 'the SO cannot log in beside read-only sessions');
      const token = this.#token(slot);
      const master = await this.#unwrap(token, user, pin);
      this.#masters.set(slot, master);
      if (user === LOGIN.USER) this.#announce.keys(slot, token.serial, master);
      const isLoggedIn = board.logIn(slot, user);
      if (!isLoggedIn) this.loggedOut(slot);
      ensure(isLoggedIn, 'SESSION_HANDLE_INVALID', 'the last session was closed meanwhile');
    });
  }

  authenticate(slot: number, pin: Uint8Array): Promise<void> {
    return this.#inTurn(slot, async () => {
      (await this.#unwrap(this.#token(slot), LOGIN.USER, pin)).fill(0);
    });
  }

  /** Forgets the token's key where no application is logged in to it any more. */
  loggedOut(slot: number): void {
    for (const board of this.#applications.values()) if (board.login(slot) !== LOGIN.PUBLIC) return;
    this.#masters.get(slot)?.fill(0);
    if (this.#masters.delete(slot)) this.#announce.noKeys(slot);
  }

  initToken(slot: number, pin: Uint8Array, label: Uint8Array): Promise<void> {
    return this.#inTurn(slot, async () => {
      const old = this.#row(slot);
      ensure(old !== undefined || slot === this.#freeSlot(), 'SLOT_ID_INVALID', 'no such slot');
      this.#ensureNoSession(slot);
      // A copy: what checks a PIN wipes it.
      if (old) (await this.#unwrap(old, LOGIN.SO, pin.slice())).fill(0);
      const master = newMasterKey();
      const soPin = await wrapKey(pin, master, defaultCost, this.#pepper);
      master.fill(0);
      pin.fill(0);
      this.#ensureNoSession(slot);
      const serial = old?.serial ?? randomBytes(8).toString('hex');
      this.#store.resetToken({ slot, serial, label, soPin, userPin: null, soTries: 0, userTries: 0 });
      this.#reincarnate(slot);
    });
  }

  deleteToken(slot: number): Promise<void> {
    return this.#inTurn(slot, async () => {
      this.#token(slot);
      this.#ensureNoSession(slot);
      this.#store.deleteToken(slot);
      this.#reincarnate(slot);
    });
  }

  initPin(slot: number, pin: Uint8Array): Promise<void> {
    return this.#inTurn(slot, async () => {
      const master = this.#masters.get(slot);
      ensure(master !== undefined, 'USER_NOT_LOGGED_IN', 'the SO is not logged in');
      await this.#rewrap(slot, LOGIN.USER, pin, master);
    });
  }

  setPin(slot: number, user: User, oldPin: Uint8Array, newPin: Uint8Array): Promise<void> {
    return this.#inTurn(slot, async () => {
      const master = await this.#unwrap(this.#token(slot), user, oldPin);
      await this.#rewrap(slot, user, newPin, master);
      master.fill(0);
    });
  }

  /** @throws CKR_PIN_LOCKED, CKR_PIN_INCORRECT, CKR_USER_PIN_NOT_INITIALIZED */
  async #unwrap(token: TokenRow, user: User, pin: Uint8Array): Promise<Uint8Array> {
    const { pin: pinField, tries } = FIELDS[user];
    const wrapped: WrappedKey | null = token[pinField];
    ensure(wrapped !== null, 'USER_PIN_NOT_INITIALIZED', 'the user PIN was never set');
    ensure(token[tries] < TRIES, 'PIN_LOCKED', 'too many wrong tries');
    this.#put({ ...token, [tries]: token[tries] + 1 });
    const master = await unwrapKey(pin, wrapped, this.#pepper);
    pin.fill(0);
    ensure(master !== null, 'PIN_INCORRECT', 'wrong PIN');
    this.#put({ ...token, [tries]: 0 });
    return master;
  }

  async #rewrap(slot: number, user: User, pin: Uint8Array, master: Uint8Array): Promise<void> {
    const { pin: pinField, tries } = FIELDS[user];
    const wrapped = await wrapKey(pin, master, defaultCost, this.#pepper);
    pin.fill(0);
    this.#put({ ...this.#token(slot), [pinField]: wrapped, [tries]: 0 });
  }

  #row(slot: number): TokenRow | undefined {
    return this.#store.tokens().find((row) => row.slot === slot);
  }

  #token(slot: number): TokenRow {
    const row = this.#row(slot);
    ensure(row !== undefined, 'TOKEN_NOT_RECOGNIZED', 'the token is not initialised');
    return row;
  }

  #freeSlot(): number | undefined {
    return freeSlot(new Map(this.#store.tokens().map((row) => [row.slot, row])));
  }

  #put(row: TokenRow): void {
    this.#store.putToken(row);
    this.#board.tokensChanged();
  }

  #ensureNoSession(slot: number): void {
    for (const board of this.#applications.values()) {
      ensure(board.state(slot).sessions === 0, 'SESSION_EXISTS', 'an application has a session with the token');
    }
  }

  #reincarnate(slot: number): void {
    this.#announce.tokenGone();
    this.#board.reincarnate(slot);
    for (const board of this.#applications.values()) board.closeAll(slot);
    this.loggedOut(slot);
    this.#board.tokensChanged();
    this.#announce.slotEvent();
  }

  /** One PIN of a token at a time: of many that log in at once, exactly one is the first. */
  #inTurn<T>(slot: number, act: () => Promise<T>): Promise<T> {
    const turn = (this.#last.get(slot) ?? Promise.resolve()).then(act);
    // Whether it succeeded is its caller's to know; the next one only waits for its end.
    const settled = (): undefined => undefined;
    this.#last.set(slot, turn.then(settled, settled));
    return turn;
  }
}
