// C_WaitForSlotEvent: a token that any application makes or deletes is every application's event.
import type { Handle, PKCS11 } from 'pkcs11js';
import { expect } from 'vitest';
import { CKF } from '../../src/protocol/constants.ts';
import { startApplication } from '../support/application.ts';
import { createToken, freshToken, slotOf } from '../support/module.ts';
import { command } from '../support/paths.ts';
import { probe } from '../support/probe.ts';
import { needs } from '../support/program.ts';
import { test } from '../support/token.ts';

needs('cc');

const told = (slot: unknown): bigint => Buffer.from(slot as Buffer).readBigUInt64LE();
const number = (slot: Handle): bigint => slot.readBigUInt64LE();

/** Each event once: C_InitToken and C_InitPIN of one token are one of making it. */
const eventNow = (module: PKCS11): bigint | null => {
  const slot = module.C_WaitForSlotEvent(CKF.DONT_BLOCK);
  return slot === null ? null : number(slot);
};

test('a token that one application makes ends the waiting of another, and its deletion too', async ({ room, token: _, module }) => {
  const { module: other } = startApplication(room);
  await other.C_Initialize({ flags: CKF.OS_LOCKING_OK });
  expect(eventNow(module)).toBeNull();

  const made = other.C_WaitForSlotEvent(0);
  const token = freshToken();
  createToken(module, token);
  const slot = number(slotOf(module, token.label));
  expect(told(await made)).toBe(slot);
  expect(eventNow(module)).toBe(slot);
  expect(eventNow(module)).toBeNull();

  const deleted = other.C_WaitForSlotEvent(0);
  const { code, output } = await room.run(command, ['delete-token', '--token', token.label, '--force']);
  expect(code, output).toBe(0);
  expect(told(await deleted)).toBe(slot);
  expect(eventNow(module)).toBe(slot);
});

test('C_Finalize lets go of who waits, and C_Initialize begins without events', async ({ room, token }) => {
  const { calls, end } = await probe(room, 'slot-events', { PROBE_PIN: token.soPin });
  expect(end).toEqual({ code: 0, signal: null, stderr: '' });
  expect(calls).toEqual({
    'no event': 'NO_EVENT',
    "one's own token": 'OK',
    'is told by its slot': 'OK',
    once: 'NO_EVENT',
    'C_Finalize beside it': 'OK',
    'who waits hears of it': 'CRYPTOKI_NOT_INITIALIZED',
    'what was before is forgotten': 'NO_EVENT',
  });
});
