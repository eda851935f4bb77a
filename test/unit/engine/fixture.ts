// Regions with an application each, and a desk that serves them, in the test's own thread: a turn returns at once if something is pending.

import { afterEach } from 'vitest';
import { CALL, CALL_SIZE, createRegion, Desk, detachRegion, forgetOrphans, ring, sendRegion } from '../../../src/engine/channel.ts';
import { LANE_DATA, WORKERS } from '../../../src/protocol/layout.ts';
import { Application, orphansDescriptors, regionDescriptors } from './application.ts';

export const WORKER = 3;
export const TABLES = 0x1234_5678;
export const BUFFER = 2 * LANE_DATA;
export const NOTHING = -1;

interface Made {
  readonly id: number;
  readonly application: Application;
  /** As a forked child has it: of the two it keeps the page alone. */
  readonly child: Application;
}

const made: Made[] = [];

/** A region with the application that it is for. */
export function region(): Made {
  const [known, pages] = [regionDescriptors(), orphansDescriptors()];
  const id = createRegion(WORKERS, TABLES);
  const application = new Application(known);
  const child = new Application(pages, orphansDescriptors);
  // No socket: the message cannot be sent, and the engine's descriptor is closed all the same.
  sendRegion(-1, new Uint8Array(1), id);
  const it = { id, application, child };
  made.push(it);
  return it;
}

export function desk(...regions: number[]) {
  const request = new ArrayBuffer(BUFFER);
  const reply = new ArrayBuffer(BUFFER);
  const call = new Float64Array(CALL_SIZE);
  const it = new Desk(WORKER, request, reply, call);
  for (const id of regions) it.attach(id);
  return {
    desk: it,
    call,
    request: Buffer.from(request),
    reply: Buffer.from(reply),
    /** The next frame's bytes; the call in hand is left without an answer. */
    next: () => Buffer.from(request, 0, it.turn(NOTHING)).toString(),
    /** Answers the call in hand, and rings, so that the turn ends. */
    answer: (bytes: Uint8Array) => {
      Buffer.from(reply).set(bytes);
      ring(WORKER);
      return it.turn(bytes.length);
    },
    /** Takes the next frame and answers it with nothing. */
    pass: () => {
      it.turn(NOTHING);
      it.answer(call[CALL.TICKET]!, new Uint8Array(0));
    },
  };
}

export const text = (letters: string) => Buffer.from(letters);

afterEach(() => {
  for (const { id, application, child } of made.splice(0)) {
    detachRegion(id);
    forgetOrphans(id);
    application[Symbol.dispose]();
    child[Symbol.dispose]();
  }
});
