import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { calls } from '../../../src/protocol/calls.ts';
import { Needed, Partial, plans, readRequest, writeReply } from '../../../src/protocol/codec.ts';
import { CKA, CKM, CKR } from '../../../src/protocol/constants.ts';
import { MalformedFrame, QUERY, Reader } from '../../../src/protocol/reader.ts';
import { padded, Writer } from '../../../src/protocol/writer.ts';
import { BAD_MARK, frame, NULL_MARK } from './frame.ts';

function readerOf(bytes: Buffer): Reader {
  const buffer = new Uint8Array(bytes).buffer;
  const reader = new Reader(buffer);
  reader.start(bytes.length);
  return reader;
}

const request = (name: keyof typeof calls, ...parts: (number | bigint | Uint8Array)[]) => {
  const reader = readerOf(frame(...parts));
  return { request: readRequest(plans[calls[name].id]!, reader), reader };
};

describe('a request', () => {
  it('becomes what its row says, by the standard’s names', () => {
    const { request: read, reader } = request('C_Sign', 77, 3, Uint8Array.of(1, 2, 3), 256);
    expect(read).toEqual({ hSession: 77, pData: Uint8Array.of(1, 2, 3), pSignature: 256 });
    expect(reader.finished).toBe(true);
  });

  it('tells a NULL buffer from one that is only empty, and a bad pointer from both', () => {
    expect(request('C_Sign', 1, NULL_MARK, NULL_MARK).request).toEqual({ hSession: 1, pData: null, pSignature: QUERY });
    expect(request('C_Sign', 1, 0, 0).request).toEqual({ hSession: 1, pData: new Uint8Array(), pSignature: 0 });
    expect(request('C_Sign', 1, 0, BAD_MARK).reader.bad).toBe(true);
  });

  it('has every bit of a CK_FLAGS, where a number would be rounded', () => {
    for (const flags of [2n ** 64n - 1n, 2n ** 63n + 1n, 2n ** 53n + 1n, 0n])
      expect(request('C_SessionCancel', 1, flags, 0).request).toEqual({ hSession: 1, flags, failed: 0 });
  });

  it('flattens a mechanism’s parameter by the structure’s own row', () => {
    const { request: read } = request('C_EncryptInit', 1, 1, CKM.AES_GCM, 2, 0, 2, Uint8Array.of(7, 8), 16, NULL_MARK, 128, 99);
    expect(read['pMechanism']).toEqual({
      type: CKM.AES_GCM,
      parameter: { struct: 'CK_GCM_PARAMS', fields: { pIv: Uint8Array.of(7, 8), ulIvBits: 16, pAAD: null, ulTagBits: 128 } },
    });
    expect(read['hKey']).toBe(99);
  });

  it('has templates within templates four deep, and no deeper', () => {
    const nest = (depth: number): (number | bigint)[] => (depth === 0 ? [0] : [1, CKA.WRAP_TEMPLATE, 2, ...nest(depth - 1)]);
    expect(() => request('C_CreateObject', 1, ...nest(3), 0)).not.toThrow();
    expect(() => request('C_CreateObject', 1, ...nest(4), 0)).toThrow(MalformedFrame);
  });

  it('with a length that leads out of the frame is malformed, however large', () => {
    for (const length of [9, 2 ** 31, 2n ** 53n, 2n ** 63n, 2n ** 64n - 3n]) {
      expect(() => request('C_DigestUpdate', 1, length, Uint8Array.of(1))).toThrow(MalformedFrame);
    }
  });

  it('with more template entries than it can hold is malformed before anything is allocated', () => {
    expect(() => request('C_FindObjectsInit', 1, 2n ** 40n)).toThrow(MalformedFrame);
  });

  it('of any bytes at all is read or refused, and nothing else', () => {
    const rows = plans.filter((plan) => plan !== undefined);
    fc.assert(
      fc.property(fc.constantFrom(...rows), fc.uint8Array({ maxLength: 400 }), (plan, bytes) => {
        try {
          readRequest(plan, readerOf(Buffer.from(bytes)));
        } catch (error) {
          expect(error).toBeInstanceOf(MalformedFrame);
        }
      }),
      { numRuns: 5000 },
    );
  });
});

describe('a reply', () => {
  const reply = (name: keyof typeof calls, asked: Record<string, unknown>, result: unknown): Buffer => {
    const writer = new Writer(new ArrayBuffer(64));
    writeReply(plans[calls[name].id]!, writer, asked, result);
    return Buffer.from(writer.written());
  };

  it('has the return value, then each output', () => {
    expect(reply('C_Sign', { pSignature: 256 }, { pSignature: Uint8Array.of(5, 6) })).toEqual(frame(CKR.OK, 2, 1, Uint8Array.of(5, 6)));
  });

  it('turns a result that does not fit into CKR_BUFFER_TOO_SMALL with the length', () => {
    expect(reply('C_Sign', { pSignature: 1 }, { pSignature: new Needed(2, true) })).toEqual(frame(CKR.BUFFER_TOO_SMALL, 2, 0));
    expect(reply('C_GetSlotList', { pSlotList: 1 }, { pSlotList: [4, 5] })).toEqual(frame(CKR.BUFFER_TOO_SMALL, 2, 0));
    expect(reply('C_GetSlotList', { pSlotList: QUERY }, { pSlotList: [4, 5] })).toEqual(frame(CKR.OK, 2, 0));
  });

  it('carries outputs beside an error where the standard wants both', () => {
    const values = [{ type: CKA.VALUE, length: 2 ** 64 }];
    const written = reply('C_GetAttributeValue', {}, new Partial(CKR.ATTRIBUTE_SENSITIVE, { pTemplate: values }));
    expect(written).toEqual(frame(CKR.ATTRIBUTE_SENSITIVE, 1, CKA.VALUE, NULL_MARK, 0));
  });

  it('grows beyond the usual buffer', () => {
    const long = new Uint8Array(1000).fill(9);
    expect(reply('C_Sign', { pSignature: 1000 }, { pSignature: long })).toEqual(frame(CKR.OK, 1000, 1, long));
  });

  it('lays a structure out as C does', () => {
    const info = { slotID: 1, state: 2, flags: 3, ulDeviceError: 4 };
    expect(reply('C_GetSessionInfo', {}, { pInfo: info })).toEqual(frame(CKR.OK, 1, 2, 3, 4));
  });
});

describe('padded text', () => {
  it('is blank-filled, and cut at a whole character', () => {
    expect(Buffer.from(padded('ab', 4)).toString()).toBe('ab  ');
    expect(Buffer.from(padded('aöö', 4)).toString()).toBe('aö ');
  });
});
