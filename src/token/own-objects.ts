// The session objects of a worker's own sessions: made, changed and removed here and nowhere else, so that their order needs no lock.
// What a session, a login or an application leaves behind when it ends is dead from that moment, wherever it is looked for (`isAlive`); here
// it is removed.

import type { ObjectLocks } from '../locks/object-locks.ts';
import type { Versions } from '../locks/versions.ts';
import type { SessionObjects } from '../store/session-objects.ts';
import type { Owner, SessionRow } from '../store/session-record.ts';
import type { Alteration, NewObjectRow } from '../store/store.ts';
import type { ApplicationBoard } from './board.ts';
import type { Application, Session } from './session.ts';

export interface OwnSources {
  readonly session: SessionObjects;
  readonly versions: Versions;
  readonly locks: ObjectLocks;
  /** This worker's number. */
  readonly worker: number;
  /** Tells every library that an Init may end otherwise than before. */
  readonly changed: () => void;
}

/** @param of the session that asks, or what the application's board says. */
export const isAlive = (owner: Owner, isPrivate: boolean, of: { readonly epoch: number; readonly generation: number }): boolean =>
  owner.epoch === of.epoch && (!isPrivate || owner.generation === of.generation);

export class OwnObjects {
  readonly #from: OwnSources;
  readonly #removed: (id: number) => void;

  /** @param removed is told whose cached object is of no use any more. */
  constructor(from: OwnSources, removed: (id: number) => void) {
    this.#from = from;
    this.#removed = removed;
  }

  /** @param generation of the login that they are made under. */
  put(session: Session, rows: readonly NewObjectRow[], generation: number): readonly SessionRow[] {
    const { application, handle, epoch } = session;
    const owner = { worker: this.#from.worker, application: application.id, session: handle, epoch, generation };
    const made = this.#from.session.put(rows.map((row) => ({ ...row, owner })));
    // It was closed while a part of what belongs together became durable: what it made goes with it.
    if (!session.isOpen) this.closed(session);
    return made;
  }

  /** @returns false: it is not any more what the change was made from. */
  alter({ id: application, board }: Application, change: Alteration): boolean {
    const { session, changed } = this.#from;
    const id = change.change === 'replace' ? change.row.id : change.id;
    const row = session.isOwn(id) ? session.object(id) : undefined;
    if (row?.owner.application !== application || row.version !== change.expected) return false;
    if (change.change === 'replace') this.#publish(id, () => session.replace(id, change.row));
    else this.#remove(board, id);
    changed();
    return true;
  }

  closed({ handle, application }: Session): void {
    this.#end(application.board, this.#from.session.ofSession(handle));
  }

  /** What went with a login, or with all of the application's sessions. */
  sweep({ id, board }: Application): void {
    const isDead = ({ owner, slot, private: isPrivate }: SessionRow): boolean =>
      !isAlive(owner, isPrivate, { epoch: board.epoch(slot), generation: board.generation(slot) });
    const dead = this.#from.session.ofApplication(id).filter(isDead);
    this.#end(
      board,
      dead.map((row) => row.id),
    );
  }

  gone({ id, board }: Application): void {
    this.#end(
      board,
      this.#from.session.ofApplication(id).map((row) => row.id),
    );
  }

  #end(board: ApplicationBoard, ids: readonly number[]): void {
    for (const id of ids) this.#remove(board, id);
    if (ids.length > 0) this.#from.changed();
  }

  #remove(board: ApplicationBoard, id: number): void {
    this.#publish(id, () => this.#from.session.remove(id));
    this.#removed(id);
    board.releaseObjects(1);
  }

  /** The other workers use the object as it was until they all use it as it is. */
  #publish(id: number, change: () => void): void {
    const { locks, versions } = this.#from;
    locks.publish(-id, () => {
      change();
      versions.bump(id);
    });
  }
}
