// One-time password key objects, by type.

import { CK, CKA } from '../../protocol/constants.ts';
import { EMPTY, FALSE, isTrue, TRUE, ulongBytes } from '../attribute.ts';
import type { Constraint, Kind, Rules } from '../rules.ts';
import { bool, bytes, text, ulong, withDefault } from '../rules.ts';
import { between, oneOf } from '../value.ts';
import { macKey } from './secret-key.ts';

const IGNORED = ulongBytes(CK.OTP_PARAM_IGNORED);

/** What the algorithm has no place for: given, it is ignored, and no key can demand it. */
const unused = { ...ulong(9), default: IGNORED, valid: oneOf(CK.OTP_PARAM_IGNORED) };

const otpKey: Rules = {
  ...macKey,
  [CKA.OTP_FORMAT]: { ...ulong(), default: ulongBytes(CK.OTP_FORMAT_DECIMAL) },
  [CKA.OTP_LENGTH]: { ...ulong(9), default: ulongBytes(6) },
  [CKA.OTP_USER_FRIENDLY_MODE]: { ...bool(9), default: TRUE },
  [CKA.OTP_CHALLENGE_REQUIREMENT]: unused,
  [CKA.OTP_TIME_REQUIREMENT]: unused,
  [CKA.OTP_COUNTER_REQUIREMENT]: unused,
  [CKA.OTP_PIN_REQUIREMENT]: unused,
  [CKA.OTP_COUNTER]: { ...bytes(), default: EMPTY },
  [CKA.OTP_TIME]: { ...text(), default: EMPTY },
  [CKA.OTP_USER_IDENTIFIER]: { ...text(), default: EMPTY },
  [CKA.OTP_SERVICE_IDENTIFIER]: { ...text(), default: EMPTY },
  [CKA.OTP_SERVICE_LOGO]: { ...bytes(), default: EMPTY },
  [CKA.OTP_SERVICE_LOGO_TYPE]: { ...text(), default: EMPTY },
};

const { OTP_PARAM_IGNORED, OTP_PARAM_OPTIONAL, OTP_PARAM_MANDATORY } = CK;

const once: Constraint = {
  says: 'a key with a counter is not copyable',
  holds: (object) => !isTrue(object, CKA.COPYABLE),
};

/** RFC 4226: six to eight decimal digits, from a counter of eight bytes. */
export const hotp: Kind = {
  rules: {
    ...otpKey,
    // Two copies would give the same passwords: docs/decisions/012-a-hotp-key-is-not-copied.md.
    ...withDefault(otpKey, FALSE, CKA.COPYABLE),
    [CKA.OTP_FORMAT]: { ...otpKey[CKA.OTP_FORMAT]!, valid: oneOf(CK.OTP_FORMAT_DECIMAL) },
    [CKA.OTP_LENGTH]: { ...otpKey[CKA.OTP_LENGTH]!, valid: between(6, 8) },
    [CKA.OTP_COUNTER]: { ...otpKey[CKA.OTP_COUNTER]!, default: new Uint8Array(8), lengths: [8] },
    [CKA.OTP_COUNTER_REQUIREMENT]: {
      ...ulong(9),
      default: ulongBytes(OTP_PARAM_OPTIONAL),
      valid: oneOf(OTP_PARAM_IGNORED, OTP_PARAM_OPTIONAL, OTP_PARAM_MANDATORY),
    },
  },
  constraints: [once],
};
