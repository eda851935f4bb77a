// An application as a test plays it: it reads and writes its region through the memory's descriptor, so it can also do what none should.

import { closeSync, fstatSync, openSync, readdirSync, readFileSync, readlinkSync, readSync, writeSync } from 'node:fs';
import { LANE_DATA, LANE_STATE } from '../../../src/protocol/layout.ts';

const header = readFileSync(new URL('../../../native/shared/layout.h', import.meta.url), 'utf8');
const number = (pattern: RegExp): number => Number(header.match(pattern)![1]);
const at = (struct: string, field: string): number => number(new RegExp(`offsetof\\(struct ${struct}, ${field}\\) == (\\d+)`));
const sizeOf = (struct: string): number => number(new RegExp(`sizeof\\(struct ${struct}\\) == (\\d+)`));

export const HEADER = {
  magic: at('header', 'magic'),
  version: at('header', 'version'),
  tables: at('header', 'tables'),
  workers: at('header', 'workers'),
  detached: at('header', 'detached'),
  audit: at('header', 'audit'),
  traced: at('header', 'traced'),
  breaches: at('header', 'breaches'),
} as const;
export const FINDINGS_START = at('region', 'findings');
export const ORPHANS = { calls: at('tally', 'calls'), closed: at('tally', 'closed'), findings: at('orphans', 'findings') } as const;
export const FINDING = {
  size: sizeOf('finding'),
  pair: at('finding', 'pair'),
  ready: at('finding', 'ready'),
  count: at('finding', 'count'),
  first_thread: at('finding', 'first_thread'),
  second_process: at('finding', 'second_process'),
  second_name: at('finding', 'second_name'),
} as const;
const BELLS = at('region', 'bells');
const ASLEEP = at('bell', 'asleep');
const SESSIONS = at('bell', 'sessions');
const LANES_START = at('region', 'lanes');
const DATA = at('region', 'data');
const LANE = { state: at('lane', 'state'), length: at('lane', 'length'), more: at('lane', 'more') } as const;

/** What the library tells of a call's course, where the engine wants to know. */
const TIMES = ['began', 'marshalled', 'ended', 'rung', 'seen', 'done'] as const;

/** A lane's fields as the application says them; what is left out is as the protocol wants it. */
export interface Posting {
  readonly state?: number;
  readonly length?: number;
  readonly more?: number;
}

const open = (fd: string): string => {
  try {
    return readlinkSync(`/proc/self/fd/${fd}`);
  } catch {
    return ''; // the listing's own descriptor is closed by now
  }
};

const descriptorsOf = (memory: string): string[] => readdirSync('/proc/self/fd').filter((fd) => open(fd).startsWith(`/memfd:${memory}`));

/** Descriptors of regions that this process has open. */
export const regionDescriptors = (): string[] => descriptorsOf('strongroom');

/** Those of the pages that are beside them. */
export const orphansDescriptors = (): string[] => descriptorsOf('orphans');

/** Regions that this process has mapped. */
export const mappedRegions = (): number => readFileSync('/proc/self/maps', 'utf8').split('/memfd:strongroom').length - 1;

export class Application implements Disposable {
  readonly fd: number;

  /** The application of the region (or of a child, with its page) that was created last, and whose descriptor was not sent yet. */
  constructor(known: readonly string[], descriptors = regionDescriptors) {
    const fresh = descriptors().filter((fd) => !known.includes(fd));
    this.fd = openSync(`/proc/self/fd/${fresh[0]}`, 'r+');
  }

  get size(): number {
    return fstatSync(this.fd).size;
  }

  read(position: number, length: number): Buffer {
    const bytes = Buffer.alloc(length);
    readSync(this.fd, bytes, 0, length, position);
    return bytes;
  }

  write(position: number, bytes: Uint8Array): void {
    writeSync(this.fd, bytes, 0, bytes.length, position);
  }

  word(position: number): number {
    return this.read(position, 4).readUInt32LE();
  }

  setWord(position: number, value: number): void {
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32LE(value);
    writeSync(this.fd, bytes, 0, 4, position);
  }

  /** Writes a fragment into a lane, without telling a worker. */
  put(lane: number, bytes: Uint8Array, posting: Posting = {}): void {
    writeSync(this.fd, bytes, 0, bytes.length, DATA + lane * LANE_DATA);
    const fields = LANES_START + lane * sizeOf('lane');
    this.setWord(fields + LANE.length, posting.length ?? bytes.length);
    this.setWord(fields + LANE.more, posting.more ?? 0);
    this.setWord(fields + LANE.state, posting.state ?? LANE_STATE.POSTED);
  }

  tell(lane: number, times: Partial<Record<(typeof TIMES)[number], number>>): void {
    for (const [name, time] of Object.entries(times)) {
      const bytes = Buffer.alloc(8);
      bytes.writeBigUInt64LE(BigInt(time));
      this.write(LANES_START + lane * sizeOf('lane') + at('lane', name), bytes);
    }
  }

  /** Sets lanes' bits in a worker's pending word, beside those that stand there. */
  pend(worker: number, ...lanes: number[]): void {
    const position = BELLS + worker * sizeOf('bell');
    const bits = lanes.reduce((all, lane) => all | (1n << BigInt(lane)), this.read(position, 8).readBigUInt64LE());
    const bytes = Buffer.alloc(8);
    bytes.writeBigUInt64LE(bits);
    writeSync(this.fd, bytes, 0, 8, position);
  }

  post(worker: number, lane: number, bytes: Uint8Array, posting: Posting = {}): void {
    this.put(lane, bytes, posting);
    this.pend(worker, lane);
  }

  isAsleep(worker: number): boolean {
    return this.word(BELLS + worker * sizeOf('bell') + ASLEEP) === 1;
  }

  sessions(worker: number): number {
    return this.word(BELLS + worker * sizeOf('bell') + SESSIONS);
  }

  state(lane: number): number {
    return this.word(LANES_START + lane * sizeOf('lane') + LANE.state);
  }

  /** The fragment of a reply that lies in a lane. */
  reply(lane: number): { bytes: Buffer; more: number } {
    const fields = LANES_START + lane * sizeOf('lane');
    const length = this.word(fields + LANE.length);
    return { bytes: this.read(DATA + lane * LANE_DATA, length), more: this.word(fields + LANE.more) };
  }

  [Symbol.dispose](): void {
    closeSync(this.fd);
  }
}
