// What the workers ask, done: the one writer of the store, the session objects' source, the keeper of logins.

import { generateKeyPair, randomInt } from 'node:crypto';
import { promisify } from 'node:util';
import type { ObjectLocks } from '../locks/object-locks.ts';
import type { Versions } from '../locks/versions.ts';
import type { KeyUse, KeyUses } from '../mechanisms/mechanism.ts';
import { type SlowWork, slowWork } from '../mechanisms/slow.ts';
import { ensure, Pkcs11Error } from '../model/error.ts';
import type { Change, ObjectRow, Outcome, Store } from '../store/store.ts';
import { VersionConflict } from '../store/store.ts';
import type { ApplicationBoard, TokenBoard } from '../token/board.ts';
import { SESSION_IDS } from '../token/handles.ts';
import { Logins } from '../token/logins.ts';
import type { Supervisor } from '../token/supervisor.ts';
import { changed } from './channel.ts';
import { Commits } from './commits.ts';
import type { Mail } from './mail.ts';
import { SlowKeys } from './slow-keys.ts';

export interface Duties {
  readonly store: Store;
  readonly board: TokenBoard;
  readonly versions: Versions;
  readonly locks: ObjectLocks;
  readonly applications: ReadonlyMap<number, ApplicationBoard>;
  readonly storeKey: Uint8Array;
  readonly tellAll: (mail: Mail) => void;
  /** As `tellAll`, where nobody need be woken. */
  readonly leaveForAll: (mail: Mail) => void;
}

/** Session objects of one application, at the most: every worker has a copy of each. */
const SESSION_OBJECTS = 100_000;

export class Authority implements Supervisor {
  readonly #duties: Duties;
  readonly #logins: Logins;
  readonly #slowKeys = new SlowKeys();
  readonly #commits = new Commits((requests) => this.#commitTogether(requests));
  readonly #sessionObjects = new Map<number, ObjectRow>();
  /** How many of them each application has. */
  readonly #held = new Map<number, number>();
  // From anywhere, as session handles: those of an engine that died lead nowhere.
  #lastId = randomInt(1, SESSION_IDS / 2);

  readonly login: Supervisor['login'];
  readonly authenticate: Supervisor['authenticate'];
  readonly initToken: Supervisor['initToken'];
  readonly initPin: Supervisor['initPin'];
  readonly setPin: Supervisor['setPin'];
  readonly deleteToken: (slot: number) => Promise<void>;

  constructor(duties: Duties) {
    this.#duties = duties;
    const { store, board, versions, applications, storeKey, tellAll } = duties;
    const announce = {
      keys: (slot: number, serial: string, masterKey: Uint8Array) => tellAll({ mail: 'keys', slot, serial, masterKey }),
      noKeys: (slot: number) => tellAll({ mail: 'noKeys', slot }),
      tokenGone: () => {
        versions.bumpAll();
        changed();
      },
      slotEvent: () => tellAll({ mail: 'slotEvent' }),
    };
    const logins = new Logins(store, board, applications, announce, storeKey);
    this.#logins = logins;
    this.login = (...args) => logins.login(...args);
    this.authenticate = (...args) => logins.authenticate(...args);
    this.initToken = (...args) => logins.initToken(...args);
    this.initPin = (...args) => logins.initPin(...args);
    this.setPin = (...args) => logins.setPin(...args);
    this.deleteToken = (slot) => logins.deleteToken(slot);
  }

  commit(changes: readonly Change[]): Promise<number[]> {
    return this.#commits.add(changes);
  }

  #commitTogether(requests: readonly (readonly Change[])[]): Outcome[] {
    const outcomes = this.#duties.store.commitTogether(requests);
    requests.forEach((changes, at) => {
      if ('error' in outcomes[at]!) return;
      for (const change of changes) if (change.change !== 'insert') this.#publish(idOf(change), idOf(change));
    });
    return outcomes;
  }

  /** From now on every worker uses the object as it is. */
  #publish(place: number, id: number): void {
    const { locks, versions } = this.#duties;
    locks.publish(place, () => versions.bump(id));
  }

  async commitSession(application: number, changes: readonly Change[]): Promise<number[]> {
    const put: ObjectRow[] = [];
    const removed: number[] = [];
    for (const change of changes) {
      if (change.change === 'insert') put.push({ ...change.row, id: this.#nextId() });
      else {
        const held = this.#sessionObjects.get(idOf(change));
        if (held?.owner?.application !== application || (change.expected !== undefined && held.version !== change.expected))
          throw new VersionConflict();
        removed.push(held.id);
        // Who made it stays who made it, whoever changes it.
        if (change.change === 'replace') put.push({ ...change.row, owner: held.owner });
      }
    }
    const held = this.#held.get(application) ?? 0;
    ensure(
      held + put.length - removed.length <= SESSION_OBJECTS,
      'DEVICE_MEMORY',
      'the application has as many session objects as it may have',
    );
    if (!this.#duties.applications.has(application)) throw new Pkcs11Error('SESSION_HANDLE_INVALID', 'the application has gone');
    this.#putSessionObjects(put, removed);
    return put.map(({ id }) => id);
  }

  async count(slot: number): Promise<number> {
    return this.#duties.store.count(slot);
  }

  async forget(application: number, slot: number, which: { session?: number; private?: boolean }): Promise<void> {
    const removed = [...this.#sessionObjects.values()].filter(
      (row) =>
        row.owner?.application === application &&
        row.slot === slot &&
        (which.session === undefined || row.owner.session === which.session) &&
        (which.private === undefined || row.private === which.private),
    );
    this.#putSessionObjects(
      [],
      removed.map(({ id }) => id),
    );
  }

  async closedAll(application: number, slot: number): Promise<void> {
    await this.forget(application, slot, {});
    this.#duties.tellAll({ mail: 'sweep' });
  }

  async loggedOut(_application: number, slot: number): Promise<void> {
    this.#logins.loggedOut(slot);
  }

  /** An application has gone: everything that was its own goes too. */
  applicationGone(application: number, slots: Iterable<number>): void {
    const removed = [...this.#sessionObjects.values()].filter((row) => row.owner?.application === application);
    this.#putSessionObjects(
      [],
      removed.map(({ id }) => id),
    );
    for (const slot of slots) this.#logins.loggedOut(slot);
  }

  async generateRsa(modulusLength: number, exponent: Uint8Array): Promise<Uint8Array> {
    const publicExponent = Number(BigInt(`0x${Buffer.from(exponent).toString('hex')}`));
    const { privateKey } = await promisify(generateKeyPair)('rsa', { modulusLength, publicExponent });
    return privateKey.export({ type: 'pkcs8', format: 'der' });
  }

  use<N extends keyof KeyUses>(...job: [N, KeyUse, ...Parameters<KeyUses[N]>]): Promise<ReturnType<KeyUses[N]>> {
    return this.#slowKeys.use(job) as Promise<ReturnType<KeyUses[N]>>;
  }

  compute<N extends keyof SlowWork>(name: N, ...args: Parameters<SlowWork[N]>): ReturnType<SlowWork[N]> {
    const work = slowWork[name] as (...args: Parameters<SlowWork[N]>) => ReturnType<SlowWork[N]>;
    return work(...args);
  }

  #putSessionObjects(put: readonly ObjectRow[], removed: readonly number[]): void {
    if (put.length === 0 && removed.length === 0) return;
    for (const id of removed) {
      this.#count(this.#sessionObjects.get(id), -1);
      this.#sessionObjects.delete(id);
    }
    for (const row of put) {
      this.#count(row, 1);
      this.#sessionObjects.set(row.id, row);
    }
    this.#duties.leaveForAll({ mail: 'sessionObjects', put, removed });
    for (const id of removed) this.#publish(-id, id);
  }

  #count(row: ObjectRow | undefined, change: number): void {
    const application = row?.owner?.application;
    if (application === undefined) return;
    const held = (this.#held.get(application) ?? 0) + change;
    if (held === 0) this.#held.delete(application);
    else this.#held.set(application, held);
  }

  #nextId(): number {
    do this.#lastId = this.#lastId + 1 < SESSION_IDS ? this.#lastId + 1 : 1;
    while (this.#sessionObjects.has(this.#lastId));
    return this.#lastId;
  }
}

const idOf = (change: Exclude<Change, { change: 'insert' }>): number => (change.change === 'replace' ? change.row.id : change.id);
