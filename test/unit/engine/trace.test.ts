import { describe, expect, it } from 'vitest';
import { CALL, mark, startTrace, traced } from '../../../src/engine/channel.ts';
import { MARK, STAGES } from '../../../src/engine/trace.ts';
import { HEADER } from './application.ts';
import { desk, region, text, WORKER } from './fixture.ts';

startTrace();

const LANE = 4;
/** Long ago, on a clock that has only just begun to count; for each function's call another time. */
const began = (id: number) => id * 1_000_000;

/** A frame whose call has that number, of a thread that began it then. */
const frame = (id: number) => Buffer.from([id, 0, 0, 0, 0, 0, 0, 0]);
const calls = (id: number) => traced().find(({ function: number }) => number === id);

/** Serves one call in the lane, up to its answer. */
function serve({ application }: ReturnType<typeof region>, of: ReturnType<typeof desk>, id: number): void {
  application.tell(LANE, { began: began(id), marshalled: began(id) + 500 });
  application.post(WORKER, LANE, frame(id));
  of.next();
  for (const at of [MARK.DISPATCHED, MARK.READ, MARK.HANDLED]) mark(at);
  of.answer(text('done'));
}

describe('the trace', () => {
  it('is asked for in the header', () => {
    expect(region().application.word(HEADER.traced)).toBe(1);
  });

  it('counts a call when its lane is used again, and not before its thread has told its end', () => {
    const place = region();
    const of = desk(place.id);
    serve(place, of, 200);
    expect(calls(200)).toBeUndefined();
    const seen = Number(process.hrtime.bigint());
    place.application.tell(LANE, { rung: began(200) + 700, seen, done: seen + 900, ended: began(200) });
    serve(place, of, 201);
    const { calls: count, stages } = calls(200)!;
    expect(count).toBe(1);
    expect(stages).toHaveLength(STAGES.length);
    const mean = Object.fromEntries(stages.map((stage, at) => [STAGES[at]!, stage.mean]));
    expect(mean).toMatchObject({ marshal: 500, post: 200, unmarshal: 900, OpenSSL: 0, 'whole call': seen + 900 - began(200) });
    // Within a sixteenth: so fine are the buckets.
    expect(Math.abs(stages[0]!.p50 - 500)).toBeLessThanOrEqual(500 / 16);
    // The next call of the lane is another one: what is told there is not its end.
    serve(place, of, 202);
    expect(calls(201)).toBeUndefined();
  });

  it('has no stage of negative length, whatever the application tells', () => {
    const place = region();
    const of = desk(place.id);
    serve(place, of, 203);
    place.application.tell(LANE, { rung: 2 ** 53 - 1, seen: 1, done: 2, ended: began(203) });
    serve(place, of, 204);
    for (const { mean, p50, p99 } of calls(203)!.stages) for (const time of [mean, p50, p99]) expect(time).toBeGreaterThanOrEqual(0);
  });

  it('counts no call that is answered late', () => {
    const place = region();
    const of = desk(place.id);
    place.application.tell(LANE, { began: began(205), marshalled: began(205) });
    place.application.post(WORKER, LANE, frame(205));
    of.next();
    const late = of.call[CALL.TICKET]!;
    place.application.post(WORKER, LANE + 1, frame(206));
    of.next();
    of.desk.answer(late, text('late'));
    place.application.tell(LANE, { rung: began(205), seen: began(205), done: began(205), ended: began(205) });
    serve(place, of, 207);
    expect(calls(205)).toBeUndefined();
  });
});
