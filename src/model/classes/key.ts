// What public, private and secret keys have in common.

import { CKA } from '../../protocol/constants.ts';
import { EMPTY, FALSE, ulongBytes } from '../attribute.ts';
import type { Rules } from '../rules.ts';
import { bool, bytes, date, ulong, ulongs } from '../rules.ts';
import { storage } from './storage.ts';

export const key: Rules = {
  ...storage,
  [CKA.KEY_TYPE]: ulong(1, 5),
  [CKA.ID]: { ...bytes(8), default: EMPTY },
  [CKA.START_DATE]: { ...date(8), default: EMPTY },
  [CKA.END_DATE]: { ...date(8), default: EMPTY },
  [CKA.DERIVE]: { ...bool(8), default: FALSE },
  [CKA.LOCAL]: bool(2, 4, 6),
  [CKA.KEY_GEN_MECHANISM]: ulong(2, 4, 6),
  // Without a default: a key that has no list may be used with every mechanism.
  [CKA.ALLOWED_MECHANISMS]: ulongs(),
  // Stricter than the standard (2): what the module was validated for is not the application's to claim.
  [CKA.OBJECT_VALIDATION_FLAGS]: { ...ulong(2, 4, 6, 9), default: ulongBytes(0) },
};
