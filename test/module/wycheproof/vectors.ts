// Project Wycheproof's files, and what running one came to.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { Refused } from '../../support/functions.ts';
import type { User } from '../../support/operations.ts';
import { project } from '../../support/paths.ts';
import { exceptionOf } from './exceptions.ts';

const folder = resolve(project, '../shared/vectors/wycheproof');
const ending = '_test.json';

/** Their names without the ending; none where there is no folder. */
export const files: readonly string[] = existsSync(folder)
  ? readdirSync(folder)
      .filter((name) => name.endsWith(ending))
      .map((name) => name.slice(0, -ending.length))
  : [];

export interface Vector {
  readonly tcId: number;
  readonly comment?: string;
  readonly flags?: readonly string[];
  readonly result: 'valid' | 'invalid' | 'acceptable';
  readonly [field: string]: unknown;
}
export interface Group {
  readonly type: string;
  readonly tests: readonly Vector[];
  readonly [field: string]: unknown;
}
export interface File {
  readonly algorithm: string;
  readonly numberOfTests: number;
  readonly testGroups: readonly Group[];
}

export const read = (name: string): File => JSON.parse(readFileSync(resolve(folder, `${name}${ending}`), 'utf8')) as File;

/** Bytes of a field in hex; a number may lack its leading zero. */
export const hex = (value: unknown): Buffer => {
  if (typeof value !== 'string') throw new Error(`the vector has ${String(value)} where bytes should be`);
  return Buffer.from(value.length % 2 === 0 ? value : `0${value}`, 'hex');
};

/** Does everything that a vector tells of, through the C functions. Whether the results were the vector's; a refusal is thrown. */
export type Judge = (user: User, group: Group, vector: Vector) => boolean;

/** `right`: done, with the vector's results. `wrong`: done, with others. */
export type Verdict = 'right' | 'wrong' | 'refused';

const accepted = { valid: 'right', invalid: 'refused', acceptable: undefined } as const;

/** The codes that say what is wrong with a key, a parameter, or data; any other would be a fault of ours. */
const refusals: Readonly<Record<string, readonly string[]>> = {
  C_CreateObject: ['ATTRIBUTE_VALUE_INVALID'],
  C_Verify: ['SIGNATURE_INVALID', 'SIGNATURE_LEN_RANGE'],
  C_Decrypt: ['ENCRYPTED_DATA_INVALID', 'ENCRYPTED_DATA_LEN_RANGE'],
  C_UnwrapKey: ['WRAPPED_KEY_INVALID', 'WRAPPED_KEY_LEN_RANGE'],
  C_DecapsulateKey: ['WRAPPED_KEY_INVALID', 'WRAPPED_KEY_LEN_RANGE'],
  C_DeriveKey: ['MECHANISM_PARAM_INVALID', 'KEY_SIZE_RANGE'],
  C_SignInit: ['MECHANISM_PARAM_INVALID'],
  C_VerifyInit: ['MECHANISM_PARAM_INVALID'],
  C_EncryptInit: ['MECHANISM_PARAM_INVALID'],
  C_DecryptInit: ['MECHANISM_PARAM_INVALID'],
};

const judged = (judge: Judge, user: User, group: Group, vector: Vector): Verdict => {
  try {
    return judge(user, group, vector) ? 'right' : 'wrong';
  } catch (error) {
    const [name, code] = String((error as Error).message).split(': CKR_');
    if (error instanceof Refused && refusals[name!]?.includes(code!)) return 'refused';
    throw new Error(`${vector.tcId} ${vector.comment ?? ''}`, { cause: error });
  } finally {
    user.clear();
  }
};

export interface Figures {
  passed: number;
  readonly total: number;
  /** How many vectors came to something else than a plain right or refused, by the reason for that. */
  readonly exceptions: Record<string, number>;
  /** Those that were judged otherwise than they should. */
  readonly failures: string[];
}

/** Every vector of a file. */
export const run = (name: string, { numberOfTests, testGroups }: File, judge: Judge, user: User): Figures => {
  const figures: Figures = { passed: 0, total: numberOfTests, exceptions: {}, failures: [] };
  for (const group of testGroups) {
    for (const vector of group.tests) {
      const exception = exceptionOf(name, group, vector);
      const expected = exception?.verdict ?? accepted[vector.result];
      const verdict = expected === 'unasked' ? expected : judged(judge, user, group, vector);
      if (exception) figures.exceptions[exception.reason] = (figures.exceptions[exception.reason] ?? 0) + 1;
      if (verdict !== expected) figures.failures.push(`${vector.tcId} ${vector.comment ?? ''} (${vector.flags?.join(', ')}): ${verdict}`);
      else if (verdict !== 'unasked') figures.passed += 1;
    }
  }
  return figures;
};
