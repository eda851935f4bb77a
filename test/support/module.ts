// The module inside the test's own process, through pkcs11js. Knows nothing of vitest: worker threads load it too.
import pkcs11js, { type Handle, type PKCS11 } from 'pkcs11js';
import { CKF, CKU } from '../../src/protocol/constants.ts';
import { modulePath } from './paths.ts';

export interface Token {
  readonly label: string;
  readonly soPin: string;
  readonly pin: string;
}

let tokens = 0;

/** What a new token is to be: no other of this process has its label. */
export const freshToken = (): Token => {
  tokens += 1;
  return { label: `strong room ${tokens}`, soPin: '12345678', pin: '123456' };
};

/** Loaded, not initialised. */
export const load = (): PKCS11 => {
  const module = new pkcs11js.PKCS11();
  module.load(modulePath);
  return module;
};

/** Does something with an initialised module and leaves nothing of it in the process. */
export const visit = <T>(work: (module: PKCS11) => T): T => {
  const module = load();
  module.C_Initialize({ flags: CKF.OS_LOCKING_OK });
  try {
    return work(module);
  } finally {
    module.C_Finalize();
    module.close();
  }
};

const present = (module: PKCS11) => module.C_GetSlotList(true).map((slot) => ({ slot, info: module.C_GetTokenInfo(slot) }));

/** A slot keeps its token's label for a test, not its number: some modules renumber at C_InitToken. */
export const slotOf = (module: PKCS11, label: string): Handle => {
  const found = present(module).find(({ info }) => info.label.trim() === label);
  if (!found) throw new Error(`no slot has a token with the label ${label}`);
  return found.slot;
};

export const freeSlot = (module: PKCS11): Handle => {
  const found = present(module).find(({ info }) => (info.flags & CKF.TOKEN_INITIALIZED) === 0);
  if (!found) throw new Error('every slot has an initialised token');
  return found.slot;
};

export const openSession = (module: PKCS11, slot: Handle): Handle => module.C_OpenSession(slot, CKF.SERIAL_SESSION | CKF.RW_SESSION);

export const createToken = (module: PKCS11, token: Token): void => {
  module.C_InitToken(freeSlot(module), token.soPin, token.label.padEnd(32));
  const session = openSession(module, slotOf(module, token.label));
  module.C_Login(session, CKU.SO, token.soPin);
  module.C_InitPIN(session, token.pin);
  module.C_CloseSession(session);
};

/** A read-write session of the token's user. */
export const logIn = (module: PKCS11, token: Token): Handle => {
  const session = openSession(module, slotOf(module, token.label));
  module.C_Login(session, CKU.USER, token.pin);
  return session;
};
