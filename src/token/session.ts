// Sessions of one worker. A session lives here from open to close; its handle's low bits say that it is here.

import { randomInt } from 'node:crypto';
import { ensure } from '../model/error.ts';
import { CKF, CKS } from '../protocol/constants.ts';
import { WORKER_BITS, WORKERS } from '../protocol/layout.ts';
import type { ApplicationBoard, TokenBoard } from './board.ts';
import { LOGIN } from './board.ts';
import { Operations } from './operation.ts';
import type { PointForm } from './point-form.ts';

/** An application as the workers know it. */
export interface Application {
  readonly id: number;
  readonly board: ApplicationBoard;
  /** Where it wants one of its own. */
  readonly pointForm?: PointForm | undefined;
}

export class Session {
  readonly operations = new Operations();
  isOpen = true;
  readonly handle: number;
  readonly application: Application;
  readonly slot: number;
  readonly readWrite: boolean;
  readonly epoch: number;
  readonly incarnation: number;

  constructor(handle: number, application: Application, slot: number, readWrite: boolean, epoch: number, incarnation: number) {
    this.handle = handle;
    this.application = application;
    this.slot = slot;
    this.readWrite = readWrite;
    this.epoch = epoch;
    this.incarnation = incarnation;
  }

  get login() {
    return this.application.board.login(this.slot);
  }

  get generation(): number {
    return this.application.board.generation(this.slot);
  }

  get state(): number {
    return (this.readWrite ? READ_WRITE_STATE : READ_ONLY_STATE)[this.login];
  }

  get flags(): number {
    return CKF.SERIAL_SESSION | (this.readWrite ? CKF.RW_SESSION : 0);
  }
}

const READ_WRITE_STATE = {
  [LOGIN.PUBLIC]: CKS.RW_PUBLIC_SESSION,
  [LOGIN.USER]: CKS.RW_USER_FUNCTIONS,
  [LOGIN.SO]: CKS.RW_SO_FUNCTIONS,
} as const;
// The SO has no read-only sessions: C_Login refuses.
const READ_ONLY_STATE = {
  [LOGIN.PUBLIC]: CKS.RO_PUBLIC_SESSION,
  [LOGIN.USER]: CKS.RO_USER_FUNCTIONS,
  [LOGIN.SO]: CKS.RO_PUBLIC_SESSION,
} as const;

/** Handles fit 31 bits. */
const SERIALS = 2 ** (31 - WORKER_BITS);

export class Sessions {
  readonly #sessions = new Map<number, Session>();
  readonly #worker: number;
  readonly #board: TokenBoard;
  readonly #counted: (application: number, sessions: number) => void;
  readonly #counts = new Map<number, number>();
  // From anywhere: so that a handle of an engine that died is not one of this engine's.
  #serial = randomInt(1, SERIALS);

  /** @param counted is told how many an application has here, whenever that changes. */
  constructor(worker: number, board: TokenBoard, counted: (application: number, sessions: number) => void) {
    this.#worker = worker;
    this.#board = board;
    this.#counted = counted;
  }

  open(application: Application, slot: number, readWrite: boolean): Session {
    const incarnation = this.#board.incarnation(slot);
    const epoch = application.board.open(slot, readWrite);
    const session = new Session(this.#handle(), application, slot, readWrite, epoch, incarnation);
    this.#sessions.set(session.handle, session);
    this.#count(application.id, 1);
    return session;
  }

  /** @throws CKR_SESSION_HANDLE_INVALID, for another application's session too. */
  get(application: Application, handle: number): Session {
    const session = this.peek(application, handle);
    ensure(session !== undefined, 'SESSION_HANDLE_INVALID', 'no such session');
    return session;
  }

  peek(application: Application, handle: number): Session | undefined {
    const session = this.#sessions.get(handle);
    return session !== undefined && session.application === application && this.#alive(session) ? session : undefined;
  }

  /** @returns whether a login ended with it. */
  close(session: Session): boolean {
    this.#drop(session);
    return session.application.board.close(session.slot, session.readWrite, session.epoch);
  }

  /** Drops what C_CloseAllSessions, a token's end or its application's end has closed. */
  sweep(gone?: number): void {
    for (const session of this.#sessions.values()) {
      if (session.application.id === gone || !this.#alive(session)) this.#drop(session);
    }
  }

  #drop(session: Session): void {
    session.isOpen = false;
    this.#sessions.delete(session.handle);
    this.#count(session.application.id, -1);
  }

  #count(application: number, change: number): void {
    const count = (this.#counts.get(application) ?? 0) + change;
    if (count === 0) this.#counts.delete(application);
    else this.#counts.set(application, count);
    this.#counted(application, count);
  }

  #alive(session: Session): boolean {
    return session.application.board.epoch(session.slot) === session.epoch && this.#board.incarnation(session.slot) === session.incarnation;
  }

  #handle(): number {
    for (;;) {
      this.#serial = this.#serial + 1 < SERIALS ? this.#serial + 1 : 1;
      const handle = this.#serial * WORKERS + this.#worker;
      if (!this.#sessions.has(handle)) return handle;
    }
  }
}
