// The socket in the store's folder: applications say hello there and get their region, commands ask their questions. See docs/wire.md.

import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { TABLES } from '../protocol/hash.ts';
import { HELLO_MAGIC, HELLO_SIZE, HELLO_STATUS, WELCOME_MAGIC, WELCOME_SIZE, WIRE_VERSION } from '../protocol/layout.ts';
import { createRegion, detachRegion, forgetOrphans, peerCredentials, regionSize, sendRegion } from './channel.ts';
import type { Log } from './log.ts';

export interface Peer {
  readonly pid: number;
  readonly uid: number;
}

export interface Callbacks {
  readonly workers: number;
  /** A new application, before it is told so. `points`: HELLO_POINTS. */
  readonly arrived: (region: number, peer: Peer, points: number) => void;
  /** Before its region is detached. */
  readonly leaving: (region: number) => void;
  readonly left: (region: number) => void;
  /** After that: no child of it is there any more, and what they noted is about to go. */
  readonly forgetting: (region: number) => void;
  /** One line of a command, and its answer. */
  readonly control: (request: string) => Promise<string>;
  readonly log: Log;
}

/** Milliseconds within which a connection must have said what it is. */
const HELLO_DEADLINE = 5000;
/** Milliseconds between two looks whether the applications' processes are alive. */
const WATCH = 5000;
const REQUEST_MOST = 65_536;
const OPEN_BRACE = '{'.charCodeAt(0);

export class Connections {
  readonly #server: Server;
  readonly #callbacks: Callbacks;
  readonly #sockets = new Set<Socket>();
  readonly #applications = new Map<number, { readonly socket: Socket; readonly pid: number }>();
  #watch: NodeJS.Timeout | undefined;

  constructor(callbacks: Callbacks) {
    this.#callbacks = callbacks;
    this.#server = createServer((socket) => this.#accept(socket));
  }

  /** @param place a path, or the descriptor of a socket that listens already (systemd). */
  async listen(place: string | { fd: number }): Promise<void> {
    this.#server.listen(place);
    await once(this.#server, 'listening');
    this.#watch = setInterval(() => this.#retireDead(), WATCH).unref();
  }

  get count(): number {
    return this.#applications.size;
  }

  /** Gives an application and its children up: its calls in flight end with CKR_DEVICE_ERROR. */
  drop(region: number): void {
    this.#applications.get(region)?.socket.destroy();
  }

  /**
   * A child that was forked and never loaded anything anew keeps its parent's socket open: the parent's death is then seen by its
   * number alone. (A number that was taken again by another process keeps the region until the socket closes.)
   */
  #retireDead(): void {
    for (const [region, { pid }] of this.#applications) if (pid > 0 && !isAlive(pid)) this.#retire(region);
  }

  /** It has finalised or died; while it has children its socket is open. */
  #retire(region: number): void {
    if (!this.#applications.delete(region)) return;
    this.#detach(region);
    this.#callbacks.left(region);
  }

  close(): void {
    clearInterval(this.#watch);
    this.#server.close();
    for (const region of this.#applications.keys()) this.#detach(region);
    for (const socket of this.#sockets) socket.destroy();
  }

  #detach(region: number): void {
    this.#callbacks.leaving(region);
    detachRegion(region);
  }

  #accept(socket: Socket): void {
    this.#sockets.add(socket);
    socket.setTimeout(HELLO_DEADLINE, () => socket.destroy());
    socket.on('error', () => socket.destroy());
    socket.on('close', () => this.#sockets.delete(socket));
    const peer = peerCredentials(descriptorOf(socket));
    // The folder's permissions keep others out already; this is the second lock on the door.
    if (peer === null || (peer.uid !== process.geteuid?.() && peer.uid !== 0)) {
      socket.end(welcome(HELLO_STATUS.CREDENTIALS, 0));
      return;
    }
    let received: Buffer = Buffer.alloc(0);
    const hear = (part: Buffer): void => {
      received = Buffer.concat([received, part]);
      if (received[0] === OPEN_BRACE) received = this.#control(socket, received);
      else if (received.length >= HELLO_SIZE) {
        socket.off('data', hear);
        this.#hello(socket, received, peer);
      }
    };
    socket.on('data', hear);
  }

  #hello(socket: Socket, hello: Buffer, peer: Peer): void {
    const [magic, version, tables] = [hello.readUInt32LE(0), hello.readUInt32LE(4), hello.readUInt32LE(8)];
    if (magic !== HELLO_MAGIC || version !== WIRE_VERSION || tables !== TABLES) {
      this.#callbacks.log('warn', `process ${peer.pid} loads a library of another build; install library and engine together`);
      socket.end(welcome(HELLO_STATUS.VERSION, 0));
      return;
    }
    const region = createRegion(this.#callbacks.workers, TABLES);
    if (region === 0) {
      socket.end(welcome(HELLO_STATUS.FULL, 0));
      return;
    }
    socket.setTimeout(0);
    this.#callbacks.arrived(region, peer, hello.readUInt32LE(12));
    this.#applications.set(region, { socket, pid: peer.pid });
    socket.on('close', () => {
      this.#retire(region);
      this.#callbacks.forgetting(region);
      forgetOrphans(region);
    });
    // Whatever an application says after its hello is its farewell.
    socket.on('data', () => this.#retire(region));
    if (!sendRegion(descriptorOf(socket), welcome(HELLO_STATUS.OK, regionSize), region)) socket.destroy();
  }

  #control(socket: Socket, received: Buffer): Buffer {
    const end = received.indexOf('\n');
    if (end < 0) {
      if (received.length > REQUEST_MOST) socket.destroy();
      return received;
    }
    void this.#callbacks.control(received.subarray(0, end).toString()).then((answer) => {
      if (!socket.destroyed) socket.end(`${answer}\n`);
    });
    return Buffer.alloc(0);
  }
}

/** Signal 0 asks whether the process is there. EPERM: it is, and it is somebody else's. */
function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}

function welcome(status: number, size: number): Buffer {
  const message = Buffer.alloc(WELCOME_SIZE);
  message.writeUInt32LE(WELCOME_MAGIC, 0);
  message.writeUInt32LE(status, 4);
  message.writeBigUInt64LE(BigInt(size), 8);
  return message;
}

/** Node tells a socket's descriptor nowhere in its documented interface; credentials and descriptor passing need it. */
const descriptorOf = (socket: Socket): number => (socket as unknown as { _handle: { fd: number } })._handle.fd;
