// Frames with an Init that travels along (docs/wire.md), as no library of ours would send them: their sender is dropped.
import { expect, test } from 'vitest';
import { dispatch } from '../../../src/engine/dispatch.ts';
import { type CallName, calls, FORESEEN, inits } from '../../../src/protocol/calls.ts';
import { CKM } from '../../../src/protocol/constants.ts';
import { MalformedFrame, Reader } from '../../../src/protocol/reader.ts';
import { Writer } from '../../../src/protocol/writer.ts';
import type { Context } from '../../../src/token/context.ts';
import { frameOf } from '../../fuzz/frame.ts';

const ofSession = (hSession: number) => ({ hSession, pMechanism: { type: CKM.SHA256_HMAC }, hKey: 1 });
const whole = Object.keys(inits) as (keyof typeof inits)[];

/** Nothing of the engine is asked before a frame is found to be well formed: whoever looks at the context fails otherwise. */
function sent(frame: Buffer): void {
  const bytes = Uint8Array.from(frame);
  const reader = new Reader(bytes.buffer);
  reader.start(bytes.length);
  const untouched = new Proxy({} as Context, {
    get: (_, name) => {
      throw new TypeError(`asked for ${String(name)}`);
    },
  });
  const bugs: string[] = [];
  dispatch(
    untouched,
    reader,
    new Writer(new ArrayBuffer(1024)),
    () => new Writer(new ArrayBuffer(64)),
    (text) => bugs.push(text),
  );
  throw new Error(`well formed, and ${bugs.join('; ')}`);
}
const renumbered = (frame: Buffer, number: number): Buffer => {
  frame.writeBigUInt64LE(BigInt(number), 0);
  return frame;
};

test.each(whole)('%s takes its Init along, both of one session', (name) => {
  expect(() => sent(frameOf(name, ofSession(5), ofSession(5)))).toThrow('asked for sessions');
  expect(() => sent(frameOf(name, ofSession(5), ofSession(6)))).toThrow(MalformedFrame);
});

test.each(whole)('%s takes no half of an Init, and not one more', (name) => {
  const frame = frameOf(name, ofSession(5), ofSession(5));
  const bare = frameOf(name, ofSession(5));
  for (let length = 8; length < frame.length; length += 8) expect(() => sent(frame.subarray(0, length))).toThrow(MalformedFrame);
  expect(() => sent(Buffer.concat([frame, Buffer.alloc(8)]))).toThrow(MalformedFrame);
  expect(() => sent(renumbered(bare, FORESEEN + calls[name].id))).toThrow(MalformedFrame);
  expect(() => sent(renumbered(frame, 2 * FORESEEN + calls[name].id))).toThrow(MalformedFrame);
});

test('no other call takes one', () => {
  const others = (Object.keys(calls) as CallName[]).filter((name) => !(name in inits) && calls[name].entry !== 'local');
  const frame = frameOf('C_Sign', ofSession(5), ofSession(5));
  for (const name of others) {
    const number = FORESEEN + calls[name].id;
    expect(() => sent(renumbered(frame, number)), name).toThrow('a call that has no Init with it');
  }
});
