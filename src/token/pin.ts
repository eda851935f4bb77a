// What a PIN may be, and how often it may be wrong.

import { ensure } from '../model/error.ts';

/** Bytes. */
export const PIN_MIN = 4;
export const PIN_MAX = 255;

/** Wrong tries in a row that lock a PIN. The SO's lock is for good; the user's is lifted by the SO (C_InitPIN). */
export const TRIES = 10;

/** A PIN's own copy: the frame that it came in is overwritten. NULL would mean a protected authentication path: there is none. */
export function checkPin(pin: Uint8Array | null): Uint8Array {
  ensure(pin !== null, 'ARGUMENTS_BAD', 'a PIN is needed: there is no protected authentication path');
  ensure(pin.length >= PIN_MIN && pin.length <= PIN_MAX, 'PIN_LEN_RANGE', `a PIN has ${PIN_MIN} to ${PIN_MAX} bytes`);
  return pin.slice();
}
