import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { ftruncateSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import {
  CALL,
  CALL_SIZE,
  createRegion,
  Desk,
  detachRegion,
  peerCredentials,
  regionSize,
  ring,
  sendRegion,
  TURN,
} from '../../../src/engine/channel.ts';
import { FRAME_MAX, LANE_DATA, LANE_STATE, LANES, REGION_MAGIC, WIRE_VERSION, WORKERS } from '../../../src/protocol/layout.ts';
import { Application, HEADER, mappedRegions, regionDescriptors } from './application.ts';

const WORKER = 3;
const TABLES = 0x1234_5678;
const BUFFER = 2 * LANE_DATA;
const NOTHING = -1;

const made: { id: number; application: Application }[] = [];

/** A region with the application that it is for. */
function region(): { id: number; application: Application } {
  const known = regionDescriptors();
  const id = createRegion(WORKERS, TABLES);
  const application = new Application(known);
  // No socket: the message cannot be sent, and the engine's descriptor is closed all the same.
  sendRegion(-1, new Uint8Array(1), id);
  made.push({ id, application });
  return { id, application };
}

function desk(...regions: number[]) {
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

const text = (letters: string) => Buffer.from(letters);

afterEach(() => {
  for (const { id, application } of made.splice(0)) {
    detachRegion(id);
    application[Symbol.dispose]();
  }
});

describe('a region', () => {
  it('begins with magic, version, tables and workers', () => {
    const { application } = region();
    expect(application.read(HEADER.magic, 8).readBigUInt64LE()).toBe(REGION_MAGIC);
    expect(application.word(HEADER.version)).toBe(WIRE_VERSION);
    expect(application.word(HEADER.tables)).toBe(TABLES);
    expect(application.word(HEADER.workers)).toBe(WORKERS);
    expect(application.word(HEADER.detached)).toBe(0);
    expect(application.size).toBe(regionSize);
  });

  it('cannot be made shorter or longer by the application', () => {
    const { application } = region();
    expect(() => ftruncateSync(application.fd, 0)).toThrow('EPERM');
    expect(() => ftruncateSync(application.fd, regionSize + 4096)).toThrow('EPERM');
  });

  it('tells its application that it was detached, and is attached by no desk afterwards', () => {
    const { id, application } = region();
    detachRegion(id);
    expect(application.word(HEADER.detached)).toBe(1);
    expect(desk().desk.attach(id)).toBe(false);
  });

  it('stays mapped until the last desk has released it', () => {
    const before = mappedRegions();
    const { id } = region();
    const [one, other] = [desk(id), desk(id)];
    detachRegion(id);
    one.desk.release(id);
    expect(mappedRegions()).toBe(before + 1);
    other.desk.release(id);
    expect(mappedRegions()).toBe(before);
  });
});

describe('a socket', () => {
  async function pair(use: (served: Socket, client: Socket) => Promise<void>): Promise<void> {
    const folder = mkdtempSync(join(tmpdir(), 'strongroom-channel-'));
    const server = createServer().listen(join(folder, 'socket'));
    await once(server, 'listening');
    const client = connect(join(folder, 'socket'));
    const [served] = (await once(server, 'connection')) as [Socket];
    await use(served, client);
    client.destroy();
    served.destroy();
    server.close();
    rmSync(folder, { recursive: true });
  }
  const descriptorOf = (socket: Socket) => (socket as unknown as { _handle: { fd: number } })._handle.fd;

  it('tells who is at its other end', () =>
    pair(async (served) => {
      expect(peerCredentials(descriptorOf(served))).toEqual({ pid: process.pid, uid: process.getuid!(), gid: process.getgid!() });
    }));

  it('tells nothing where there is none', () => {
    expect(peerCredentials(-1)).toBeNull();
  });

  it('carries the message with the descriptor, which the engine keeps no longer', () =>
    pair(async (served, client) => {
      const id = createRegion(1, TABLES);
      expect(regionDescriptors()).toHaveLength(1);
      expect(sendRegion(descriptorOf(served), text('welcome'), id)).toBe(true);
      expect(String((await once(client, 'data'))[0])).toBe('welcome');
      expect(regionDescriptors()).toHaveLength(0);
      expect(sendRegion(descriptorOf(served), text('again'), id)).toBe(false);
      detachRegion(id);
    }));
});

describe('a turn', () => {
  it('gives a posted frame with its region and a ticket of its own', () => {
    const { id, application } = region();
    const { desk: it, call, request, next } = desk(id);
    application.post(WORKER, 5, text('first'));
    expect(it.turn(NOTHING)).toBe(5);
    expect(request.subarray(0, 5).toString()).toBe('first');
    expect(call[CALL.REGION]).toBe(id);
    const ticket = call[CALL.TICKET];
    application.post(WORKER, 63, text('second'));
    expect(next()).toBe('second');
    expect(call[CALL.TICKET]).not.toBe(ticket);
  });

  it('publishes the reply in the lane that asked', () => {
    const { id, application } = region();
    const { next, answer } = desk(id);
    application.post(WORKER, 7, text('question'), { state: LANE_STATE.SLEEPING });
    next();
    expect(answer(text('answer'))).toBe(TURN.MAIL);
    expect(application.state(7)).toBe(LANE_STATE.ANSWERED);
    expect(application.reply(7)).toEqual({ bytes: text('answer'), more: 0 });
  });

  it('leaves neither the request nor the reply in its buffers', () => {
    const { id, application } = region();
    const { next, answer, request, reply } = desk(id);
    application.post(WORKER, 0, text('a PIN, perhaps'));
    next();
    answer(text('a decrypted secret'));
    expect(request.every((byte) => byte === 0)).toBe(true);
    expect(reply.every((byte) => byte === 0)).toBe(true);
  });

  it('does not see what was posted to another worker', () => {
    const { id, application } = region();
    const { desk: it } = desk(id);
    application.post(WORKER + 1, 0, text('not for you'));
    ring(WORKER);
    expect(it.turn(NOTHING)).toBe(TURN.MAIL);
    expect(application.state(0)).toBe(LANE_STATE.POSTED);
  });

  it('puts mail before frames, once for however many rings', () => {
    const { id, application } = region();
    const { desk: it } = desk(id);
    application.post(WORKER, 0, text('frame'));
    ring(WORKER);
    ring(WORKER);
    expect(it.turn(NOTHING)).toBe(TURN.MAIL);
    expect(it.turn(NOTHING)).toBe(5);
  });

  it('takes one lane of each region in turn', () => {
    const [busy, quiet] = [region(), region()];
    const { next } = desk(busy.id, quiet.id);
    for (const lane of [1, 2, 3]) busy.application.post(WORKER, lane, text(`busy ${lane}`));
    quiet.application.post(WORKER, 9, text('quiet'));
    expect([next(), next(), next(), next()]).toEqual(['busy 1', 'quiet', 'busy 2', 'busy 3']);
  });

  it('refuses a reply that its buffer cannot hold', () => {
    expect(() => desk().desk.turn(BUFFER + 1)).toThrow(RangeError);
  });
});

describe('a late answer', () => {
  it('reaches its lane while another call is in hand', () => {
    const { id, application } = region();
    const { desk: it, call, next } = desk(id);
    application.post(WORKER, 1, text('slow'));
    next();
    const slow = call[CALL.TICKET]!;
    application.post(WORKER, 2, text('quick'));
    next();
    it.answer(slow, text('done at last'));
    expect(application.reply(1).bytes).toEqual(text('done at last'));
    expect(application.state(2)).toBe(LANE_STATE.POSTED);
  });

  it('is ignored when it comes twice', () => {
    const { id, application } = region();
    const { desk: it, call, next } = desk(id);
    application.post(WORKER, 1, text('question'));
    next();
    it.answer(call[CALL.TICKET]!, text('once'));
    application.post(WORKER, 1, text('another'));
    next();
    const [first, second] = [call[CALL.TICKET]! - LANES, call[CALL.TICKET]!];
    it.answer(first, text('twice'));
    expect(application.state(1)).toBe(LANE_STATE.POSTED);
    it.answer(second, text('right'));
    expect(application.reply(1).bytes).toEqual(text('right'));
  });

  it('is ignored when its region was released', () => {
    const [gone, there] = [region(), region()];
    const { desk: it, call, next } = desk(gone.id, there.id);
    gone.application.post(WORKER, 1, text('question'));
    next();
    const ticket = call[CALL.TICKET]!;
    it.release(gone.id);
    there.application.post(WORKER, 1, text('of another'));
    next();
    it.answer(ticket, text('stale'));
    expect(gone.application.state(1)).toBe(LANE_STATE.POSTED);
    expect(there.application.state(1)).toBe(LANE_STATE.POSTED);
  });

  it.each([0, -1, 2 ** 53, Number.NaN])('is ignored when its ticket is %s', (ticket) => {
    const { id, application } = region();
    const { desk: it, next } = desk(id);
    application.post(WORKER, 0, text('question'));
    next();
    it.answer(ticket, text('answer'));
    expect(application.state(0)).toBe(LANE_STATE.POSTED);
  });
});

describe('a frame longer than a lane', () => {
  /** Posts a frame in fragments. Beside each but the last, a short one in the next lane makes the turn end. */
  function send(application: Application, take: () => void, frame: Uint8Array): void {
    let sent = 0;
    for (; frame.length - sent > LANE_DATA; sent += LANE_DATA) {
      application.post(WORKER, 0, frame.subarray(sent, sent + LANE_DATA), { more: 1 });
      application.post(WORKER, 1, text('short'));
      take();
      expect(application.state(0)).toBe(LANE_STATE.MORE);
    }
    application.post(WORKER, 0, frame.subarray(sent));
  }

  it('is put together in the request buffer where it fits', () => {
    const { id, application } = region();
    const { desk: it, request, pass } = desk(id);
    const frame = randomBytes(BUFFER);
    send(application, pass, frame);
    expect(it.turn(NOTHING)).toBe(BUFFER);
    expect(request.equals(frame)).toBe(true);
  });

  it('is handed out in memory of its own where it does not, and taken back with the answer', () => {
    const { id, application } = region();
    const { desk: it, call, pass } = desk(id);
    const frame = randomBytes(5 * LANE_DATA + 1);
    send(application, pass, frame);
    expect(it.turn(NOTHING)).toBe(frame.length);
    const large = it.large();
    expect(frame.equals(Buffer.from(large))).toBe(true);
    it.answer(call[CALL.TICKET]!, text('thanks'));
    expect(large.byteLength).toBe(0);
    expect(application.reply(0).bytes).toEqual(text('thanks'));
  });

  it('is forgotten with its region', () => {
    const { id, application } = region();
    const { desk: it, pass } = desk(id);
    send(application, pass, randomBytes(3 * LANE_DATA));
    it.turn(NOTHING);
    const large = it.large();
    it.release(id);
    expect(large.byteLength).toBe(0);
  });

  it('there is none to hand out beside a short one', () => {
    const { id, application } = region();
    const { desk: it, next } = desk(id);
    application.post(WORKER, 0, text('short'));
    next();
    expect(() => it.large()).toThrow('no large frame');
  });

  it.each([LANE_DATA + 1, BUFFER, 5 * LANE_DATA + 7])('goes back in fragments: %i bytes', (length) => {
    const { id, application } = region();
    const { desk: it, call, next } = desk(id);
    const reply = randomBytes(length);
    application.post(WORKER, 0, text('question'));
    next();
    it.answer(call[CALL.TICKET]!, reply);
    const parts = [application.reply(0)];
    while (parts.at(-1)!.more === 1) {
      application.post(WORKER, 0, text(''));
      application.post(WORKER, 1, text('short'));
      expect(next()).toBe('short');
      it.answer(call[CALL.TICKET]!, text(''));
      parts.push(application.reply(0));
    }
    expect(Buffer.concat(parts.map((part) => part.bytes)).equals(reply)).toBe(true);
    application.post(WORKER, 0, text('the lane is free again'));
    expect(next()).toBe('the lane is free again');
  });
});

describe('an application that breaks the protocol', () => {
  const full = randomBytes(LANE_DATA);
  /** What it does to lane 0, where `running` is a call in lane 1 without an answer yet, and lane 2 waits for a reply's next fragment. */
  const breaches: Record<string, (application: Application) => void> = {
    'sets the bit of a lane that it never posted': (application) => application.pend(WORKER, 0),
    'posts a lane that claims to be free': (application) => application.post(WORKER, 0, text('x'), { state: LANE_STATE.FREE }),
    'posts a lane that is answered already': (application) => application.post(WORKER, 0, text('x'), { state: LANE_STATE.ANSWERED }),
    'posts a state that there is not': (application) => application.post(WORKER, 0, text('x'), { state: 0xffff_ffff }),
    'posts more than a lane holds': (application) => application.post(WORKER, 0, text('x'), { length: LANE_DATA + 1 }),
    'posts a length beyond everything': (application) => application.post(WORKER, 0, text('x'), { length: 0xffff_ffff }),
    'posts a sign that is neither 0 nor 1': (application) => application.post(WORKER, 0, full, { more: 2 }),
    'posts a fragment that is not whole and wants to send more': (application) => application.post(WORKER, 0, text('x'), { more: 1 }),
    'posts an empty fragment and wants to send more': (application) => application.post(WORKER, 0, text(''), { more: 1 }),
    'posts a lane whose call runs': (application) => application.post(WORKER, 1, text('x')),
    'posts a request where a reply is to be fetched': (application) => application.post(WORKER, 2, text('x')),
    'posts more where a reply is to be fetched': (application) => application.post(WORKER, 2, text(''), { more: 1 }),
  };

  it.each(Object.entries(breaches))('%s: is refused, told once, and served no more', (_, breach) => {
    const [hostile, honest] = [region(), region()];
    const { desk: it, call, next } = desk(hostile.id, honest.id);
    hostile.application.post(WORKER, 1, text('running'));
    next();
    hostile.application.post(WORKER, 2, text('long'));
    next();
    it.answer(call[CALL.TICKET]!, randomBytes(2 * LANE_DATA));

    breach(hostile.application);
    expect(it.turn(NOTHING)).toBe(TURN.REFUSED);
    expect(call[CALL.REGION]).toBe(hostile.id);
    hostile.application.post(WORKER, 40, text('well formed'));
    honest.application.post(WORKER, 0, text('honest'));
    expect(next()).toBe('honest');
    ring(WORKER);
    expect(it.turn(NOTHING)).toBe(TURN.MAIL);
  });

  it('makes the engine hold no more than a frame may have', () => {
    const { id, application } = region();
    const { desk: it, call } = desk(id);
    const fragments = FRAME_MAX / LANE_DATA;
    let taken = 0;
    for (; taken <= fragments; taken++) {
      application.post(WORKER, 0, taken === 0 ? full : text(''), { length: LANE_DATA, more: 1 });
      application.post(WORKER, 1, text('short'));
      if (it.turn(NOTHING) === TURN.REFUSED) break;
      it.answer(call[CALL.TICKET]!, text(''));
    }
    expect(taken).toBe(fragments);
  });

  it('never stops an honest one, whatever it writes', () => {
    const honest = region();
    const { desk: it, call, request } = desk(honest.id);
    const bound = fc.nat({ max: LANES - 1 });
    const word = fc.oneof(fc.nat({ max: 7 }), fc.constantFrom(LANE_DATA, LANE_DATA + 1, 0x8000_0000, 0xffff_ffff));
    const move = fc.record({ lane: bound, state: word, length: word, more: word });
    fc.assert(
      fc.property(fc.array(move, { minLength: 1, maxLength: 20 }), (moves) => {
        const hostile = region();
        it.attach(hostile.id);
        for (const { lane, ...posting } of moves) hostile.application.post(WORKER, lane, text('garbage'), posting);
        honest.application.post(WORKER, 0, text('honest'));
        let length = it.turn(NOTHING);
        while (call[CALL.REGION] !== honest.id) length = it.turn(NOTHING);
        expect(request.subarray(0, length).toString()).toBe('honest');
        it.answer(call[CALL.TICKET]!, text('answer'));
        it.release(hostile.id);
      }),
      { numRuns: 200 },
    );
  });
});

describe('a worker without work', () => {
  /** A worker thread that turns so often, and then tells what it got. */
  const code = (path: string, id: number, turns: number) => `
    const { parentPort } = require('node:worker_threads');
    import(${JSON.stringify(path)}).then(({ Desk }) => {
      const request = new ArrayBuffer(${LANE_DATA});
      const desk = new Desk(${WORKER}, request, new ArrayBuffer(64), new Float64Array(2));
      desk.attach(${id});
      parentPort.postMessage(Array.from({ length: ${turns} }, () => desk.turn(-1)));
    });`;
  const start = (id: number, turns: number) => {
    const worker = new Worker(code(new URL('../../../src/engine/channel.ts', import.meta.url).href, id, turns), {
      eval: true,
      execArgv: [],
    });
    // Both from the start: a worker that ends at once tells its message and its end in one go.
    return { told: once(worker, 'message'), ended: once(worker, 'exit') };
  };
  const asleep = async (application: Application) => {
    while (!application.isAsleep(WORKER)) await pause(1);
  };

  it('says that it sleeps, wakes when its doorbell is rung, and says so too', async () => {
    const { id, application } = region();
    const worker = start(id, 1);
    await asleep(application);
    ring(WORKER);
    expect((await worker.told)[0]).toEqual([TURN.MAIL]);
    expect(application.isAsleep(WORKER)).toBe(false);
    await worker.ended;
  });

  it('looks for frames whenever it wakes', async () => {
    const { id, application } = region();
    const worker = start(id, 2);
    await asleep(application);
    application.post(WORKER, 0, text('while you slept'));
    ring(WORKER);
    expect((await worker.told)[0]).toEqual([TURN.MAIL, 15]);
    await worker.ended;
  });
});

describe('a process with workers asleep', () => {
  const code = (path: string) => `
    import { setTimeout } from 'node:timers/promises';
    import { isMainThread, Worker } from 'node:worker_threads';
    import { Desk } from ${JSON.stringify(path)};
    if (isMainThread) {
      const worker = new Worker(new URL(import.meta.url));
      worker.once('message', () => setTimeout(20).then(() => process.exit(7)));
    } else {
      const { parentPort } = await import('node:worker_threads');
      const desk = new Desk(0, new ArrayBuffer(${LANE_DATA}), new ArrayBuffer(64), new Float64Array(2));
      parentPort.postMessage('ready');
      for (;;) desk.turn(-1);
    }`;

  it('can end', () => {
    const folder = mkdtempSync(join(tmpdir(), 'strongroom-channel-'));
    const program = join(folder, 'program.mjs');
    writeFileSync(program, code(new URL('../../../src/engine/channel.ts', import.meta.url).href));
    const { status } = spawnSync(process.execPath, [program], { timeout: 20_000, killSignal: 'SIGKILL' });
    rmSync(folder, { recursive: true });
    expect(status).toBe(7);
  }, 30_000);
});
