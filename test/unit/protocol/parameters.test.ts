// Structures with pointers: what the shim writes of them is read, and what a function writes into them goes back.
import { describe, expect, it } from 'vitest';
import { calls } from '../../../src/protocol/calls.ts';
import { type Plan, plans, readRequest, writeReply } from '../../../src/protocol/codec.ts';
import { CKA, CKM } from '../../../src/protocol/constants.ts';
import { messageParameters, parameterOf } from '../../../src/protocol/parameter-of.ts';
import { fieldName, fieldsOf, isGiven, isReturned, parameterNames } from '../../../src/protocol/parameters.ts';
import { MalformedFrame, QUERY, Reader } from '../../../src/protocol/reader.ts';
import { structs } from '../../../src/protocol/structs.ts';
import type { ParameterName } from '../../../src/protocol/structures.ts';
import { Writer } from '../../../src/protocol/writer.ts';
import { BAD_MARK, frame, NULL_MARK, type Part } from './frame.ts';

function readerOf(...parts: readonly Part[]): Reader {
  const bytes = frame(...parts);
  const reader = new Reader(new Uint8Array(bytes).buffer);
  reader.start(bytes.length);
  return reader;
}

const numberOf = (name: ParameterName): number => parameterNames.indexOf(name);
const planOf = (name: keyof typeof calls): Plan => plans[calls[name].id]!;

function reply(name: keyof typeof calls, result: unknown): Buffer {
  const writer = new Writer(new ArrayBuffer(4096));
  writeReply(planOf(name), writer, { pCiphertext: 100, pWrappedKey: 100 }, result);
  return Buffer.from(writer.written());
}

describe('a structure with pointers', () => {
  it('is read field by field, whatever mechanism it came with', () => {
    const parts = [CKM.SHA256, 1, 1, 3, Uint8Array.of(1, 2, 3)];
    const reader = readerOf(2, numberOf('CK_RSA_PKCS_OAEP_PARAMS'), ...parts);
    expect(reader.parameter()).toEqual({
      struct: 'CK_RSA_PKCS_OAEP_PARAMS',
      fields: { hashAlg: CKM.SHA256, mgf: 1, source: 1, pSourceData: Uint8Array.of(1, 2, 3) },
    });
    expect(reader.finished).toBe(true);
  });

  it('may hold lists of structures, and these templates', () => {
    const data = [1, 4, 2, Uint8Array.of(9, 9)];
    const keys = [2, 1, CKA.VALUE_LEN, 1, 8, Uint8Array.of(16, 0, 0, 0, 0, 0, 0, 0), 0];
    const reader = readerOf(2, numberOf('CK_SP800_108_KDF_PARAMS'), CKM.SHA256_HMAC, ...data, ...keys);
    expect(reader.parameter()).toEqual({
      struct: 'CK_SP800_108_KDF_PARAMS',
      fields: {
        prfType: CKM.SHA256_HMAC,
        pDataParams: [{ type: 4, pValue: Uint8Array.of(9, 9) }],
        pAdditionalDerivedKeys: [
          { pTemplate: [{ type: CKA.VALUE_LEN, value: Uint8Array.of(16, 0, 0, 0, 0, 0, 0, 0) }] },
          { pTemplate: [] },
        ],
      },
    });
    expect(reader.finished).toBe(true);
  });

  it('with a list that is NULL and counted, or longer than any, is a bad argument', () => {
    const reader = readerOf(2, numberOf('CK_OTP_PARAMS'), BAD_MARK);
    reader.parameter();
    expect(reader.bad).toBe(true);
    expect(() => readerOf(2, numberOf('CK_OTP_PARAMS'), 257).parameter()).toThrow(MalformedFrame);
    expect(() => readerOf(2, numberOf('CK_OTP_PARAMS'), NULL_MARK).parameter()).toThrow(MalformedFrame);
  });

  it('with a number that no structure has is malformed', () => {
    expect(() => readerOf(2, parameterNames.length).parameter()).toThrow(MalformedFrame);
    expect(() => readerOf(3, 0).parameter()).toThrow(MalformedFrame);
  });

  it.each(parameterNames)('%s has each of its members once, by the names that the standard gives them', (name) => {
    const fields = fieldsOf(name).filter((field) => isGiven(field) || isReturned(field));
    const names = fields.map(fieldName);
    expect(new Set(names).size).toBe(names.length);
    const members = new Set(Object.values(structs).flatMap((rows) => rows.map(([, member]) => /^\w+/.exec(member)![0])));
    expect(names.filter((each) => !members.has(each))).toEqual([]);
    expect(structs[name]).toBeDefined();
  });
});

describe('what a function writes into a structure', () => {
  it('goes back in the order of the fields, each empty where it was left out', () => {
    const returned = { struct: 'CK_GCM_MESSAGE_PARAMS', fields: { pTag: Uint8Array.of(5, 6) } };
    const expected = frame(0, 1, 0, 2, Uint8Array.of(5, 6), 1, 1, Uint8Array.of(7));
    expect(reply('C_EncryptMessage', { pParameter: returned, pCiphertext: Uint8Array.of(7) })).toEqual(expected);
  });

  it('may be handles, in the structure itself or in a list', () => {
    const keys = { struct: 'CK_SP800_108_KDF_PARAMS', fields: { pAdditionalDerivedKeys: [{ phKey: 11 }, { phKey: 12 }] } };
    expect(reply('C_DeriveKey', { pMechanism: keys, phKey: 10 })).toEqual(frame(0, 1, 2, 11, 12, 10));
    const material = { struct: 'CK_SSL3_KEY_MAT_PARAMS', fields: { hClientKey: 3, hServerKey: 4, pIVClient: Uint8Array.of(1) } };
    expect(reply('C_DeriveKey', { pMechanism: material, phKey: 0 })).toEqual(frame(0, 1, 0, 0, 3, 4, 1, Uint8Array.of(1), 0, 0));
  });

  it('is nothing where the handler says nothing', () => {
    expect(reply('C_DeriveKey', { phKey: 10 })).toEqual(frame(0, 0, 10));
    expect(reply('C_EncryptMessageBegin', {})).toEqual(frame(0, 0));
  });

  it('C_DeriveKey may have no room for a handle', () => {
    const request = readRequest(planOf('C_DeriveKey'), readerOf(1, 0, 2, 0, NULL_MARK));
    expect(request.phKey).toBe(QUERY);
  });
});

it('a message’s structures are told apart by their size, and C_EncryptInit takes none of them', () => {
  const sizes = messageParameters.map((name) => structs[name]!.length);
  expect(new Set(sizes).size).toBe(messageParameters.length);
  const taken = Object.values(parameterOf).flat();
  expect(messageParameters.filter((name) => taken.includes(name))).toEqual([]);
});

it('the mechanisms that take structures are mechanisms', () => {
  expect(Object.keys(parameterOf).filter((name) => !(name in CKM))).toEqual([]);
});
