// What the workers ask, done: the one writer of the store, the keeper of logins.

import { generateKeyPair } from 'node:crypto';
import { promisify } from 'node:util';
import type { ObjectLocks } from '../locks/object-locks.ts';
import type { Versions } from '../locks/versions.ts';
import type { KeyUse, KeyUses } from '../mechanisms/mechanism.ts';
import { type SlowWork, slowWork } from '../mechanisms/slow.ts';
import type { Alteration, Change, Outcome, Store } from '../store/store.ts';
import { VersionConflict } from '../store/store.ts';
import type { ApplicationBoard, TokenBoard } from '../token/board.ts';
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
  readonly tell: (worker: number, mail: Mail) => void;
}

export class Authority implements Supervisor {
  readonly #duties: Duties;
  readonly #logins: Logins;
  readonly #slowKeys = new SlowKeys();
  readonly #commits = new Commits((requests) => this.#commitTogether(requests));
  readonly #altering = new Map<number, PromiseWithResolvers<void>>();
  #lastAltering = 0;

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
      for (const change of changes) if (change.change !== 'insert') this.#publish(idOf(change));
    });
    return outcomes;
  }

  /** From now on every worker uses the object as it is. */
  #publish(id: number): void {
    const { locks, versions } = this.#duties;
    locks.publish(id, () => versions.bump(id));
  }

  changeElsewhere(worker: number, application: number, change: Alteration): Promise<void> {
    const id = ++this.#lastAltering;
    const altering = Promise.withResolvers<void>();
    this.#altering.set(id, altering);
    this.#duties.tell(worker, { mail: 'alter', id, application, change });
    return altering.promise;
  }

  /** A worker's answer to it. */
  altered(id: number, isDone: boolean): void {
    const altering = this.#altering.get(id);
    this.#altering.delete(id);
    if (isDone) altering?.resolve();
    else altering?.reject(new VersionConflict());
  }

  async count(slot: number): Promise<number> {
    return this.#duties.store.count(slot);
  }

  async closedAll(application: number, _slot: number): Promise<void> {
    this.#duties.tellAll({ mail: 'sweep', application });
  }

  async loggedOut(application: number, slot: number): Promise<void> {
    if ((this.#duties.applications.get(application)?.sessionObjects ?? 0) > 0) this.#duties.tellAll({ mail: 'sweep', application });
    this.#logins.loggedOut(slot);
  }

  applicationGone(slots: Iterable<number>): void {
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
}

const idOf = (change: Exclude<Change, { change: 'insert' }>): number => (change.change === 'replace' ? change.row.id : change.id);
