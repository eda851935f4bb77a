import { randomBytes } from 'node:crypto';
import { describe, expect, it, test } from 'vitest';
import { CALL, ring, TURN } from '../../../src/engine/channel.ts';
import { LANE_DATA, LANE_STATE, LANES } from '../../../src/protocol/layout.ts';
import type { Application } from './application.ts';
import { BUFFER, desk, NOTHING, region, text, WORKER } from './fixture.ts';

test('an application is told how many of its sessions live at the worker, and not of another’s', () => {
  const [mine, other] = [region(), region()];
  const { desk: it } = desk(mine.id);
  it.attach(other.id);
  it.sessions(mine.id, 3);
  expect([mine.application.sessions(WORKER), mine.application.sessions(WORKER + 1), other.application.sessions(WORKER)]).toEqual([3, 0, 0]);
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

  it('that is not to wait says that there is nothing, and gives what there is', () => {
    const { id, application } = region();
    const { desk: it } = desk(id);
    expect(it.turn(NOTHING, false)).toBe(TURN.NONE);
    application.post(WORKER, 0, text('frame'));
    expect(it.turn(NOTHING, false)).toBe(5);
    ring(WORKER);
    expect(it.turn(NOTHING, false)).toBe(TURN.MAIL);
  });

  it('takes one lane of each region in turn', () => {
    const [busy, quiet] = [region(), region()];
    const { next } = desk(busy.id, quiet.id);
    for (const lane of [1, 2, 3]) busy.application.post(WORKER, lane, text(`busy ${lane}`));
    quiet.application.post(WORKER, 9, text('quiet'));
    expect([next(), next(), next(), next()]).toEqual(['busy 1', 'quiet', 'busy 2', 'busy 3']);
  });

  it('goes round the lanes: who was served waits for those behind it', () => {
    const { id, application } = region();
    const { next, pass } = desk(id);
    for (const lane of [1, 2]) application.post(WORKER, lane, text(`lane ${lane}`));
    pass();
    pass();
    for (const lane of [3, 1, 2]) application.post(WORKER, lane, text(`lane ${lane}`));
    expect(next()).toBe('lane 3');
    application.post(WORKER, 4, text('lane 4'));
    expect([next(), next(), next()]).toEqual(['lane 4', 'lane 1', 'lane 2']);
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
    it.answer(call[CALL.TICKET]!, text('twice'));
    expect(application.reply(1).bytes).toEqual(text('once'));
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
    const { desk: it, call, next, pass } = desk(id);
    const reply = randomBytes(length);
    application.post(WORKER, 0, text('question'));
    next();
    it.answer(call[CALL.TICKET]!, reply);
    const parts = [application.reply(0)];
    // The last lane's turn comes after lane 0's, once the round has come to its end.
    application.post(WORKER, LANES - 1, text('short'));
    pass();
    while (parts.at(-1)!.more === 1) {
      application.post(WORKER, 0, text(''));
      application.post(WORKER, LANES - 1, text('short'));
      expect(next()).toBe('short');
      it.answer(call[CALL.TICKET]!, text(''));
      parts.push(application.reply(0));
    }
    expect(Buffer.concat(parts.map((part) => part.bytes)).equals(reply)).toBe(true);
    application.post(WORKER, 0, text('the lane is free again'));
    expect(next()).toBe('the lane is free again');
  });
});
