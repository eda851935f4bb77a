// A token, and its user, in any module. Knows nothing of vitest.
import { CKF, CKU } from '../../src/protocol/constants.ts';
import type { Cryptoki } from './functions.ts';
import type { Token } from './module.ts';
import { User } from './operations.ts';

const slotOf = (module: Cryptoki, label: string): number => {
  const [slots] = module.C_GetSlotList(1);
  const found = slots.find((slot) => module.C_GetTokenInfo(slot)[0].toString('utf8', 0, 32).trim() === label);
  if (found === undefined) throw new Error(`no slot has a token with the label ${label}`);
  return found;
};

/** A new token in a free slot, with both PINs. */
export const furnish = (module: Cryptoki, { label, soPin, pin }: Token): void => {
  // The last slot is free: each module adds one when its last one was taken.
  module.C_InitToken(module.C_GetSlotList(1)[0].at(-1)!, Buffer.from(soPin), Buffer.from(label.padEnd(32)));
  const session = module.C_OpenSession(slotOf(module, label), CKF.SERIAL_SESSION | CKF.RW_SESSION);
  module.C_Login(session, CKU.SO, Buffer.from(soPin));
  module.C_InitPIN(session, Buffer.from(pin));
  module.C_CloseSession(session);
};

/** A read-write session of the token's user. */
export const enter = (module: Cryptoki, { label, pin }: Token): User => {
  const session = module.C_OpenSession(slotOf(module, label), CKF.SERIAL_SESSION | CKF.RW_SESSION);
  module.C_Login(session, CKU.USER, Buffer.from(pin));
  return new User(module, session);
};
