// What all objects and what storage objects have, and the class that is nothing more: data objects.

import { CKA } from '../../protocol/constants.ts';
import { EMPTY, FALSE, TRUE } from '../attribute.ts';
import type { Kind, Rules } from '../rules.ts';
import { bool, bytes, ON_COPY, text, ulong } from '../rules.ts';

/** What every object has, storage object or not. */
export const object: Rules = {
  [CKA.CLASS]: ulong(1),
  [CKA.UNIQUE_ID]: text(2, 4, 6),
};

export const storage: Rules = {
  ...object,
  [CKA.TOKEN]: { ...bool(ON_COPY), default: FALSE },
  [CKA.PRIVATE]: { ...bool(ON_COPY), default: FALSE },
  [CKA.MODIFIABLE]: { ...bool(ON_COPY), default: TRUE },
  [CKA.LABEL]: { ...text(8), default: EMPTY },
  // "Can't be set to TRUE once it is set to FALSE"
  [CKA.COPYABLE]: { ...bool(12), default: TRUE },
  [CKA.DESTROYABLE]: { ...bool(ON_COPY), default: TRUE },
};

export const data: Kind = {
  rules: {
    ...storage,
    // Ours to choose: what an application keeps in an HSM is not for everybody unless it says so.
    [CKA.PRIVATE]: { ...bool(ON_COPY), default: TRUE },
    [CKA.APPLICATION]: { ...text(), default: EMPTY },
    [CKA.OBJECT_ID]: { ...bytes(), default: EMPTY },
    [CKA.VALUE]: { ...bytes(), default: EMPTY },
  },
};
