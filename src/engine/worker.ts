// A worker: one thread that serves the sessions that live on it. It sleeps in the addon, not in Node's event loop: everything that can
// concern it (a posted lane, mail from the supervisor) rings the same bell. Nothing here ever waits for anything else.

import { type MessagePort, parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads';
import { ObjectLocks } from '../locks/object-locks.ts';
import { Pen } from '../locks/pen.ts';
import { Versions } from '../locks/versions.ts';
import { registry } from '../mechanisms/registry.ts';
import { MalformedFrame, Reader } from '../protocol/reader.ts';
import { Writer } from '../protocol/writer.ts';
import { SessionObjects } from '../store/session-objects.ts';
import { Written } from '../store/snapshot.ts';
import { openStore } from '../store/sqlite.ts';
import type { Store } from '../store/store.ts';
import { ApplicationBoard, TokenBoard } from '../token/board.ts';
import { BuiltIns } from '../token/built-ins.ts';
import type { Context } from '../token/context.ts';
import { ID_RANGE, ID_RANGES } from '../token/handles.ts';
import { Keyring } from '../token/keyring.ts';
import { Objects } from '../token/objects.ts';
import { SavedStates } from '../token/saved-states.ts';
import { Sessions } from '../token/session.ts';
import { SlotEvents } from '../token/slot-events.ts';
import type { Supervisor } from '../token/supervisor.ts';
import { Tokens } from '../token/tokens.ts';
import { CALL, CALL_SIZE, changed, Desk, ring, ringAll, TURN } from './channel.ts';
import { Creations } from './creations.ts';
import { dispatch } from './dispatch.ts';
import type { Mail, Note, WorkerStart } from './mail.ts';
import { Post } from './post.ts';
import { traceCalls } from './trace.ts';

/** Frames that usual calls fit; longer ones get a buffer of their own. */
const FRAME = 65_536;
const NO_REPLY = -1;

class Worker {
  readonly #port: MessagePort;
  readonly #request = new ArrayBuffer(FRAME);
  readonly #reply = new ArrayBuffer(FRAME);
  readonly #call = new Float64Array(CALL_SIZE);
  readonly #reader = new Reader(this.#request);
  readonly #writer = new Writer(this.#reply);
  readonly #desk: Desk;
  readonly #board: TokenBoard;
  readonly #sessions: Sessions;
  readonly #objects: Objects;
  readonly #locks: ObjectLocks;
  readonly #durable: Store;
  readonly #sessionObjects: SessionObjects;
  readonly #tokens: Tokens;
  readonly #keyring: Keyring;
  readonly #post: Post;
  readonly #creations: Creations;
  readonly #supervisor: Supervisor;
  readonly #contexts = new Map<number, Context>();
  readonly #events = new SlotEvents();
  readonly #states: SavedStates;
  readonly #mechanisms: Context['mechanisms'];
  readonly #pointForms: Context['pointForms'];
  readonly #report = (text: string): void => this.#tell({ note: 'bug', text });
  #mailRead = 0;
  /** Mail that was taken from the port while a call was served, and is to be read before the next one. */
  readonly #later: Mail[] = [];
  #isStopping = false;

  constructor(worker: number, port: MessagePort) {
    this.#port = port;
    this.#desk = new Desk(worker, this.#request, this.#reply, this.#call);
    const start = this.#awaitStart();
    if (start.trace) traceCalls();
    this.#board = new TokenBoard(start.board);
    this.#sessions = new Sessions(worker, this.#board, (application, sessions) => this.#desk.sessions(application, sessions));
    this.#keyring = new Keyring(start.storeKey, start.sessionKey);
    this.#states = new SavedStates(start.sessionKey);
    this.#mechanisms = registry(start);
    this.#pointForms = start.pointForms;
    const { snapshot } = start;
    const written = new Written(snapshot, () => ringAll(start.workers));
    const durable = openStore(`${start.home}/store.db`, { beside: true, snapshot, written });
    this.#durable = durable;
    this.#sessionObjects = this.#knownSessionObjects(worker, start);
    this.#tokens = new Tokens(durable, this.#board);
    this.#post = new Post((note) => this.#tell(note));
    this.#creations = new Creations(durable, new Pen(start.pen), this.#post.supervisor);
    this.#supervisor = { ...this.#post.supervisor, commit: this.#creations.commit };
    this.#locks = new ObjectLocks(start.locks, worker, {
      ring,
      contended: (place, ticket) => this.#tell({ note: 'contended', place, ticket }),
    });
    this.#objects = new Objects({
      durable,
      session: this.#sessionObjects,
      worker,
      changed,
      versions: new Versions(start.versions),
      locks: this.#locks,
      keyring: this.#keyring,
      tokens: this.#tokens,
      supervisor: this.#supervisor,
      builtIns: new BuiltIns(this.#mechanisms.keys(), (slot) => durable.counter(slot)),
    });
  }

  #knownSessionObjects(worker: number, { news }: WorkerStart): SessionObjects {
    const ask = (bytes: number) => this.#tell({ note: 'room', bytes });
    const take = () => (this.#board.takeIds() % ID_RANGES) * ID_RANGE;
    return new SessionObjects({ worker, segments: news, ask, look: () => this.#lookForSegments() }, { take, count: ID_RANGE }, (id) =>
      this.#objects.forget(id),
    );
  }

  /** Nobody is attached yet: what ends a turn is the supervisor's first mail. */
  #awaitStart(): WorkerStart {
    for (;;) {
      this.#desk.turn(NO_REPLY);
      const mail = receiveMessageOnPort(this.#port)?.message as Mail | undefined;
      if (mail?.mail === 'start') return mail;
    }
  }

  async serve(): Promise<void> {
    this.#tell({ note: 'ready' });
    // What was written while this thread was loaded rang once, and that was answered with the start.
    this.#readMail();
    let reply = NO_REPLY;
    while (!this.#isStopping) {
      const length = this.#desk.turn(reply, !this.#creations.areWaiting);
      reply = NO_REPLY;
      // Mail first, however this turn ended: what the supervisor wrote before it answered somebody else counts from now on.
      const hadMail = this.#readMail();
      const hasServed = this.#locks.serve();
      if (length === TURN.MAIL) this.#durable.refresh();
      if (length >= 0) reply = this.#answer(length);
      else if (length === TURN.REFUSED) this.#refuse(this.#call[CALL.REGION]!);
      const hasWritten = this.#creations.turn(length === TURN.NONE);
      if (reply === LATER || hadMail || hasServed || hasWritten) {
        // Handlers that wait for mail, an object or the disk go on in microtasks; they need the event loop once round, or they would sleep as long
        // as this thread does.
        await new Promise((resolve) => setImmediate(resolve));
        if (reply === LATER) reply = NO_REPLY;
      }
    }
    this.#tell({ note: 'stopped' });
    this.#port.close();
  }

  /** @returns bytes of the reply buffer to publish, or NO_REPLY, or LATER. */
  #answer(length: number): number {
    const region = this.#call[CALL.REGION]!;
    const ticket = this.#call[CALL.TICKET]!;
    const context = this.#contexts.get(region);
    if (context === undefined) return NO_REPLY;
    const reader = length > FRAME ? new Reader(this.#desk.large()) : this.#reader;
    reader.start(length);
    try {
      const late = dispatch(context, reader, this.#writer, lateWriter, this.#report);
      if (late !== undefined) {
        void late.then((writer) => this.#desk.answer(ticket, writer.written()));
        return LATER;
      }
    } catch (error) {
      // The second kind of error (see dispatch.ts): not an application's mistake but a sender that cannot be talked with.
      if (!(error instanceof MalformedFrame)) throw error;
      this.#refuse(region);
      return NO_REPLY;
    }
    if (this.#writer.isUsual) return this.#writer.length;
    this.#desk.answer(ticket, this.#writer.written());
    return NO_REPLY;
  }

  #refuse(application: number): void {
    this.#tell({ note: 'refused', application });
  }

  #tell(note: Note): void {
    this.#port.postMessage(note);
  }

  #readMail(): boolean {
    const posted = this.#board.mail;
    if (posted === this.#mailRead) return false;
    this.#mailRead = posted;
    // What is read may look for segments: then the rest goes on from there.
    for (let mail = this.#later.shift() ?? this.#received(); mail !== undefined; mail = this.#later.shift() ?? this.#received())
      this.#read(mail);
    return true;
  }

  #received(): Mail | undefined {
    return receiveMessageOnPort(this.#port)?.message as Mail | undefined;
  }

  /** In the middle of a call. The counter is left alone: it says that there is mail to be read. */
  #lookForSegments(): void {
    for (let mail = this.#received(); mail !== undefined; mail = this.#received()) {
      if (mail.mail === 'segment') this.#sessionObjects.give(mail.worker, mail.memory);
      else this.#later.push(mail);
    }
  }

  #read(mail: Mail): void {
    switch (mail.mail) {
      case 'attach':
        this.#attach(mail);
        return;
      case 'gone':
        this.#detach(mail.application);
        return;
      case 'keys':
        this.#keyring.loggedIn(mail.slot, mail.serial, mail.masterKey);
        return;
      case 'noKeys':
        this.#keyring.loggedOut(mail.slot);
        return;
      case 'segment':
        this.#sessionObjects.give(mail.worker, mail.memory);
        // Also in a worker that has no calls: what it has not read is kept for it.
        this.#sessionObjects.read();
        return;
      case 'alter':
        this.#alter(mail);
        return;
      case 'answer':
      case 'failure':
        this.#post.receive(mail);
        return;
      case 'sweep':
        this.#sessions.sweep();
        this.#sweep(mail.application);
        return;
      case 'slotEvent':
        this.#events.happened();
        return;
      case 'late':
        this.#locks.late(mail.ticket);
        return;
      case 'start':
        // Read before anything else was (#awaitStart).
        return;
      case 'stop':
        this.#isStopping = true;
    }
  }

  #alter({ id, application, change }: Extract<Mail, { mail: 'alter' }>): void {
    const context = this.#contexts.get(application);
    const isDone = context !== undefined && this.#objects.own.alter(context.application, change);
    this.#tell({ note: 'altered', id, isDone });
  }

  #sweep(application: number): void {
    const context = this.#contexts.get(application);
    if (context !== undefined) this.#objects.own.sweep(context.application);
  }

  #detach(application: number): void {
    const context = this.#contexts.get(application);
    this.#desk.release(application);
    this.#contexts.delete(application);
    this.#sessions.sweep(application);
    if (context !== undefined) this.#objects.gone(context.application);
    this.#events.forget(application);
  }

  #attach({ application: id, board, pointForm }: Extract<Mail, { mail: 'attach' }>): void {
    if (!this.#desk.attach(id)) return;
    this.#contexts.set(id, {
      application: { id, board: new ApplicationBoard(board), pointForm },
      board: this.#board,
      sessions: this.#sessions,
      objects: this.#objects,
      tokens: this.#tokens,
      supervisor: this.#supervisor,
      events: this.#events,
      states: this.#states,
      mechanisms: this.#mechanisms,
      pointForms: this.#pointForms,
    });
  }
}

/** The handler answers later: nothing is published now. */
const LATER = -2;
/** Late replies are short, mostly a handle or two. */
const LATE_REPLY = 512;
const lateWriter = () => new Writer(new ArrayBuffer(LATE_REPLY));

if (parentPort) void new Worker(workerData as number, parentPort).serve();
