// Where a call runs: one application's calls on one worker.

import type { Mechanism } from '../mechanisms/mechanism.ts';
import type { TokenBoard } from './board.ts';
import type { Objects } from './objects.ts';
import type { PointForms } from './point-form.ts';
import type { SavedStates } from './saved-states.ts';
import type { Application, Session, Sessions } from './session.ts';
import type { SlotEvents } from './slot-events.ts';
import type { Supervisor } from './supervisor.ts';
import type { Tokens } from './tokens.ts';

export interface Context {
  readonly application: Application;
  readonly board: TokenBoard;
  readonly sessions: Sessions;
  readonly objects: Objects;
  readonly tokens: Tokens;
  readonly supervisor: Supervisor;
  readonly events: SlotEvents;
  readonly states: SavedStates;
  readonly pointForms: PointForms;
  /** Those offered, by their numbers. */
  readonly mechanisms: ReadonlyMap<number, Mechanism>;
}

/** @throws CKR_SESSION_HANDLE_INVALID */
export const sessionOf = (context: Context, handle: number): Session => context.sessions.get(context.application, handle);
