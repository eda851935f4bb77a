// A function answers only what the standard lists for it, or what we say that it answers beyond.

import { describe, expect, it, vi } from 'vitest';
import { Pkcs11Error } from '../../../src/model/error.ts';
import { type Call, type CallName, calls } from '../../../src/protocol/calls.ts';
import { Partial } from '../../../src/protocol/codec.ts';
import { CKR } from '../../../src/protocol/constants.ts';
import { Reader } from '../../../src/protocol/reader.ts';
import { standardCodes } from '../../../src/protocol/return-codes.ts';
import { Writer } from '../../../src/protocol/writer.ts';
import type { Context } from '../../../src/token/context.ts';

const handler = vi.hoisted(() => vi.fn());
vi.mock('../../../src/functions/index.ts', () => ({ handlers: { C_Logout: handler, C_Sign: handler }, operationOf: {} }));
const { dispatch } = await import('../../../src/engine/dispatch.ts');
const { beyond, codesOf, returnValue } = await import('../../../src/engine/return-value.ts');

const names = Object.keys(calls) as CallName[];

/** What C_Logout answers, and what is told of it. */
async function logout(): Promise<{ rv: bigint; told: string[] }> {
  const frame = new BigUint64Array([BigInt(calls.C_Logout.id), 1n]);
  const told: string[] = [];
  const reader = new Reader(frame.buffer);
  reader.start(frame.byteLength);
  const writer = new Writer(new ArrayBuffer(64));
  const late = new Writer(new ArrayBuffer(64));
  const context = { sessions: { peek: () => undefined } } as unknown as Context;
  const answered =
    (await dispatch(
      context,
      reader,
      writer,
      () => late,
      (text) => told.push(text),
    )) ?? writer;
  const bytes = answered.written();
  return { rv: new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true), told };
}

const throwing = (error: unknown) =>
  handler.mockImplementation(() => {
    throw error;
  });

describe('a handler that fails', () => {
  it('with a code that the function has is no bug', async () => {
    throwing(new Pkcs11Error('USER_NOT_LOGGED_IN', 'nobody is logged in'));
    expect(await logout()).toEqual({ rv: BigInt(CKR.USER_NOT_LOGGED_IN), told: [] });
  });

  it.each(['at once', 'later'])('with a code that the function has not is a bug, told with both names (%s)', async (when) => {
    const error = new Pkcs11Error('PIN_LOCKED', 'too many wrong tries');
    if (when === 'later') handler.mockImplementation(() => Promise.reject(error));
    else throwing(error);
    const { rv, told } = await logout();
    expect(rv).toBe(BigInt(CKR.FUNCTION_FAILED));
    expect(told).toEqual([expect.stringMatching(/^C_Logout: .*CKR_PIN_LOCKED/)]);
  });

  it('with anything else is a bug, and CKR_GENERAL_ERROR', async () => {
    throwing(new TypeError('undefined is no key'));
    const { rv, told } = await logout();
    expect(rv).toBe(BigInt(CKR.GENERAL_ERROR));
    expect(told).toEqual([expect.stringMatching(/^C_Logout: TypeError/)]);
  });
});

it('what comes with outputs is checked as well', async () => {
  handler.mockImplementation(() => new Partial(CKR.ATTRIBUTE_SENSITIVE, {}));
  const { rv, told } = await logout();
  expect(rv).toBe(BigInt(CKR.GENERAL_ERROR));
  expect(told).toEqual([expect.stringMatching(/^C_Logout: .*0x11/)]);
});

it('every function whose result may not fit may say so', () => {
  for (const name of names) {
    const { kinds }: Call = calls[name];
    const isFitted = kinds.some(({ kind }) => ['outBytes', 'maybeOutBytes', 'outUlongs'].includes(kind));
    if (isFitted) expect(codesOf(name), name).toContain('BUFFER_TOO_SMALL');
  }
});

it('what is answered beyond the standard is not in it', () => {
  for (const { code, of } of beyond) for (const name of of) expect(standardCodes(name), name).not.toContain(code);
});

it('a fault that a function has no code for is answered by a related one, where it has that', () => {
  const answered = (name: CallName, code: keyof typeof CKR) => returnValue(name, CKR[code]);
  expect(answered('C_UnwrapKey', 'KEY_TYPE_INCONSISTENT')).toBe(CKR.UNWRAPPING_KEY_TYPE_INCONSISTENT);
  expect(answered('C_DeriveKey', 'KEY_TYPE_INCONSISTENT')).toBe(CKR.KEY_TYPE_INCONSISTENT);
  expect(answered('C_EncryptUpdate', 'USER_NOT_LOGGED_IN')).toBe(CKR.OPERATION_NOT_INITIALIZED);
  expect(answered('C_DigestUpdate', 'TOKEN_RESOURCE_EXCEEDED')).toBe(CKR.DEVICE_MEMORY);
  expect(answered('C_Digest', 'PIN_INCORRECT')).toBeUndefined();
  expect(returnValue('C_Digest', 0x7777)).toBeUndefined();
  expect(answered('C_GetFunctionStatus', 'OK')).toBeUndefined();
});
