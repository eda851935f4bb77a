// HOTP, one password at a time (RFC 4226 §5.3).

import { createHmac, type KeyObject } from 'node:crypto';

/** @param counter eight bytes, the highest first. @param digits 6 to 8. */
export function hotp(key: KeyObject, counter: Uint8Array, digits: number): Uint8Array {
  const code = createHmac('sha1', key).update(counter).digest();
  const offset = code.at(-1)! & 15;
  const number = (code.readUInt32BE(offset) & 0x7fff_ffff) % 10 ** digits;
  return Buffer.from(String(number).padStart(digits, '0'));
}
