// What one-time passwords have in common: CK_OTP_PARAMS, and the CK_OTP_SIGNATURE_INFO that C_Sign answers with.

import { ulongBytes } from '../model/attribute.ts';
import { ensure } from '../model/error.ts';
import { CK } from '../protocol/constants.ts';
import type { Fields, MechanismParameter } from '../protocol/parameters.ts';
import { Relocatable } from '../protocol/relocatable.ts';
import { structParameter } from './parameter.ts';

/** Values by their CK_OTP_PARAM_TYPE. */
export type OtpParameters = ReadonlyMap<number, Uint8Array>;

const EMPTY = new Uint8Array(0);
/** What an application may give; CK_OTP_VALUE is for answers. */
const TYPES: ReadonlySet<number> = new Set([
  CK.OTP_PIN,
  CK.OTP_CHALLENGE,
  CK.OTP_TIME,
  CK.OTP_COUNTER,
  CK.OTP_FLAGS,
  CK.OTP_OUTPUT_LENGTH,
  CK.OTP_OUTPUT_FORMAT,
]);

/** Without a parameter there are none. */
export function otpParameters(parameter: MechanismParameter): OtpParameters {
  if (parameter === null) return new Map();
  const { pParams }: Fields<'CK_OTP_PARAMS'> = structParameter(parameter, 'CK_OTP_PARAMS');
  const known = pParams.every(({ type }) => TYPES.has(type));
  ensure(known, 'MECHANISM_PARAM_INVALID', 'a one-time password has no such parameter');
  return new Map(pParams.map(({ type, pValue }) => [type, pValue ?? EMPTY]));
}

/** CK_OTP_SIGNATURE_INFO, and a CK_OTP_PARAM, as they lie in memory. */
const [INFO, PARAM] = [16, 24];
const padded = (length: number): number => Math.ceil(length / 8) * 8;

/** @param lengths of the values. */
export const signatureInfoSize = (lengths: readonly number[]): number =>
  lengths.reduce((size, length) => size + PARAM + padded(length), INFO);

/** The structure, its parameters behind it, their values behind those. */
export function signatureInfo(parameters: OtpParameters): Relocatable {
  const values = [...parameters];
  const bytes = Buffer.alloc(signatureInfoSize(values.map(([, value]) => value.length)));
  const pointers = [0];
  bytes.set([...ulongBytes(INFO), ...ulongBytes(values.length)]);
  let end = INFO + PARAM * values.length;
  values.forEach(([type, value], i) => {
    const at = INFO + PARAM * i;
    bytes.set([...ulongBytes(type), ...ulongBytes(end), ...ulongBytes(value.length)], at);
    pointers.push(at + 8);
    bytes.set(value, end);
    end += padded(value.length);
  });
  return new Relocatable(bytes, pointers);
}
