// Which keys are slow, and that no worker waits for what is signed with one.

import { describe, expect, it, vi } from 'vitest';
import { handlers } from '../../../src/functions/index.ts';
import type { Key } from '../../../src/mechanisms/mechanism.ts';
import { registry } from '../../../src/mechanisms/registry.ts';
import { type Attributes, boolBytes, ulongBytes } from '../../../src/model/attribute.ts';
import { CKA, CKK, CKM, CKO, CKP } from '../../../src/protocol/constants.ts';
import type { Context } from '../../../src/token/context.ts';
import { Operations } from '../../../src/token/operation.ts';
import { generated } from '../mechanisms/fixture.ts';

const mechanisms = registry({ legacy: true });
/** What needs the private key. */
const signing = [...mechanisms].filter(([, { operations }]) => operations.sign ?? operations.unwrapKey);
const rsa = (bytes: number): Attributes => new Map([[CKA.MODULUS, new Uint8Array(bytes).fill(0xff)]]);
const slow = (keyType: number, key: Attributes) =>
  signing.filter(([, row]) => row.keyType === keyType).map(([, { isSlow }]) => isSlow?.(key) ?? false);

describe('slow', () => {
  it('is RSA from 8192 bits on, with every mechanism', () => {
    expect(new Set(slow(CKK.RSA, rsa(1024)))).toEqual(new Set([true]));
    expect(new Set(slow(CKK.RSA, rsa(1023)))).toEqual(new Set([false]));
  });

  it('is SLH-DSA, and no other key', () => {
    const typed = (type: number): Attributes => new Map([[CKA.KEY_TYPE, ulongBytes(type)]]);
    expect(new Set(slow(CKK.SLH_DSA, typed(CKK.SLH_DSA)))).toEqual(new Set([true]));
    expect(new Set([CKK.ML_DSA, CKK.EC].flatMap((type) => slow(type, typed(type))))).toEqual(new Set([false]));
  });
});

/** The private key, and a session that has it. */
async function place(name: 'SLH_DSA_KEY_PAIR_GEN' | 'ML_DSA_KEY_PAIR_GEN', PARAMETER_SET: number) {
  const { privateKey } = await generated(name, { PARAMETER_SET: ulongBytes(PARAMETER_SET) });
  const attributes = new Map([...privateKey.attributes, [CKA.CLASS, ulongBytes(CKO.PRIVATE_KEY)], [CKA.SIGN, boolBytes(true)]] as const);
  const key: Key = { attributes, memo: new Map() };
  const session = { operations: new Operations(), generation: 0, login: 1 };
  const use = vi.fn(async () => new Uint8Array(7856));
  const context = {
    sessions: { get: () => session },
    objects: { find: () => key },
    mechanisms,
    supervisor: { use },
  } as unknown as Context;
  return { context, use, attributes };
}

const data = new Uint8Array([1, 2, 3]);
const begin = (context: Context, type: number) =>
  handlers.C_SignInit!(context, { hSession: 1, pMechanism: { type, parameter: null }, hKey: 1 });

describe('what is signed with a slow key', () => {
  it('is prepared by the worker, which goes on before it is signed', async () => {
    const { context, use, attributes } = await place('SLH_DSA_KEY_PAIR_GEN', CKP.SLH_DSA_SHA2_128F);
    begin(context, CKM.SLH_DSA);
    const answer = handlers.C_Sign!(context, { hSession: 1, pData: data, pSignature: 17088 });
    expect(answer).toBeInstanceOf(Promise);
    expect(await answer).toEqual({ pSignature: new Uint8Array(7856) });
    expect(use.mock.calls).toEqual([['sign', { type: CKM.SLH_DSA, attributes, parameter: null }, data]]);
  });

  it('crosses as a digest, however many parts it came in', async () => {
    const { context, use } = await place('SLH_DSA_KEY_PAIR_GEN', CKP.SLH_DSA_SHA2_128F);
    begin(context, CKM.HASH_SLH_DSA_SHA256);
    for (let n = 0; n < 3; n += 1) handlers.C_SignUpdate!(context, { hSession: 1, pPart: new Uint8Array(100_000) });
    await handlers.C_SignFinal!(context, { hSession: 1, pSignature: 17088 });
    expect(use).toHaveBeenCalledWith(
      'sign',
      expect.objectContaining({ type: CKM.HASH_SLH_DSA_SHA256 }),
      expect.toSatisfy((it: Uint8Array) => it.length === 32),
    );
  });

  it('of another key is signed at once', async () => {
    const { context, use } = await place('ML_DSA_KEY_PAIR_GEN', CKP.ML_DSA_44);
    begin(context, CKM.ML_DSA);
    expect(handlers.C_Sign!(context, { hSession: 1, pData: data, pSignature: 2420 })).not.toBeInstanceOf(Promise);
    expect(use).not.toHaveBeenCalled();
  });
});
