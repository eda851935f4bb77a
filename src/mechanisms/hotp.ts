// HOTP (RFC 4226): keys with a counter, of which every value is for one password.

import { randomBytes, timingSafeEqual } from 'node:crypto';
import { hotp } from '../crypto/hotp.ts';
import { isTrue, readUlong, ulongBytes, ulongOf } from '../model/attribute.ts';
import { ensure } from '../model/error.ts';
import { CK, CKA, CKF, CKK, CKM, CKO } from '../protocol/constants.ts';
import type { MechanismParameter } from '../protocol/parameters.ts';
import { macKeySize } from './hmac.ts';
import { attribute, requiredUlong, secret } from './key.ts';
import type { Key, Mechanism, Row, StatefulSigning, Verifying } from './mechanism.ts';
import { type OtpParameters, otpParameters, signatureInfo, signatureInfoSize } from './otp.ts';
import { noParameter } from './parameter.ts';
import { SECRET_MAX } from './secret-type.ts';

/** Bytes of a counter; and of a key at the least (RFC 4226 §4, R6). */
const [COUNTER, SECRET_MIN] = [8, 16];

function ulongIn(given: OtpParameters, type: number): number | undefined {
  const value = given.get(type);
  ensure(value === undefined || value.length === 8, 'MECHANISM_PARAM_INVALID', 'a parameter is no CK_ULONG');
  return value && readUlong(value);
}

/** Bit by bit: no number has as many as a CK_FLAGS. */
function flagsIn(given: OtpParameters): (flag: number) => boolean {
  const value = given.get(CK.OTP_FLAGS);
  if (value === undefined) return () => false;
  ensure(value.length === 8, 'MECHANISM_PARAM_INVALID', 'a parameter is no CK_FLAGS');
  const flags = new DataView(value.buffer, value.byteOffset).getBigUint64(0, true);
  return (flag) => (flags & BigInt(flag)) !== 0n;
}

/** There is nothing but the current password, of its counter, in digits. */
function checkFlags({ attributes }: Key, given: OtpParameters): void {
  const has = flagsIn(given);
  const possible = !has(CKF.NEXT_OTP) && !has(CKF.EXCLUDE_COUNTER);
  ensure(possible, 'MECHANISM_PARAM_INVALID', 'HOTP gives neither the next password nor one without its counter');
  const friendly = !has(CKF.USER_FRIENDLY_OTP) || isTrue(attributes, CKA.OTP_USER_FRIENDLY_MODE);
  ensure(friendly, 'MECHANISM_PARAM_INVALID', "the key's passwords are for no human");
  const format = ulongIn(given, CK.OTP_OUTPUT_FORMAT) ?? CK.OTP_FORMAT_DECIMAL;
  ensure(format === CK.OTP_FORMAT_DECIMAL, 'MECHANISM_PARAM_INVALID', 'HOTP has decimal digits only');
}

function lengthOf({ attributes }: Key, given: OtpParameters): number {
  const length = ulongIn(given, CK.OTP_OUTPUT_LENGTH) ?? ulongOf(attributes, CKA.OTP_LENGTH) ?? 0;
  ensure(length >= 6 && length <= 8, 'MECHANISM_PARAM_INVALID', 'HOTP has six to eight digits');
  return length;
}

function counterIn(given: OtpParameters): Uint8Array | undefined {
  const counter = given.get(CK.OTP_COUNTER);
  ensure(counter === undefined || counter.length === COUNTER, 'MECHANISM_PARAM_INVALID', 'a counter has eight bytes');
  return counter;
}

/** The counter that the application gives, where the key's requirement takes one. */
function counterFor({ attributes }: Key, given: OtpParameters): Uint8Array | undefined {
  const requirement = ulongOf(attributes, CKA.OTP_COUNTER_REQUIREMENT);
  const counter = requirement === CK.OTP_PARAM_IGNORED ? undefined : counterIn(given);
  ensure(
    counter !== undefined || requirement !== CK.OTP_PARAM_MANDATORY,
    'MECHANISM_PARAM_INVALID',
    'the key wants to be given its counter',
  );
  return counter;
}

function following(counter: Uint8Array): Uint8Array {
  const next = Buffer.from(counter);
  const value = next.readBigUInt64BE();
  ensure(value < 2n ** 64n - 1n, 'KEY_EXHAUSTED', 'the counter has come to its end');
  next.writeBigUInt64BE(value + 1n);
  return new Uint8Array(next);
}

/** "pData shall be set to NULL_PTR and ulDataLen shall be set to 0". */
const noData = (data: Uint8Array): void => ensure(data.length === 0, 'DATA_LEN_RANGE', 'a one-time password is of no data');

function signing(key: Key, parameter: MechanismParameter): StatefulSigning {
  const given = otpParameters(parameter);
  checkFlags(key, given);
  const [value, length, own] = [secret(key), lengthOf(key, given), counterFor(key, given)];
  return {
    size: signatureInfoSize([length, COUNTER]),
    check: noData,
    // Another's counter leaves the key's as it is.
    step: (attributes) => new Map(own ? [] : [[CKA.OTP_COUNTER, following(attribute(attributes, CKA.OTP_COUNTER))]]),
    sign(_data, attributes) {
      const counter = own ?? attribute(attributes, CKA.OTP_COUNTER);
      return signatureInfo(
        new Map([
          [CK.OTP_VALUE, hotp(value, counter, length)],
          [CK.OTP_COUNTER, counter],
        ]),
      );
    },
  };
}

function verifying(key: Key, parameter: MechanismParameter): Verifying {
  const given = otpParameters(parameter);
  checkFlags(key, given);
  const [value, size, counter] = [secret(key), lengthOf(key, given), counterIn(given)];
  ensure(counter !== undefined, 'MECHANISM_PARAM_INVALID', 'a password is verified with the counter that is given');
  return {
    size,
    verify(data, password) {
      noData(data);
      return timingSafeEqual(hotp(value, counter, size), password);
    },
  };
}

const generation: Mechanism = {
  keyType: CKK.HOTP,
  keySize: [SECRET_MIN, SECRET_MAX],
  generates: CKO.OTP_KEY,
  operations: {
    generateKey(template, parameter) {
      noParameter(parameter);
      const length = requiredUlong(template, CKA.VALUE_LEN);
      ensure(length >= SECRET_MIN && length <= SECRET_MAX, 'ATTRIBUTE_VALUE_INVALID', 'CKA_VALUE_LEN is no length of such a key');
      return new Map([
        [CKA.CLASS, ulongBytes(CKO.OTP_KEY)],
        [CKA.KEY_TYPE, ulongBytes(CKK.HOTP)],
        [CKA.VALUE, Uint8Array.from(randomBytes(length))],
      ]);
    },
  },
};

export const hotpMechanisms: readonly Row[] = [
  [CKM.HOTP_KEY_GEN, generation],
  [CKM.HOTP, { keyType: CKK.HOTP, keySize: macKeySize, operations: { signStateful: signing, verify: verifying } }],
];
