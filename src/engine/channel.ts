// The typed face of the addon's channel: regions, lanes, credentials, waking. Memory that an application shares with the
// engine is touched in native/addon alone; what arrives here is a copy. docs/wire.md tells the protocol.

import { createRequire } from 'node:module';
import { isMainThread } from 'node:worker_threads';

/** What `turn` answers instead of a frame's length. */
export const TURN = { MAIL: -1, REFUSED: -2, NONE: -3 } as const;

/** Places of the Float64Array that is given to a desk; it writes there whose frame `turn` returned, or whom it refuses. */
export const CALL = { TICKET: 0, REGION: 1 } as const;
export const CALL_SIZE = 2;

/** One worker's place at the lanes of every region it serves. It belongs to one thread. */
export interface Desk {
  /** false: the region is gone already. */
  attach(region: number): boolean;
  /** Forgets the region and every ticket of it. */
  release(region: number): void;
  /** Tells the application how many of its sessions live here: its library spreads them by it. */
  sessions(region: number, count: number): void;
  /**
   * Publishes `replyLength` bytes of the reply buffer as the current call's answer (negative: there is none, or it comes later
   * by `answer`), then waits for the next frame: its length, with its bytes in the request buffer (until the next turn) and its
   * ticket and region in the call array. TURN.MAIL: the worker's doorbell was rung. TURN.REFUSED: the application of that region broke the
   * protocol; the desk serves it no more, the supervisor is to detach it. Blocks the thread; what is to end it rings first.
   * TURN.NONE: there is nothing now, and it is not to be waited for.
   */
  turn(replyLength: number, waits?: boolean): number;
  /** The current frame, where `turn` returned more than the request buffer holds. Zeroed and detached once its call is answered. */
  large(): ArrayBuffer;
  /** Answers a call by its ticket: late, or because the reply is larger than the reply buffer. A stale ticket is ignored. */
  answer(ticket: number, bytes: Uint8Array): void;
}

/** One of two calls that met; `session` 0: without one, `thread` 0: nobody knows, `process` 0: the application's own. */
export interface Caller {
  readonly thread: number;
  readonly name: Uint8Array;
  readonly function: number;
  readonly session: number;
  readonly process: number;
}

interface Found {
  readonly breach: number;
  readonly count: number;
  readonly first: Caller;
  readonly second: Caller;
}

/** See docs/wire.md; numbers as in layout.ts and breaches.ts. */
export interface Conduct {
  readonly initCase: number;
  readonly primitive: number;
  readonly audit: number;
  /** From B1 on. */
  readonly counts: readonly number[];
  readonly findings: readonly Found[];
}

/** What forked children noted, which the application's region is not there for. */
export interface Orphans {
  readonly calls: number;
  readonly findings: readonly Found[];
}

/** How long one stage of a function's calls took, in nanoseconds. */
interface StageTimes {
  readonly p50: number;
  readonly p99: number;
  readonly mean: number;
}

interface Channel {
  /** Bytes of a region, as the welcome tells them to the application. */
  readonly regionSize: number;
  /** The process at the other end of a Unix socket (SO_PEERCRED); null: the kernel does not say. */
  peerCredentials(fd: number): { pid: number; uid: number; gid: number } | null;
  /** The path of what a process runs; null: it is not to be known. Node's own readlink() is not allowed to look there. */
  executable(pid: number): string | null;
  /** A sealed region, and a page for its orphans; `tables` is the protocol tables' hash. 0: no memory or no descriptor for one. */
  createRegion(workers: number, tables: number): number;
  /** Sends the message with the descriptors of the region and of its orphans, and closes ours. false: the peer is gone; detach the region. */
  sendRegion(socket: number, message: Uint8Array, region: number): boolean;
  /** Gives the application up and wakes its threads. The memory goes when the last desk has released it. */
  detachRegion(region: number): void;
  /** Rings a worker's doorbell: its `turn` returns TURN.MAIL, now or next time. From any thread. */
  ring(worker: number): void;
  /** From now on no `turn` of this process waits; each answers TURN.MAIL. */
  dismiss(): void;
  /** Tells every application's library that a C_SignInit may end otherwise than before. Before the change is answered. */
  changed(): void;
  /** For the process, before it has regions: from now on the stages of calls are timed. */
  startTrace(): void;
  /** Notes the time for the call that this thread is at; nothing where there is no trace. */
  mark(at: number): void;
  /** By functions' numbers; the stages as trace.ts names them. */
  traced(): readonly { readonly function: number; readonly calls: number; readonly stages: readonly StageTimes[] }[];
  /** What the application's library noted of how the application behaves; whatever the application likes, if it is hostile. */
  conduct(region: number): Conduct | null;
  /** As `conduct`, of its children; until it is told to forget them, be the region there or not. */
  orphans(region: number): Orphans | null;
  forgetOrphans(region: number): void;
  /** Ends the process at once (_exit): Node's own exit waits for the thread pool, and a key generation there may take minutes. */
  leave(status: number): never;
  /** Whose folder it is and what others may do there; null: there is none. Node's own stat() is refused where another allowed path begins alike. */
  folder(path: string): { mode: number; uid: number } | null;
  /** The threads of libuv's pool, by the numbers that the kernel knows them by; none before it was used. */
  poolThreads(): number[];
  /** Makes a thread so many steps nicer than the calling one is; 0: that one itself. false: a sandbox forbids it. */
  giveWay(thread: number, steps: number): boolean;
  /** Locks an open file for this process (flock): Node has no call for it. false: another process holds it. */
  lockFile(fd: number): boolean;
  /** The two buffers must never be transferred or resized; the addon keeps their addresses. */
  readonly Desk: new (
    worker: number,
    request: ArrayBuffer,
    reply: ArrayBuffer,
    call: Float64Array,
  ) => Desk;
}

const addon = createRequire(import.meta.url)('../../build/Release/channel.node') as Channel;

// A process that ends waits for its threads, and one asleep in `turn` would never come.
if (isMainThread) process.once('exit', addon.dismiss);

export const {
  regionSize,
  peerCredentials,
  executable,
  createRegion,
  sendRegion,
  detachRegion,
  ring,
  changed,
  conduct,
  orphans,
  forgetOrphans,
  mark,
  startTrace,
  traced,
  folder,
  poolThreads,
  giveWay,
  lockFile,
  leave,
  Desk,
} = addon;

/** Each worker's turn ends soon. */
export function ringAll(workers: number): void {
  for (let worker = 0; worker < workers; worker++) addon.ring(worker);
}
