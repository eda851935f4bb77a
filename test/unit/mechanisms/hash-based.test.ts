import { describe, expect, test } from 'vitest';
import type { Key } from '../../../src/mechanisms/mechanism.ts';
import { readUlong, ulongBytes } from '../../../src/model/attribute.ts';
import { CKA } from '../../../src/protocol/constants.ts';
import { vectors } from '../crypto/hash-based.ts';
import { type Attributes, created, cut, keyOf, operation, pairOf, slow, templateOf, ulongs, verify, verifyParts } from './fixture.ts';

const MESSAGE = new Uint8Array(Buffer.from('a message'));

const scheme = (...levels: readonly (readonly [lms: number, ots: number])[]): Attributes => ({
  HSS_LEVELS: ulongBytes(levels.length),
  HSS_LMS_TYPES: ulongs(...levels.map(([lms]) => lms)),
  HSS_LMOTS_TYPES: ulongs(...levels.map(([, ots]) => ots)),
});

const generate = async (attributes: Attributes) => operation('HSS_KEY_PAIR_GEN', 'generateKeyPair')([], templateOf(attributes), null, slow);

const pair = async (attributes: Attributes) => {
  const { publicKey, privateKey } = pairOf(await generate(attributes));
  return {
    publicKey,
    privateKey: keyOf(
      new Map([...[...templateOf(attributes)].map(({ type, value }) => [type, value!] as const), ...privateKey.attributes]),
    ),
  };
};

/** C_Sign, as far as mechanisms go. @returns the signature, and the key as it is from then on. */
async function sign(key: Key): Promise<{ signature: Uint8Array; key: Key }> {
  const signing = operation('HSS', 'signStateful')(key, null);
  const after = keyOf(new Map([...key.attributes, ...signing.step(key.attributes)]));
  const signature = (await signing.sign(MESSAGE, key.attributes, slow)) as Uint8Array;
  expect(signature.length).toBe(signing.size);
  return { signature, key: after };
}

const remaining = ({ attributes }: Key) => readUlong(attributes.get(CKA.HSS_KEYS_REMAINING)!);

describe('an HSS key pair', () => {
  test('signs and verifies, in parts too, until its one-time keys are used up', async () => {
    const { publicKey, privateKey } = await pair(scheme([5, 1]));
    let key = privateKey;
    for (let left = 32; left > 0; left--) {
      expect(remaining(key)).toBe(left);
      const made = await sign(key);
      key = made.key;
      expect(verify('HSS', publicKey, MESSAGE, made.signature)).toBe(true);
      expect(verifyParts('HSS', publicKey, cut(MESSAGE, 1, 3), made.signature)).toBe(true);
    }
    expect(remaining(key)).toBe(0);
    await expect(sign(key)).rejects.toThrow('CKR_KEY_EXHAUSTED:');
  });

  test('counts no further than 2^32 - 1', async () => {
    const { privateKey } = await pair(scheme([5, 1], [6, 1], [6, 1], [6, 1]));
    expect(remaining(privateKey)).toBe(2 ** 32 - 1);
    expect(remaining((await sign(privateKey)).key)).toBe(2 ** 32 - 1);
  });

  test.each<[why: string, Attributes, refusal: string]>([
    ['without its levels', { HSS_LMS_TYPES: ulongs(5), HSS_LMOTS_TYPES: ulongs(4) }, 'TEMPLATE_INCOMPLETE'],
    ['with fewer types than levels', { ...scheme([5, 4]), HSS_LEVELS: ulongBytes(2) }, 'TEMPLATE_INCONSISTENT'],
    ['with more types than levels', { ...scheme([5, 4]), HSS_LMOTS_TYPES: ulongs(4, 4) }, 'TEMPLATE_INCONSISTENT'],
    ['of an LMS type that there is not', scheme([4, 4]), 'ATTRIBUTE_VALUE_INVALID'],
    ['of an LM-OTS type that there is not', scheme([5, 17]), 'ATTRIBUTE_VALUE_INVALID'],
    ['of two hashes in one level', scheme([5, 8]), 'ATTRIBUTE_VALUE_INVALID'],
    ['of two hashes in two levels', scheme([5, 4], [10, 8]), 'TEMPLATE_INCONSISTENT'],
    ['of a tree that takes days', scheme([9, 4]), 'PARAMETER_SET_NOT_SUPPORTED'],
    ['of lower trees that take minutes', scheme([5, 4], [8, 4]), 'PARAMETER_SET_NOT_SUPPORTED'],
  ])('%s is refused', async (_, attributes, refusal) => {
    await expect(generate(attributes)).rejects.toThrow(`CKR_${refusal}:`);
  });

  test('has public key information that says what it is (RFC 9708)', async () => {
    const { publicKey, privateKey } = await pair(scheme([5, 3]));
    const value = publicKey.attributes.get(CKA.VALUE)!;
    const info = Uint8Array.from([...Buffer.from('304e300d060b2a864886f70d0109100311033d00', 'hex'), ...value]);
    expect(publicKey.attributes.get(CKA.PUBLIC_KEY_INFO)).toEqual(info);
    expect(privateKey.attributes.get(CKA.PUBLIC_KEY_INFO)).toEqual(info);
  });
});

describe('a hash-based key that an application brings', () => {
  test('is no HSS private key: its state would be elsewhere too', async () => {
    const { privateKey } = await pair(scheme([5, 1]));
    const VALUE = privateKey.attributes.get(CKA.VALUE)!;
    expect(() => created('PRIVATE_KEY', 'HSS', { ...scheme([5, 1]), VALUE })).toThrow('CKR_ATTRIBUTE_VALUE_INVALID:');
  });

  test.each(vectors('hss'))('verifies as HSS: $name', ({ publicKey, message, signature }) => {
    const key = created('PUBLIC_KEY', 'HSS', { VALUE: publicKey });
    const verifying = operation('HSS', 'verify')(key, null);
    expect(verifying.accepts!(signature.length)).toBe(true);
    expect(verifying.accepts!(100)).toBe(false);
    expect(verifying.verify(message, signature)).toBe(true);
    expect(verifying.verify(MESSAGE, signature)).toBe(false);
  });

  test.each([
    ...vectors('xmss').map((each) => ({ ...each, kind: 'XMSS' as const })),
    ...vectors('xmssMt').map((each) => ({ ...each, kind: 'XMSSMT' as const })),
  ])('verifies as $kind: $name', ({ kind, publicKey, message, signature }) => {
    const key = created('PUBLIC_KEY', kind, { PARAMETER_SET: ulongBytes(publicKey[3]!), VALUE: publicKey });
    expect(verify(kind, key, message, signature)).toBe(true);
    expect(verifyParts(kind, key, cut(message, 1), signature)).toBe(true);
    expect(verify(kind, key, MESSAGE, signature)).toBe(false);
    expect(verify(kind, key, message, signature.subarray(1))).toBe(false);
  });

  test('is no HSS public key of types that there are not', () => {
    const { publicKey } = vectors('hss')[0]!;
    for (const at of [7, 11]) {
      const VALUE = Uint8Array.from(publicKey);
      VALUE[at] = 99;
      expect(() => created('PUBLIC_KEY', 'HSS', { VALUE })).toThrow('CKR_ATTRIBUTE_VALUE_INVALID:');
    }
  });
});
