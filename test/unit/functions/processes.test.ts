// What no mechanism of the registry shows through the library: signatures of messages that have parameters of their own, and derivations of
// several keys at once.

import { afterEach, describe, expect, it } from 'vitest';
import { handlers } from '../../../src/functions/index.ts';
import type { Derived, Mechanism, Signing } from '../../../src/mechanisms/mechanism.ts';
import { boolBytes, ulongBytes } from '../../../src/model/attribute.ts';
import { packTemplate } from '../../../src/model/nested.ts';
import { Needed } from '../../../src/protocol/codec.ts';
import { CKA, CKK, CKO, CKR } from '../../../src/protocol/constants.ts';
import { NOWHERE, QUERY } from '../../../src/protocol/reader.ts';
import type { Context } from '../../../src/token/context.ts';
import { Operations } from '../../../src/token/operation.ts';

const SIGNING = 0x8000_0001;
const DERIVING = 0x8000_0002;
const rows = new Map<number, Mechanism>();

const bytes = (text: string): Uint8Array => new Uint8Array(Buffer.from(text));

/** Signs by giving back what it was given. */
function echo(prefix: string): Signing {
  let taken = prefix;
  return {
    size: 8,
    sign: (data) => bytes(prefix + Buffer.from(data)),
    update: (part) => {
      taken += Buffer.from(part);
    },
    final: () => bytes(taken),
  };
}

const key = (attributes: [number, Uint8Array][] = []) => ({
  private: false,
  memo: new Map(),
  attributes: new Map<number, Uint8Array>([
    [CKA.CLASS, ulongBytes(CKO.SECRET_KEY)],
    [CKA.KEY_TYPE, ulongBytes(CKK.GENERIC_SECRET)],
    ...[CKA.SIGN, CKA.DERIVE, CKA.EXTRACTABLE].map((type) => [type, boolBytes(true)] as const),
    ...attributes,
  ]),
});

/** A session with these objects, by handle. What is made is put into `made`. */
function place(objects: Record<number, ReturnType<typeof key>>) {
  const made: ReadonlyMap<number, Uint8Array>[] = [];
  const session = { operations: new Operations(), generation: 0, login: 1 };
  const context = {
    application: {},
    mechanisms: rows,
    sessions: { get: () => session },
    objects: {
      find: (_: unknown, handle: number) => objects[handle],
      create: async (_: unknown, more: typeof made) => more.map((each) => 100 + made.push(each)),
    },
  } as unknown as Context;
  return { context, session, made };
}

const rvOf = (name: keyof typeof CKR) => expect.objectContaining({ rv: CKR[name] });

afterEach(() => rows.clear());

describe('a message to sign', () => {
  const begun = () => {
    rows.set(SIGNING, {
      keyType: CKK.GENERIC_SECRET,
      keySize: [0, 0],
      operations: { messageSign: () => ({ begin: (parameter: Uint8Array | null) => echo(Buffer.from(parameter ?? []).toString()) }) },
    } as unknown as Mechanism);
    const it = place({ 1: key() });
    handlers.C_MessageSignInit!(it.context, { hSession: 1, pMechanism: { type: SIGNING, parameter: null }, hKey: 1 });
    return it;
  };
  const next = (context: Context, data: string, pSignature: number) =>
    handlers.C_SignMessageNext!(context, { hSession: 1, pParameter: null, pData: bytes(data), pSignature });

  it('is signed in one part, with a parameter of its own', () => {
    const { context } = begun();
    const request = { hSession: 1, pParameter: bytes('p:'), pData: bytes('data'), pSignature: 8 };
    expect(handlers.C_SignMessage!(context, request)).toEqual({ pSignature: bytes('p:data') });
    expect(handlers.C_SignMessage!(context, { ...request, pSignature: QUERY })).toEqual({ pSignature: new Needed(8, false) });
  });

  it('ends with the part whose signature has a place, and takes no part twice', () => {
    const { context } = begun();
    handlers.C_SignMessageBegin!(context, { hSession: 1, pParameter: bytes('q:') });
    next(context, 'one', NOWHERE);
    expect(next(context, 'two', 7)).toEqual({ pSignature: new Needed(8, true) });
    expect(next(context, 'two', 8)).toEqual({ pSignature: bytes('q:onetwo') });
    expect(() => next(context, 'more', 8)).toThrow(rvOf('OPERATION_NOT_INITIALIZED'));
  });

  it('that fails is over, but not the process', () => {
    const { context, session } = begun();
    handlers.C_SignMessageBegin!(context, { hSession: 1, pParameter: null });
    expect(() => handlers.C_SignMessageBegin!(context, { hSession: 1, pParameter: null })).toThrow(rvOf('OPERATION_ACTIVE'));
    session.operations.fail('messageSign');
    expect(() => next(context, 'x', NOWHERE)).toThrow(rvOf('OPERATION_NOT_INITIALIZED'));
    handlers.C_SignMessageBegin!(context, { hSession: 1, pParameter: null });
    handlers.C_MessageSignFinal!(context, { hSession: 1 });
    expect(() => handlers.C_MessageSignFinal!(context, { hSession: 1 })).toThrow(rvOf('OPERATION_NOT_INITIALIZED'));
  });
});

describe('a derivation', () => {
  const newKey = { template: [], implied: key().attributes, made: new Map([[CKA.VALUE, bytes('the value')]]) };
  const implied = new Map([
    [CKA.CLASS, ulongBytes(CKO.SECRET_KEY)],
    [CKA.KEY_TYPE, ulongBytes(CKK.GENERIC_SECRET)],
  ]);
  const deriving = (derived: (keyAt: (handle: number) => unknown) => Derived) =>
    rows.set(DERIVING, {
      keyType: CKK.GENERIC_SECRET,
      keySize: [0, 0],
      operations: { deriveKey: ({ keyAt }: { keyAt: (handle: number) => unknown }) => derived(keyAt) },
    } as unknown as Mechanism);
  const derive = async (context: Context, phKey = 0) =>
    handlers.C_DeriveKey!(context, { hSession: 1, pMechanism: { type: DERIVING, parameter: null }, hBaseKey: 1, pTemplate: [], phKey });
  const each = { ...newKey, implied };

  it('tells the handles of its further keys, which have the base key’s template too', async () => {
    const label = packTemplate([{ type: CKA.LABEL, value: bytes('derived') }]);
    const { context, made } = place({ 1: key([[CKA.DERIVE_TEMPLATE, label]]) });
    deriving(() => ({ key: each, further: [each, each], returned: (handles) => handles as never }));
    expect(await derive(context)).toEqual({ phKey: 101, pMechanism: [102, 103] });
    expect(made.map((object) => object.get(CKA.LABEL))).toEqual([bytes('derived'), bytes('derived'), bytes('derived')]);
    expect(made.map((object) => object.get(CKA.LOCAL))).toEqual([boolBytes(false), boolBytes(false), boolBytes(false)]);
  });

  it('without a key of its own needs no place for one; with one it does', async () => {
    const { context, made } = place({ 1: key() });
    deriving(() => ({ further: [each] }));
    expect(await derive(context, QUERY)).toMatchObject({ phKey: 0 });
    deriving(() => ({ key: each }));
    await expect(derive(context, QUERY)).rejects.toThrow(rvOf('ARGUMENTS_BAD'));
    expect(made).toHaveLength(1);
  });

  it('uses no other key that may not derive, or wants a login for each use', async () => {
    deriving((keyAt) => (keyAt(2) === undefined ? {} : { key: each }));
    await expect(derive(place({ 1: key() }).context)).rejects.toThrow(rvOf('KEY_HANDLE_INVALID'));
    const idle = key([[CKA.DERIVE, boolBytes(false)]]);
    await expect(derive(place({ 1: key(), 2: idle }).context)).rejects.toThrow(rvOf('KEY_FUNCTION_NOT_PERMITTED'));
    await expect(derive(place({ 1: idle }).context)).rejects.toThrow(rvOf('KEY_FUNCTION_NOT_PERMITTED'));
    const guarded = key([[CKA.ALWAYS_AUTHENTICATE, boolBytes(true)]]);
    await expect(derive(place({ 1: guarded, 2: key() }).context)).rejects.toThrow(rvOf('USER_NOT_LOGGED_IN'));
  });
});
