// The tests' `test` with every function of the module at hand: one token for a whole file, and its user's session.
import { CKF, CKU } from '../../src/protocol/constants.ts';
import { type Cryptoki, loadCryptoki } from './functions.ts';
import { createToken, freshToken, type Token, visit } from './module.ts';
import { User } from './operations.ts';
import { modulePath } from './paths.ts';
import { type Scope, sharedTest as shared } from './room.ts';

const slotOf = (module: Cryptoki, label: string): number => {
  const [slots] = module.C_GetSlotList(1);
  const found = slots.find((slot) => module.C_GetTokenInfo(slot)[0].toString('utf8', 0, 32).trim() === label);
  if (found === undefined) throw new Error(`no slot has a token with the label ${label}`);
  return found;
};

/** A read-write session of the token's user. */
export const enter = (module: Cryptoki, { label, pin }: Token): User => {
  const session = module.C_OpenSession(slotOf(module, label), CKF.SERIAL_SESSION | CKF.RW_SESSION);
  module.C_Login(session, CKU.USER, Buffer.from(pin));
  return new User(module, session);
};

const openUser = ({ home: _home }: { home: string }, { onCleanup }: Scope): User => {
  const token = freshToken();
  visit((module) => createToken(module, token));
  const module = loadCryptoki(modulePath);
  module.C_Initialize(CKF.OS_LOCKING_OK);
  onCleanup(() => {
    module.C_Finalize();
    module[Symbol.dispose]();
  });
  return enter(module, token);
};

export const sharedTest = shared.extend('user', { scope: 'file' }, openUser);
