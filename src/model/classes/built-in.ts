// Objects that the token itself provides: hardware features, mechanisms, profiles, validations. No storage objects: they have no
// CKA_TOKEN and no CKA_PRIVATE, cannot be modified, copied or destroyed, and their values are the token's to say at each reading.

import { CKA, CKV } from '../../protocol/constants.ts';
import { EMPTY } from '../attribute.ts';
import type { Kind, Rules } from '../rules.ts';
import { bool, bytes, text, ulong } from '../rules.ts';
import { nonEmpty, oneOf } from '../value.ts';
import { object } from './storage.ts';

const hardwareFeature: Rules = { ...object, [CKA.HW_FEATURE_TYPE]: ulong(1) };

const TIME = /^\d{14}00$/;

export const clock: Kind = {
  rules: {
    ...hardwareFeature,
    // YYYYMMDDhhmmss and two zeros.
    [CKA.VALUE]: { ...bytes(), lengths: [16], valid: (value) => TIME.test(String.fromCharCode(...value)) },
  },
};

/** The table's own footnote 1: read only. */
export const monotonicCounter: Kind = {
  rules: {
    ...hardwareFeature,
    [CKA.RESET_ON_INIT]: bool(),
    [CKA.HAS_RESET]: bool(),
    [CKA.VALUE]: { ...bytes(), valid: nonEmpty },
  },
};

export const mechanism: Kind = { rules: { ...object, [CKA.MECHANISM_TYPE]: ulong() } };

export const profile: Kind = { rules: { ...object, [CKA.PROFILE_ID]: ulong() } };

/** The table's own footnote 1: may be empty. */
export const validation: Kind = {
  rules: {
    ...object,
    [CKA.VALIDATION_TYPE]: {
      ...ulong(),
      valid: oneOf(CKV.TYPE_UNSPECIFIED, CKV.TYPE_SOFTWARE, CKV.TYPE_HARDWARE, CKV.TYPE_FIRMWARE, CKV.TYPE_HYBRID),
    },
    // A CK_VERSION: major, minor.
    [CKA.VALIDATION_VERSION]: { ...bytes(), lengths: [2] },
    [CKA.VALIDATION_LEVEL]: ulong(),
    [CKA.VALIDATION_MODULE_ID]: text(),
    [CKA.VALIDATION_FLAG]: ulong(),
    [CKA.VALIDATION_AUTHORITY_TYPE]: {
      ...ulong(),
      valid: oneOf(CKV.AUTHORITY_TYPE_UNSPECIFIED, CKV.AUTHORITY_TYPE_NIST_CMVP, CKV.AUTHORITY_TYPE_COMMON_CRITERIA),
    },
    [CKA.VALIDATION_COUNTRY]: { ...text(), lengths: [0, 2], default: EMPTY },
    [CKA.VALIDATION_CERTIFICATE_IDENTIFIER]: { ...text(), default: EMPTY },
    [CKA.VALIDATION_CERTIFICATE_URI]: { ...text(), default: EMPTY },
    [CKA.VALIDATION_VENDOR_URI]: { ...text(), default: EMPTY },
    [CKA.VALIDATION_PROFILE]: { ...text(), default: EMPTY },
  },
};
