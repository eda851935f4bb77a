import { describe, expect, test } from 'vitest';
import type { MessageCiphering } from '../../../src/mechanisms/mechanism.ts';
import { CKG } from '../../../src/protocol/constants.ts';
import type { ReturnedStruct } from '../../../src/protocol/parameters.ts';
import { type CkmName, created, hex, operation, struct, text } from './fixture.ts';

const key = created('SECRET_KEY', 'AES', { VALUE: hex('feffe9928665731c6d6a8f9467308308') });
const chachaKey = created('SECRET_KEY', 'CHACHA20', { VALUE: new Uint8Array(32).fill(3) });
const [aad, plain] = [hex('feedfacedeadbeef'), new Uint8Array(100).fill(5)];
const EMPTY = new Uint8Array(0);
const fieldsOf = (returned: ReturnedStruct | undefined) => returned!.fields as Readonly<Record<string, Uint8Array>>;

type Given = { readonly nonce?: string; readonly tag?: Uint8Array; readonly fixed?: number; readonly generator?: number };
const kinds = {
  AES_GCM: ({ nonce = '00'.repeat(12), tag = new Uint8Array(16), fixed = 0, generator = CKG.NO_GENERATE }: Given) =>
    struct('CK_GCM_MESSAGE_PARAMS', { pIv: hex(nonce), ulIvFixedBits: fixed, ivGenerator: generator, pTag: tag, ulTagBits: 128 }),
  AES_CCM: ({ nonce = '00'.repeat(12), tag = new Uint8Array(16), fixed = 0, generator = CKG.NO_GENERATE }: Given) =>
    struct('CK_CCM_MESSAGE_PARAMS', {
      ...{ ulDataLen: 0, pNonce: hex(nonce), ulNonceFixedBits: fixed, nonceGenerator: generator, pMAC: tag, ulMACLen: 16 },
    }),
  CHACHA20_POLY1305: ({ nonce = '00'.repeat(12), tag = new Uint8Array(16) }: Given) =>
    struct('CK_SALSA20_CHACHA20_POLY1305_MSG_PARAMS', { pNonce: hex(nonce), pTag: tag }),
} as const;
type Kind = keyof typeof kinds;
const names = Object.keys(kinds) as Kind[];
const keyFor = (name: Kind) => (name === 'CHACHA20_POLY1305' ? chachaKey : key);
const tagIn = (returned: ReturnedStruct | undefined): Uint8Array => fieldsOf(returned).pTag ?? fieldsOf(returned).pMAC!;
const nonceIn = (returned: ReturnedStruct | undefined): string => text(fieldsOf(returned).pIv ?? fieldsOf(returned).pNonce!);

const encrypting = (name: Kind): MessageCiphering => operation(name, 'messageEncrypt')(keyFor(name), null);
const decrypting = (name: Kind): MessageCiphering => operation(name, 'messageDecrypt')(keyFor(name), null);

/** Runs a message in parts, and holds each to the size that it announced. */
function parts(ciphering: MessageCiphering, parameter: ReturnType<(typeof kinds)[Kind]>, data: Uint8Array, at: number) {
  const message = ciphering.begin(parameter, aad);
  const [first, rest] = [data.subarray(0, at), data.subarray(at)];
  const size = message.size(first.length, false);
  const begun = message.next(first);
  expect(begun.length).toBe(size);
  const lastSize = message.size(rest.length, true);
  const { data: ended, returned } = message.last(rest, parameter);
  expect(ended.length).toBe(lastSize);
  return { data: Buffer.concat([begun, ended]), returned };
}

describe.each(names)('messages of CKM_%s', (name) => {
  const parameter = kinds[name]({});

  test('are what C_Encrypt makes of them, their tag apart, whole and in parts', () => {
    const one = encrypting(name).begin(parameter, aad).last(plain, parameter);
    const plainParameter = {
      AES_GCM: struct('CK_GCM_PARAMS', { pIv: new Uint8Array(12), ulIvBits: 96, pAAD: aad, ulTagBits: 128 }),
      AES_CCM: struct('CK_CCM_PARAMS', { ulDataLen: plain.length, pNonce: new Uint8Array(12), pAAD: aad, ulMACLen: 16 }),
      CHACHA20_POLY1305: struct('CK_SALSA20_CHACHA20_POLY1305_PARAMS', { pNonce: new Uint8Array(12), pAAD: aad }),
    }[name];
    const expected = operation(name as CkmName, 'encrypt')(keyFor(name), plainParameter).once(plain);
    expect(text(Buffer.concat([one.data, tagIn(one.returned)]))).toBe(text(expected));
    expect(encrypting(name).size(plain.length)).toBe(one.data.length);
    const many = parts(encrypting(name), parameter, plain, 33);
    expect([text(many.data), text(tagIn(many.returned))]).toEqual([text(one.data), text(tagIn(one.returned))]);
  });

  test('come back, and not a byte of them before the tag was right', () => {
    const { data, returned } = encrypting(name).begin(parameter, aad).last(plain, parameter);
    const right = kinds[name]({ tag: tagIn(returned) });
    expect(text(decrypting(name).begin(right, aad).last(data, right).data)).toBe(text(plain));
    expect(text(parts(decrypting(name), right, data, 20).data)).toBe(text(plain));
    expect(decrypting(name).begin(right, aad).next(data).length).toBe(0);
    for (const wrong of [kinds[name]({ tag: new Uint8Array(16) }), kinds[name]({ tag: tagIn(returned), nonce: '01'.repeat(12) })]) {
      expect(() => decrypting(name).begin(wrong, aad).last(data, wrong)).toThrow('CKR_AEAD_DECRYPT_FAILED:');
    }
    expect(() => decrypting(name).begin(right, EMPTY).last(data, right)).toThrow('CKR_AEAD_DECRYPT_FAILED:');
    const short = kinds[name]({ tag: new Uint8Array(15) });
    expect(() => decrypting(name).begin(short, aad).last(data, short)).toThrow('CKR_MECHANISM_PARAM_INVALID:');
  });

  test('may be empty', () => {
    const { data, returned } = encrypting(name).begin(parameter, EMPTY).last(EMPTY, parameter);
    expect(data.length).toBe(0);
    const right = kinds[name]({ tag: tagIn(returned) });
    expect(decrypting(name).begin(right, EMPTY).last(EMPTY, right).data.length).toBe(0);
  });
});

describe.each(['AES_GCM', 'AES_CCM'] as const)('nonces that the token makes for CKM_%s', (name) => {
  const made = (ciphering: MessageCiphering, given: Given) => nonceIn(ciphering.begin(kinds[name](given), aad).returned);

  test('keep the bits that are fixed, and never come twice', () => {
    const ciphering = encrypting(name);
    for (const generator of [CKG.GENERATE, CKG.GENERATE_RANDOM]) {
      const nonces = Array.from({ length: 50 }, () => made(ciphering, { nonce: 'abcdef00'.padEnd(24, '0'), fixed: 24, generator }));
      expect(new Set(nonces).size).toBe(50);
      expect(nonces.every((nonce) => nonce.startsWith('abcdef'))).toBe(true);
    }
  });

  test('count from zero, and by crossing', () => {
    const [counting, crossing] = [encrypting(name), encrypting(name)];
    const count = { nonce: `ff${'00'.repeat(10)}ff`, fixed: 8, generator: CKG.GENERATE_COUNTER };
    expect([1, 2, 3].map(() => made(counting, count))).toEqual(['00', '01', '02'].map((last) => `ff${'00'.repeat(10)}${last}`));
    const cross = { ...count, generator: CKG.GENERATE_COUNTER_XOR };
    expect([1, 2, 3].map(() => made(crossing, cross))).toEqual(['ff', 'fe', 'fd'].map((last) => `ff${'00'.repeat(10)}${last}`));
  });

  test('end where every one was used', () => {
    const ciphering = encrypting(name);
    const few = { nonce: '11'.repeat(12), fixed: 95, generator: CKG.GENERATE_COUNTER };
    expect([made(ciphering, few), made(ciphering, few)]).toEqual([`${'11'.repeat(11)}10`, '11'.repeat(12)]);
    expect(() => made(ciphering, few)).toThrow('CKR_MECHANISM_PARAM_INVALID:');
    expect(() => made(ciphering, { ...few, fixed: 96 })).toThrow('CKR_MECHANISM_PARAM_INVALID:');
    expect(() => made(ciphering, { generator: 9 })).toThrow('CKR_MECHANISM_PARAM_INVALID:');
  });

  test('wrap one key each, so that none is counted', () => {
    const wrap = (generator: number) => {
      const parameter = kinds[name]({ generator });
      const { wrapped, returned } = operation(name, 'wrapKeyAuthenticated')(key, parameter, plain, aad);
      const back = kinds[name]({ nonce: nonceIn(returned), tag: tagIn(returned) });
      expect(text(operation(name, 'unwrapKeyAuthenticated')(key, back, wrapped, aad))).toBe(text(plain));
      expect(() => operation(name, 'unwrapKeyAuthenticated')(key, back, wrapped, EMPTY)).toThrow('CKR_WRAPPED_KEY_INVALID:');
      return nonceIn(returned);
    };
    expect(wrap(CKG.GENERATE)).not.toBe(wrap(CKG.GENERATE));
    expect(wrap(CKG.NO_GENERATE)).toBe('00'.repeat(12));
    for (const generator of [CKG.GENERATE_COUNTER, CKG.GENERATE_COUNTER_XOR]) {
      expect(() => wrap(generator)).toThrow('CKR_MECHANISM_PARAM_INVALID:');
    }
  });
});
