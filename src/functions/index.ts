// The handler table: what is not in it is answered with CKR_FUNCTION_NOT_SUPPORTED.

import { asynchronous } from './asynchronous.ts';
import { ciphers } from './ciphers.ts';
import { deriving } from './deriving.ts';
import { digest } from './digest.ts';
import { dual } from './dual.ts';
import { general } from './general.ts';
import type { Handlers } from './handler.ts';
import { keys } from './keys.ts';
import { logins } from './logins.ts';
import { messageCiphers } from './message-ciphers.ts';
import { messageSignatures } from './message-signatures.ts';
import { objects } from './objects.ts';
import { random } from './random.ts';
import { recovering } from './recovering.ts';
import { sessions } from './sessions.ts';
import { signing } from './signing.ts';
import { slots } from './slots.ts';
import { states } from './states.ts';
import { verifying } from './verifying.ts';
import { wrapping } from './wrapping.ts';

export const handlers: Partial<Handlers> = {
  ...general,
  ...slots,
  ...sessions,
  ...states,
  ...logins,
  ...objects,
  ...digest,
  ...signing,
  ...verifying,
  ...recovering,
  ...ciphers,
  ...dual,
  ...messageCiphers,
  ...messageSignatures,
  ...keys,
  ...wrapping,
  ...deriving,
  ...random,
  ...asynchronous,
};
