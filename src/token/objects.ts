// Objects as one worker sees them: decoded once, kept as long as the shared version table says that they still hold.

import type { Key } from '../mechanisms/mechanism.ts';
import { type Attributes, isTrue, type Template, ulongOf } from '../model/attribute.ts';
import { secretTypes } from '../model/classes.ts';
import { ensure } from '../model/error.ts';
import { CKA } from '../protocol/constants.ts';
import type { Owner, SessionRow } from '../store/session-record.ts';
import type { Alteration, NewObjectRow, ObjectRow, Store } from '../store/store.ts';
import { VersionConflict } from '../store/store.ts';
import { openObject, sealObject } from '../store/vault.ts';
import { after } from './after.ts';
import { LOGIN } from './board.ts';
import type { BuiltIns } from './built-ins.ts';
import { handleOf, nameOf } from './handles.ts';
import type { Keyring } from './keyring.ts';
import { secretOf } from './keyring.ts';
import { isAlive, OwnObjects, type OwnSources } from './own-objects.ts';
import { search } from './search.ts';
import type { Application, Session } from './session.ts';
import type { Supervisor } from './supervisor.ts';
import type { Tokens } from './tokens.ts';

export interface TokenObject extends Key {
  readonly id: number;
  readonly slot: number;
  readonly onToken: boolean;
  readonly private: boolean;
  readonly version: number;
  /** Session objects: whose it is. */
  readonly owner?: Owner;
  /** What the version table said when it was read. */
  readonly stamp: number;
}

/** Decoded objects that a worker keeps at the most: the oldest goes first. */
const CACHED = 20_000;

/** No storage object: in no store, and of no version. */
const BUILT_IN = { onToken: false, private: false, version: 0, stamp: 0 } as const;

export interface ObjectSources extends OwnSources {
  readonly durable: Store;
  readonly keyring: Keyring;
  readonly tokens: Tokens;
  readonly supervisor: Supervisor;
  readonly builtIns: BuiltIns;
}

export class Objects {
  readonly #from: ObjectSources;
  readonly #cache = new Map<number, TokenObject>();
  /** Session objects of this worker's sessions. */
  readonly own: OwnObjects;

  constructor(from: ObjectSources) {
    this.#from = from;
    this.own = new OwnObjects(from, (id) => this.forget(id));
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
    const { owner } = object;
    if (owner === undefined) return object;
    return owner.application === session.application.id && isAlive(owner, object.private, session) ? object : undefined;
  }

  /** A session object has gone: what was decoded of it is not kept. */
  forget(id: number): void {
    this.#cache.delete(-id);
  }

  /** An application has gone: its sessions' objects on this worker go, and what was decoded of those on others. */
  gone(application: Application): void {
    this.own.gone(application);
    for (const [place, { owner }] of this.#cache) if (owner?.application === application.id) this.#cache.delete(place);
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
    // A session object's change and its news appear together (own-objects.ts).
    do {
      stamp = versions.versionOf(id);
      row = (onToken ? durable : session).object(id);
    } while (onToken && locks.stepsAside(place, row?.version));
    if (row === undefined) return undefined;
    const keys = this.#from.keyring.forObjects(row.slot, this.#from.tokens.serial(row.slot), onToken);
    const object = decoded(row, stamp, openObject(keys, row));
    if (keep) this.#keep(place, object);
    return object;
  }

  #keep(place: number, object: TokenObject): void {
    if (this.#cache.size >= CACHED) this.#cache.delete(this.#cache.keys().next().value!);
    this.#cache.set(place, object);
  }

  /** Makes new objects, all or none. @returns their handles. */
  create(session: Session, made: readonly Attributes[]): number[] | Promise<number[]> {
    // Before the login is looked at: what is made as it ends does not outlive it.
    const { generation } = session;
    for (const attributes of made) this.#mayWrite(session, isTrue(attributes, CKA.TOKEN), isTrue(attributes, CKA.PRIVATE));
    const drafts = made.map((attributes) => ({
      attributes,
      row: this.#seal(session, attributes, 1),
      onToken: isTrue(attributes, CKA.TOKEN),
    }));
    const brief = drafts.filter(({ onToken }) => !onToken);
    if (brief.length > 0) session.application.board.holdObjects(brief.length);
    // One transaction holds what is on the token; session objects are not durable and follow it.
    return after(this.#store(session, drafts, brief.length), (stored) => {
      const ids = { durable: stored.values(), brief: this.#put(session, brief, generation).values() };
      return drafts.map(({ onToken, row }) => {
        const id = (onToken ? ids.durable : ids.brief).next().value!;
        return handleOf({ id, onToken, private: row.private }, generation);
      });
    });
  }

  /** @param held session objects that do not come where this fails. @returns the ids of what is on the token. */
  #store({ application }: Session, drafts: readonly Draft[], held: number): readonly number[] | Promise<readonly number[]> {
    if (held === drafts.length) return [];
    const inserts = drafts.filter(({ onToken }) => onToken).map(({ row }) => ({ change: 'insert', row }) as const);
    return this.#from.supervisor.commit(inserts).catch((error: unknown) => {
      if (held > 0) application.board.releaseObjects(held);
      throw error;
    });
  }

  /** Most session objects are used right after they were made, by who made them: they are kept as they are. */
  #put(session: Session, drafts: readonly Draft[], generation: number): readonly number[] {
    if (drafts.length === 0) return [];
    const rows = drafts.map(({ row }) => row);
    return this.own.put(session, rows, generation).map((row, at) => {
      if (session.isOpen) this.#keep(-row.id, decoded(row, this.#from.versions.versionOf(row.id), drafts[at]!.attributes));
      return row.id;
    });
  }

  /** Changes attributes, on top of what the object is by then. */
  change(session: Session, handle: number, change: (object: TokenObject) => Attributes): void | Promise<void> {
    return this.#reserved(this.#writable(session, handle), (reservation) => {
      const object = this.#writable(session, handle);
      return this.#replace(session, object, change(object), reservation);
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
    await this.#reserved(before, (reservation) => {
      before = key();
      const attributes = new Map([...before.attributes, ...next(before.attributes)]);
      return this.#replace(session, before, attributes, reservation);
    });
    return before;
  }

  destroy(session: Session, handle: number, allowed: (object: TokenObject) => void): void | Promise<void> {
    return this.#reserved(this.#writable(session, handle), (reservation) => {
      const object = this.#writable(session, handle);
      allowed(object);
      return this.#supersede(session, object, reservation, { change: 'delete', id: object.id, expected: object.version });
    });
  }

  /** Who wants to change one object comes one after the other, whichever workers and applications they are of. */
  #reserved(object: TokenObject, act: (reservation: number) => void | Promise<void>): void | Promise<void> {
    const { locks, worker } = this.#from;
    const place = placeOf(object);
    const reservation = locks.reserve(place);
    // A built-in object has no owner, and whoever would change it refuses that himself.
    if (typeof reservation !== 'number' || object.onToken || object.owner?.worker !== worker) return this.#inTurn(place, reservation, act);
    // What is this worker's own is changed at once.
    try {
      return act(reservation);
    } finally {
      locks.release(place, reservation);
    }
  }

  async #inTurn(place: number, waiting: number | Promise<number>, act: (reservation: number) => void | Promise<void>): Promise<void> {
    const reservation = await waiting;
    try {
      await act(reservation);
    } catch (error) {
      // It went with its session or its token: what there is now is read. The only catch here; everything else goes to the dispatcher.
      if (!(error instanceof VersionConflict)) throw error;
      await act(reservation);
    } finally {
      this.#from.locks.release(place, reservation);
    }
  }

  #replace(session: Session, object: TokenObject, attributes: Attributes, reservation: number): void | Promise<void> {
    const row = { ...this.#seal(session, attributes, object.version + 1), id: object.id };
    return this.#supersede(session, object, reservation, { change: 'replace', row, expected: object.version });
  }

  #supersede({ application }: Session, object: TokenObject, reservation: number, change: Alteration): void | Promise<void> {
    const { supervisor, locks, worker } = this.#from;
    const { onToken, owner, version } = object;
    if (onToken) {
      locks.replaces(reservation, version);
      return supervisor.commit([change]).then(() => undefined);
    }
    if (owner!.worker !== worker) return supervisor.changeElsewhere(owner!.worker, application.id, change);
    if (!this.own.alter(application, change)) throw new VersionConflict();
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
    return sealObject(keys, object, secretTypes());
  }
}

/** An object that is being made. */
interface Draft {
  readonly attributes: Attributes;
  readonly row: NewObjectRow;
  readonly onToken: boolean;
}

function decoded(row: ObjectRow | SessionRow, stamp: number, attributes: Attributes): TokenObject {
  const { id, slot, version, private: isPrivate } = row;
  const owner = 'owner' in row ? { owner: row.owner } : {};
  return { id, slot, onToken: !('owner' in row), private: isPrivate, version, ...owner, stamp, attributes, memo: new Map() };
}

/** The two kinds of objects count their ids apart. */
const placeOf = ({ id, onToken }: { id: number; onToken: boolean }): number => (onToken ? id : -id);
