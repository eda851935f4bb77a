// The engine: the store, its workers and the applications they serve, from start to stop.

import { randomBytes, randomInt } from 'node:crypto';
import { readFileSync, rmSync } from 'node:fs';
import type { Worker } from 'node:worker_threads';
import { Contention } from '../locks/contention.ts';
import { lockMemory, ObjectLocks, PATIENCE } from '../locks/object-locks.ts';
import { Pen, penMemory } from '../locks/pen.ts';
import { Versions, versionMemory } from '../locks/versions.ts';
import { HELLO_POINTS } from '../protocol/layout.ts';
import type { Settings } from '../settings.ts';
import { FIRST_SEGMENT } from '../store/news.ts';
import { snapshotMemory, Written } from '../store/snapshot.ts';
import { openStore } from '../store/sqlite.ts';
import type { Store } from '../store/store.ts';
import { loadStoreKey } from '../store/store-key.ts';
import { ApplicationBoard, TokenBoard } from '../token/board.ts';
import { ID_RANGES } from '../token/handles.ts';
import type { PointForm } from '../token/point-form.ts';
import { Auditor } from './auditor.ts';
import { Authority } from './authority.ts';
import { poolGivesWay } from './background.ts';
import { changed, executable, ring } from './channel.ts';
import { Connections, type Peer } from './connections.ts';
import { Crew } from './crew.ts';
import { toFailure } from './failure.ts';
import type { Log } from './log.ts';
import type { Ask, Note } from './mail.ts';
import { stages, traceCalls } from './trace.ts';

const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as { version: string };

export const SOCKET = 'engine.sock';

export interface EngineOptions {
  readonly settings: Settings;
  /** Leaves when no application has been there for settings.idle_seconds. */
  readonly onDemand: boolean;
  readonly log: Log;
  /** As many as settings.workers says (threads.ts). */
  readonly threads: readonly Worker[];
}

/** Seconds that an engine on demand waits for its first application at least. */
const FIRST_APPLICATION = 5;

/** Objects that somebody had to wait for: as many as a person reads. */
const CONTENDED_SHOWN = 20;

const pointFormsOf = (table: Settings['tokens' | 'applications']): ReadonlyMap<string, PointForm> =>
  new Map(Object.entries(table).map(([name, own]) => [name, own.ec_point_form]));

interface Served {
  readonly peer: Peer;
  readonly board: ApplicationBoard;
}

export class Engine {
  readonly #options: EngineOptions;
  readonly #store: Store;
  readonly #board = new TokenBoard();
  readonly #applications = new Map<number, Served>();
  readonly #boards = new Map<number, ApplicationBoard>();
  /** By the path of the executable. */
  readonly #pointForms: ReadonlyMap<string, PointForm>;
  readonly #crew: Crew;
  readonly #authority: Authority;
  readonly #connections: Connections;
  readonly #auditor: Auditor;
  readonly #locks: ObjectLocks;
  readonly #contention = new Contention();
  readonly #started = Date.now();
  readonly #ended = Promise.withResolvers<number>();
  readonly #ready = Promise.withResolvers<void>();
  #idle: NodeJS.Timeout | undefined;
  #idleSince = Date.now();
  #hadApplication = false;

  constructor(options: EngineOptions) {
    this.#options = options;
    const { home, workers, legacy, trace } = options.settings;
    if (trace) traceCalls();
    const pointForms = { usual: options.settings.ec_point_form, tokens: pointFormsOf(options.settings.tokens) };
    this.#pointForms = pointFormsOf(options.settings.applications);
    const pen = penMemory();
    const snapshot = snapshotMemory();
    this.#store = openStore(`${home}/store.db`, { pen: new Pen(pen), written: new Written(snapshot, () => this.#crew.ringAll()) });
    const storeKey = loadStoreKey(`${home}/store.key`, this.#store.tokens().length === 0);
    const versions = versionMemory();
    // The supervisor is the last of the threads that have locks.
    const locks = lockMemory(options.threads.length + 1);
    this.#locks = new ObjectLocks(locks, options.threads.length, { ring, contended: (place) => this.#contention.count(place) });
    const sessionKey = new Uint8Array(randomBytes(32));
    this.#crew = new Crew(
      options.threads,
      this.#board,
      (worker, note) => this.#hear(worker, note),
      (worker, error) => this.#fail(worker, error),
    );
    // From anywhere, as session handles: session objects of an engine that died lead nowhere.
    this.#board.startIds(randomInt(ID_RANGES));
    const news = options.threads.map(() => new SharedArrayBuffer(FIRST_SEGMENT));
    this.#crew.begin({
      home,
      legacy,
      trace,
      pointForms,
      storeKey,
      sessionKey,
      board: this.#board.buffer,
      versions,
      locks,
      pen,
      snapshot,
      news,
    });
    this.#authority = new Authority({
      store: this.#store,
      board: this.#board,
      versions: new Versions(versions),
      locks: this.#locks,
      applications: this.#boards,
      storeKey,
      tellAll: (mail) => this.#crew.tellAll(mail),
      tell: (worker, mail) => this.#crew.tell(worker, mail),
    });
    this.#auditor = new Auditor(options.log);
    this.#connections = new Connections({
      workers,
      arrived: (region, peer, points) => this.#arrived(region, peer, points),
      leaving: (region) => this.#auditor.leaving(region),
      left: (region) => this.#left(region),
      forgetting: (region) => this.#auditor.forgetting(region),
      control: (request) => this.#control(request),
      log: options.log,
    });
  }

  /**
   * Listens once a worker is ready: what one can load all can. A call that comes before its own worker waits in its lane, and ends with the
   * engine if that worker dies after all, as of any other death.
   * @param listening a descriptor that listens already (systemd's).
   */
  async start(listening?: number): Promise<void> {
    await Promise.race([this.#ready.promise, this.#ended.promise.then(() => Promise.reject(new Error('a worker could not start')))]);
    // The lock file is held: a socket that lies there is an engine's that died.
    if (listening === undefined) rmSync(SOCKET, { force: true });
    await this.#connections.listen(listening === undefined ? SOCKET : { fd: listening });
    this.#waitForIdle();
    void poolGivesWay();
    this.#options.log('info', `serves with ${this.#crew.count} workers`);
  }

  /** Fulfilled with the exit status once the engine is to end. */
  get ended(): Promise<number> {
    return this.#ended.promise;
  }

  end(status = 0): void {
    this.#ended.resolve(status);
  }

  async stop(): Promise<void> {
    clearTimeout(this.#idle);
    this.#auditor.stop();
    this.#connections.close();
    rmSync(SOCKET, { force: true });
    await this.#crew.stop();
    this.#store.close();
  }

  #fail(worker: number, error: unknown): void {
    this.#locks.releaseAll(worker);
    this.#options.log('error', `a worker died: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
    this.end(1);
  }

  #hear(worker: number, note: Note): void {
    if ('ask' in note) void this.#ask(worker, note);
    else if (note.note === 'ready') this.#ready.resolve();
    else if (note.note === 'room') this.#crew.giveRoom(worker, note.bytes);
    else if (note.note === 'altered') this.#authority.altered(note.id, note.isDone);
    else if (note.note === 'refused') {
      this.#options.log('warn', `application ${this.#applications.get(note.application)?.peer.pid} sent what is no call; it is dropped`);
      this.#connections.drop(note.application);
    } else if (note.note === 'contended') this.#contended(worker, note);
    else if (note.note === 'bug') this.#options.log('error', `a bug: ${note.text}`);
  }

  /** A worker may sleep for longer than anybody is to wait: its clock is here. */
  #contended(worker: number, { place, ticket }: Extract<Note, { note: 'contended' }>): void {
    this.#contention.count(place);
    if (ticket === undefined) return;
    const late = () => this.#locks.has(worker, ticket) && this.#crew.tell(worker, { mail: 'late', ticket });
    setTimeout(late, PATIENCE).unref();
  }

  async #ask(worker: number, { ask, id, args }: Ask): Promise<void> {
    try {
      const act = this.#authority[ask] as (...given: unknown[]) => Promise<unknown>;
      const value = await act.apply(this.#authority, args).finally(changed);
      this.#crew.tell(worker, { mail: 'answer', id, value });
    } catch (error) {
      // Carried to the worker that asked; its dispatcher judges it.
      this.#crew.tell(worker, { mail: 'failure', id, failure: toFailure(error) });
    }
  }

  #arrived(region: number, peer: Peer, points: number): void {
    this.#hadApplication = true;
    clearTimeout(this.#idle);
    const board = new ApplicationBoard();
    board.clearEvents(this.#board);
    this.#applications.set(region, { peer, board });
    this.#boards.set(region, board);
    this.#auditor.arrived(region, peer);
    this.#options.log('info', `application ${peer.pid} of user ${peer.uid} has come`);
    this.#crew.tellAll({ mail: 'attach', application: region, board: board.buffer, pointForm: this.#pointForm(peer, points) });
  }

  /** Its own environment goes before its executable; undefined: it is nobody in particular. */
  #pointForm({ pid }: Peer, points: number): PointForm | undefined {
    if (points === HELLO_POINTS.STANDARD) return 'standard';
    if (points === HELLO_POINTS.OCTET_STRING) return 'octet-string';
    return this.#pointForms.size === 0 ? undefined : this.#pointForms.get(executable(pid) ?? '');
  }

  #left(region: number): void {
    this.#options.log('info', `application ${this.#applications.get(region)?.peer.pid} has gone`);
    this.#applications.delete(region);
    this.#boards.delete(region);
    this.#crew.tellAll({ mail: 'gone', application: region });
    this.#authority.applicationGone(this.#store.tokens().map(({ slot }) => slot));
    this.#waitForIdle();
  }

  /** Whoever started it must have time to come in. */
  get #idleSeconds(): number {
    const { idle_seconds } = this.#options.settings;
    return this.#hadApplication ? idle_seconds : Math.max(idle_seconds, FIRST_APPLICATION);
  }

  #waitForIdle(): void {
    if (!this.#options.onDemand || this.#connections.count > 0) return;
    this.#idleSince = Date.now();
    clearTimeout(this.#idle);
    this.#idle = setTimeout(() => this.end(), this.#idleSeconds * 1000);
  }

  async #control(text: string): Promise<string> {
    try {
      return JSON.stringify(await this.#answer(JSON.parse(text) as Record<string, unknown>));
    } catch (error) {
      // A command asked; it gets the sentence.
      return JSON.stringify({ error: error instanceof Error ? error.message : String(error) });
    }
  }

  async #answer(request: Record<string, unknown>): Promise<unknown> {
    switch (request.request) {
      case 'status':
        return this.#status();
      case 'audit':
        return { applications: this.#auditor.live() };
      case 'stop':
        setImmediate(() => this.end());
        return { stopping: true };
      case 'delete-token':
        await this.#authority.deleteToken(Number(request.slot)).finally(changed);
        return { deleted: true };
      default:
        return { error: 'no such request' };
    }
  }

  #status() {
    const slots = this.#store.tokens().map(({ slot }) => slot);
    const { settings, onDemand } = this.#options;
    const isIdle = onDemand && this.#connections.count === 0;
    return {
      pid: process.pid,
      version,
      uptime: Math.round((Date.now() - this.#started) / 1000),
      home: settings.home,
      workers: settings.workers,
      applications: [...this.#applications].map(([region, { peer, board }]) => ({
        ...peer,
        breaches: this.#auditor.counts(region),
        sessions: slots.reduce((sum, slot) => sum + board.state(slot).sessions, 0),
      })),
      tokens: slots.length,
      stages: stages(),
      contended: this.#contention.most(CONTENDED_SHOWN),
      idle_seconds_left: isIdle ? Math.max(0, this.#idleSeconds - Math.round((Date.now() - this.#idleSince) / 1000)) : null,
    };
  }
}
