// What a worker asks of the supervisor: everything that is written, and everything that takes long. Each answer comes when it is done and durable.

import type { Slow } from '../mechanisms/mechanism.ts';
import type { Alteration, Change } from '../store/store.ts';
import type { Login } from './board.ts';

export interface Supervisor extends Slow {
  /** Token objects. Who changes one has it reserved. @returns the ids of the inserted rows. @throws VersionConflict */
  commit(changes: readonly Change[]): Promise<number[]>;
  /** One of the application's session objects that is another worker's to change. @throws VersionConflict */
  changeElsewhere(worker: number, application: number, change: Alteration): Promise<void>;
  /** The token's monotonic counter, read: no other reading gives this value or a larger one before. */
  count(slot: number): Promise<number>;
  /** All sessions of the application with that token were closed (the board knows): what hung on them goes, in every worker. */
  closedAll(application: number, slot: number): Promise<void>;
  login(application: number, slot: number, user: Exclude<Login, 0>, pin: Uint8Array): Promise<void>;
  /** The user's PIN once more, for one operation. */
  authenticate(slot: number, pin: Uint8Array): Promise<void>;
  /** A login has ended (the board knows): private session objects go, and keys that nobody needs any more are forgotten. */
  loggedOut(application: number, slot: number): Promise<void>;
  initToken(slot: number, pin: Uint8Array, label: Uint8Array): Promise<void>;
  initPin(slot: number, pin: Uint8Array): Promise<void>;
  setPin(slot: number, user: Exclude<Login, 0>, oldPin: Uint8Array, newPin: Uint8Array): Promise<void>;
}
