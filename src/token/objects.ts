// Objects as one worker sees them: decoded once, kept as long as the shared version table says that they still hold.

import type { ObjectLocks } from '../locks/object-locks.ts';
import type { Versions } from '../locks/versions.ts';
import type { Key } from '../mechanisms/mechanism.ts';
import { type Attributes, isTrue, type Template, ulongOf } from '../model/attribute.ts';
import { secretTypes } from '../model/classes.ts';
import { ensure } from '../model/error.ts';
import { CKA } from '../protocol/constants.ts';
import type { SessionObjects } from '../store/session-objects.ts';
import type { Change, NewObjectRow, ObjectRow, Store } from '../store/store.ts';
import { VersionConflict } from '../store/store.ts';
import { openObject, sealObject } from '../store/vault.ts';
import { LOGIN } from './board.ts';
import type { BuiltIns } from './built-ins.ts';
import { handleOf, nameOf } from './handles.ts';
import type { Keyring } from './keyring.ts';
import { secretOf } from './keyring.ts';
import { search } from './search.ts';
import type { Session } from './session.ts';
import type { Supervisor } from './supervisor.ts';
import type { Tokens } from './tokens.ts';

export interface TokenObject extends Key {
  readonly id: number;
  readonly slot: number;
  readonly onToken: boolean;
  readonly private: boolean;
  readonly version: number;
  /** Session objects: whose it is. */
  readonly application?: number;
  /** What the version table said when it was read. */
  readonly stamp: number;
}

/** Decoded objects that a worker keeps at the most: the oldest goes first. */
const CACHED = 20_000;

/** No storage object: in no store, and of no version. */
const BUILT_IN = { onToken: false, private: false, version: 0, stamp: 0 } as const;

export interface ObjectSources {
  readonly durable: Store;
  readonly session: SessionObjects;
  readonly versions: Versions;
  readonly locks: ObjectLocks;
  readonly keyring: Keyring;
  readonly tokens: Tokens;
  readonly supervisor: Supervisor;
  readonly builtIns: BuiltIns;
}

export class Objects {
  readonly #from: ObjectSources;
  readonly #cache = new Map<number, TokenObject>();

  constructor(from: ObjectSources) {
    this.#from = from;
  }

  /** @throws CKR_OBJECT_HANDLE_INVALID, for what this session may not see too. */
  get(session: Session, handle: number): TokenObject {
    const object = this.find(session, handle);
    ensure(object !== undefined, 'OBJECT_HANDLE_INVALID', 'no such object');
    return object;
  }

  find(session: Session, handle: number): TokenObject | undefined {
    const builtIn = this.#from.builtIns.at(handle, session.slot);
    if (builtIn !== undefined) return { ...BUILT_IN, id: handle, slot: session.slot, attributes: builtIn, memo: new Map() };
    const name = nameOf(handle, session.generation);
    if (name === undefined || (name.private && session.login !== LOGIN.USER)) return undefined;
    const object = this.#load(name.id, name.onToken);
    if (object === undefined || object.private !== name.private || object.slot !== session.slot) return undefined;
    return object.onToken || object.application === session.application.id ? object : undefined;
  }

  /**
   * This worker hears that session objects have changed. The version table said so earlier: an object that was read in between is the old one
   * under the new stamp.
   */
  changed(removed: readonly number[], put: readonly ObjectRow[]): void {
    this.#from.session.change(removed, put);
    for (const id of removed) this.#cache.delete(-id);
  }

  handle(session: Session, object: { id: number; onToken: boolean; private: boolean }): number {
    return handleOf(object, session.generation);
  }

  /** @param keep false: it is looked at once, and others are not to make room for it. */
  #load(id: number, onToken: boolean, keep = true): TokenObject | undefined {
    const { locks, versions } = this.#from;
    const place = placeOf({ id, onToken });
    locks.enter(place);
    try {
      const cached = this.#cache.get(place);
      if (cached !== undefined && cached.stamp === versions.versionOf(id)) return cached;
      this.#cache.delete(place);
      return this.#read(id, onToken, keep);
    } finally {
      locks.leave();
    }
  }

  #read(id: number, onToken: boolean, keep: boolean): TokenObject | undefined {
    const { locks, versions, durable, session } = this.#from;
    const place = placeOf({ id, onToken });
    let stamp: number;
    let row: ObjectRow | undefined;
    // Changes of session objects come by mail, which is not read in between.
    do {
      stamp = versions.versionOf(id);
      row = (onToken ? durable : session).object(id);
    } while (onToken && locks.stepsAside(place, row?.version));
    if (row === undefined) return undefined;
    const object = this.#open(row, onToken, stamp);
    if (!keep) return object;
    if (this.#cache.size >= CACHED) this.#cache.delete(this.#cache.keys().next().value!);
    this.#cache.set(place, object);
    return object;
  }

  #open(row: ObjectRow, onToken: boolean, stamp: number): TokenObject {
    const keys = this.#from.keyring.forObjects(row.slot, this.#from.tokens.serial(row.slot), onToken);
    const attributes = openObject(keys, row);
    const owner = row.owner === undefined ? {} : { application: row.owner.application };
    const { id, slot, version } = row;
    return { id, slot, onToken, private: row.private, version, ...owner, stamp, attributes, memo: new Map() };
  }

  /** Makes new objects, all or none. @returns their handles. */
  async create(session: Session, made: readonly Attributes[]): Promise<number[]> {
    for (const attributes of made) this.#mayWrite(session, isTrue(attributes, CKA.TOKEN), isTrue(attributes, CKA.PRIVATE));
    const generation = session.generation;
    const rows = made.map((attributes) => this.#seal(session, attributes, 1));
    // One transaction holds what is on the token; session objects are not durable and follow it.
    const ids = new Map<NewObjectRow, number>();
    for (const onToken of [true, false]) {
      const part = rows.filter((_, at) => isTrue(made[at]!, CKA.TOKEN) === onToken);
      if (part.length === 0) continue;
      const given = await this.#commit(
        session,
        onToken,
        part.map((row) => ({ change: 'insert', row }) as const),
      );
      part.forEach((row, at) => {
        ids.set(row, given[at]!);
      });
      if (!onToken) session.hasObjects = true;
    }
    return rows.map((row, at) => {
      const onToken = isTrue(made[at]!, CKA.TOKEN);
      return handleOf({ id: ids.get(row)!, onToken, private: row.private }, generation);
    });
  }

  /** Changes attributes, on top of what the object is by then. */
  async change(session: Session, handle: number, change: (object: TokenObject) => Attributes): Promise<void> {
    await this.#reserved(this.#writable(session, handle), async (reservation) => {
      const object = this.#writable(session, handle);
      await this.#replace(session, object, change(object), reservation);
    });
  }

  /**
   * One step of a key's state. Durable on return, from a read-only session too: no other session, worker or application was given the same.
   * @returns the key as it was before.
   */
  async step(session: Session, handle: number, next: (attributes: Attributes) => Attributes): Promise<TokenObject> {
    const key = () => {
      const found = this.find(session, handle);
      ensure(found !== undefined, 'FUNCTION_FAILED', 'the key was destroyed under the operation');
      return found;
    };
    let before = key();
    await this.#reserved(before, async (reservation) => {
      before = key();
      const attributes = new Map([...before.attributes, ...next(before.attributes)]);
      await this.#replace(session, before, attributes, reservation);
    });
    return before;
  }

  async destroy(session: Session, handle: number, allowed: (object: TokenObject) => void): Promise<void> {
    await this.#reserved(this.#writable(session, handle), async (reservation) => {
      const object = this.#writable(session, handle);
      allowed(object);
      await this.#supersede(session, object, reservation, { change: 'delete', id: object.id, expected: object.version });
    });
  }

  /** Who wants to change one object comes one after the other, whichever workers and applications they are of. */
  async #reserved(object: TokenObject, act: (reservation: number) => Promise<void>): Promise<void> {
    const { locks } = this.#from;
    const place = placeOf(object);
    const reservation = await locks.reserve(place);
    try {
      await act(reservation);
    } catch (error) {
      // It went with its session or its token, or this worker had not read the last change to a session object: what there is now is read.
      // The only catch here; everything else goes to the dispatcher.
      if (!(error instanceof VersionConflict)) throw error;
      await act(reservation);
    } finally {
      locks.release(place, reservation);
    }
  }

  #replace(session: Session, object: TokenObject, attributes: Attributes, reservation: number): Promise<void> {
    const row = { ...this.#seal(session, attributes, object.version + 1), id: object.id };
    return this.#supersede(session, object, reservation, { change: 'replace', row, expected: object.version });
  }

  async #supersede(session: Session, object: TokenObject, reservation: number, change: Change): Promise<void> {
    this.#from.locks.replaces(reservation, object.version);
    await this.#commit(session, object.onToken, [change]);
  }

  /** What C_FindObjectsInit asks for, in so many steps. */
  search(session: Session, template: Template): Generator<readonly number[], undefined> {
    return search(this.#from, session, template, (id, onToken) => this.#load(id, onToken, false));
  }

  /** @throws where there is no such object, or this session may not change it. */
  #writable(session: Session, handle: number): TokenObject {
    const object = this.get(session, handle);
    this.#mayWrite(session, object.onToken, object.private);
    return object;
  }

  #mayWrite(session: Session, onToken: boolean, isPrivate: boolean): void {
    ensure(!onToken || session.readWrite, 'SESSION_READ_ONLY', 'a token object is changed in a read-write session only');
    ensure(!isPrivate || session.login === LOGIN.USER, 'USER_NOT_LOGGED_IN', 'a private object needs the user logged in');
  }

  #commit(session: Session, onToken: boolean, changes: readonly Change[]): Promise<number[]> {
    if (onToken) return this.#from.supervisor.commit(changes);
    return this.#from.supervisor.commitSession(session.application.id, changes);
  }

  #seal(session: Session, attributes: Attributes, version: number): NewObjectRow {
    const onToken = isTrue(attributes, CKA.TOKEN);
    const keys = this.#from.keyring.forObjects(session.slot, this.#from.tokens.serial(session.slot), onToken);
    const isPrivate = isTrue(attributes, CKA.PRIVATE);
    if (isPrivate) secretOf(keys);
    const object = {
      slot: session.slot,
      class: ulongOf(attributes, CKA.CLASS)!,
      keyType: ulongOf(attributes, CKA.KEY_TYPE) ?? null,
      private: isPrivate,
      version,
      uniqueId: Buffer.from(attributes.get(CKA.UNIQUE_ID)!).toString(),
      attributes,
    };
    const row = sealObject(keys, object, secretTypes());
    return onToken ? row : { ...row, owner: { application: session.application.id, session: session.handle } };
  }
}

/** The two kinds of objects count their ids apart. */
const placeOf = ({ id, onToken }: { id: number; onToken: boolean }): number => (onToken ? id : -id);
