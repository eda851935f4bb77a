import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CALL, ring, TURN } from '../../../src/engine/channel.ts';
import { FRAME_MAX, LANE_DATA, LANE_STATE, LANES } from '../../../src/protocol/layout.ts';
import type { Application } from './application.ts';
import { desk, NOTHING, region, text, WORKER } from './fixture.ts';

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
    for (const lane of [0, 1]) honest.application.post(WORKER, lane, text('honest'));
    expect([next(), next()]).toEqual(['honest', 'honest']);
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
