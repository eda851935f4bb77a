// What the supervisor and its workers write to each other.

import type { LockMemory } from '../locks/object-locks.ts';
import type { Alteration } from '../store/store.ts';
import type { PointForm, PointForms } from '../token/point-form.ts';
import type { Supervisor } from '../token/supervisor.ts';

/** What a worker needs before it can serve. */
export interface WorkerStart {
  readonly workers: number;
  readonly home: string;
  /** Whether mechanisms are offered that nobody should use any more. */
  readonly legacy: boolean;
  readonly trace: boolean;
  readonly pointForms: PointForms;
  readonly storeKey: Uint8Array;
  readonly sessionKey: Uint8Array;
  readonly board: SharedArrayBuffer;
  readonly versions: SharedArrayBuffer;
  readonly locks: LockMemory;
  readonly pen: SharedArrayBuffer;
  readonly snapshot: SharedArrayBuffer;
  /** Where each worker's news begin (store/news.ts). */
  readonly news: readonly SharedArrayBuffer[];
}

/** Supervisor to worker. */
export type Mail =
  /** The first, and only once. */
  | ({ readonly mail: 'start' } & WorkerStart)
  | {
      readonly mail: 'attach';
      readonly application: number;
      readonly board: SharedArrayBuffer;
      readonly pointForm: PointForm | undefined;
    }
  | { readonly mail: 'gone'; readonly application: number }
  | { readonly mail: 'keys'; readonly slot: number; readonly serial: string; readonly masterKey: Uint8Array }
  | { readonly mail: 'noKeys'; readonly slot: number }
  /** Room for a worker's news. */
  | { readonly mail: 'segment'; readonly worker: number; readonly memory: SharedArrayBuffer }
  /** Another worker's session wants one of the worker's own session objects altered. */
  | { readonly mail: 'alter'; readonly id: number; readonly application: number; readonly change: Alteration }
  | { readonly mail: 'answer'; readonly id: number; readonly value: unknown }
  | { readonly mail: 'failure'; readonly id: number; readonly failure: Failure }
  /** All of an application's sessions with a token were closed, or its login has ended: what hung on them goes. */
  | { readonly mail: 'sweep'; readonly application: number }
  | { readonly mail: 'slotEvent' }
  /** Who waits for an object with that ticket has waited for long enough. */
  | { readonly mail: 'late'; readonly ticket: number }
  | { readonly mail: 'stop' };

/** An error that crosses threads: its class does not. */
export type Failure =
  | { readonly kind: 'rv'; readonly rv: number; readonly message: string }
  | { readonly kind: 'conflict' }
  | { readonly kind: 'bug'; readonly message: string };

/** Worker to supervisor. */
export type Ask = {
  [N in keyof Supervisor]: { readonly ask: N; readonly id: number; readonly args: Parameters<Supervisor[N]> };
}[keyof Supervisor];
export type Note =
  | Ask
  | { readonly note: 'ready' }
  | { readonly note: 'refused'; readonly application: number }
  | { readonly note: 'stopped' }
  /** Somebody met with somebody else at an object. With a ticket, he waits for it. */
  | { readonly note: 'contended'; readonly place: number; readonly ticket: number | undefined }
  /** It needs a segment of so many bytes. */
  | { readonly note: 'room'; readonly bytes: number }
  /** Whether what it was asked to alter was still what the change was made from. */
  | { readonly note: 'altered'; readonly id: number; readonly isDone: boolean }
  | { readonly note: 'bug'; readonly text: string };
