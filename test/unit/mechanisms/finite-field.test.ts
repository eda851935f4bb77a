import { createHash, createPrivateKey, createPublicKey, getDiffieHellman, verify as nodeVerify } from 'node:crypto';
import { beforeAll, describe, expect, test } from 'vitest';
import { randomBelow, randomOf } from '../../../src/crypto/finite-field.ts';
import { bitLength } from '../../../src/crypto/rsa.ts';
import { materialOf, unwrapped } from '../../../src/mechanisms/material.ts';
import type { Key, Made } from '../../../src/mechanisms/mechanism.ts';
import { ulongBytes, ulongOf } from '../../../src/model/attribute.ts';
import { CKA, CKD, CKK, CKM, CKO } from '../../../src/protocol/constants.ts';
import {
  type CkmName,
  created,
  cut,
  derived,
  derivedValue,
  hex,
  keyOf,
  mechanisms,
  operation,
  sign,
  signParts,
  slow,
  struct,
  templateOf,
  text,
  verify,
} from './fixture.ts';

const modp = getDiffieHellman('modp14');
const [prime, base] = [modp.getPrime(), Uint8Array.of(2)];

/** Domain parameters as a template of the key pair that is made with them. */
const domain = (made: Made) =>
  ([CKA.PRIME, CKA.SUBPRIME, CKA.BASE] as const).flatMap((type) => (made.has(type) ? [{ type, value: made.get(type)! }] : []));

const parameters = async (name: CkmName, template: Parameters<typeof templateOf>[0]): Promise<Made> =>
  operation(name, 'generateKey')(templateOf(template), null, slow);

const pairOf = async (name: CkmName, publicTemplate: ReturnType<typeof domain>, privateTemplate: ReturnType<typeof templateOf> = []) => {
  const { publicKey, privateKey } = await operation(name, 'generateKeyPair')(publicTemplate, privateTemplate, null, slow);
  return { publicKey: keyOf(publicKey), privateKey: keyOf(privateKey) };
};
const publicValue = (key: Key): Uint8Array => key.attributes.get(CKA.VALUE)!;

describe('DSA', () => {
  let made: Made;
  beforeAll(async () => {
    made = await parameters('DSA_PARAMETER_GEN', { PRIME_BITS: ulongBytes(1024) });
  });

  test('parameters have the lengths asked for', () => {
    expect([ulongOf(made, CKA.CLASS), ulongOf(made, CKA.KEY_TYPE)]).toEqual([CKO.DOMAIN_PARAMETERS, CKK.DSA]);
    expect([made.get(CKA.PRIME)!, made.get(CKA.SUBPRIME)!].map(bitLength)).toEqual([1024, 160]);
    const asked = (PRIME_BITS: number, SUBPRIME_BITS: number) =>
      expect(parameters('DSA_PARAMETER_GEN', { PRIME_BITS: ulongBytes(PRIME_BITS), SUBPRIME_BITS: ulongBytes(SUBPRIME_BITS) }));
    return Promise.all(
      [asked(1024, 161), asked(1000, 160), asked(512, 160)].map((each) => each.rejects.toThrow('CKR_ATTRIBUTE_VALUE_INVALID:')),
    );
  });

  test('signs what Node verifies, over the data and over a hash', async () => {
    const { publicKey, privateKey } = await pairOf('DSA_KEY_PAIR_GEN', domain(made));
    const spki = { key: Buffer.from(publicKey.attributes.get(CKA.PUBLIC_KEY_INFO)!), format: 'der', type: 'spki' } as const;
    const key = { key: createPublicKey(spki), dsaEncoding: 'ieee-p1363' } as const;
    const message = Buffer.from('a message');
    const signature = signParts('DSA_SHA256', privateKey, cut(message, 2));
    expect(signature.length).toBe(40);
    expect(nodeVerify('sha256', message, key, signature)).toBe(true);
    expect(verify('DSA_SHA256', publicKey, message, signature)).toBe(true);
    expect(verify('DSA_SHA256', publicKey, Buffer.from('another'), signature)).toBe(false);
    const digest = createHash('sha256').update(message).digest();
    expect(verify('DSA', publicKey, digest, signature)).toBe(true);
    expect(nodeVerify('sha256', message, key, sign('DSA', privateKey, digest))).toBe(true);
    expect(() => sign('DSA', privateKey, message)).toThrow('CKR_DATA_LEN_RANGE:');
  });

  test('its private keys are PKCS#8 to OpenSSL, leave, come back, and tell their public ones', async () => {
    const { publicKey, privateKey } = await pairOf('DSA_KEY_PAIR_GEN', domain(made));
    const wrapping = mechanisms.get(CKM.AES_KEY_WRAP)!;
    const der = materialOf(privateKey.attributes, wrapping);
    const node = createPublicKey(createPrivateKey({ key: Buffer.from(der), format: 'der', type: 'pkcs8' }));
    expect(text(node.export({ format: 'der', type: 'spki' }))).toBe(text(publicKey.attributes.get(CKA.PUBLIC_KEY_INFO)!));
    const template = templateOf({ CLASS: ulongBytes(CKO.PRIVATE_KEY), KEY_TYPE: ulongBytes(CKK.DSA) });
    const back = unwrapped(template, Buffer.concat([der, new Uint8Array(5)]), wrapping).made;
    expect(text(back.get(CKA.VALUE)!)).toBe(text(privateKey.attributes.get(CKA.VALUE)!).replace(/^(00)+/, ''));
    const told = derived('PUB_KEY_FROM_PRIV_KEY', privateKey, {}).key!.made;
    expect(text(told.get(CKA.VALUE)!)).toBe(text(publicValue(publicKey)));
  });

  test('hostile numbers are refused before anything is computed with them', () => {
    const values = Object.fromEntries(domain(made).map(({ type, value }) => [type, value]));
    const numbers = { PRIME: values[CKA.PRIME]!, SUBPRIME: values[CKA.SUBPRIME]!, BASE: values[CKA.BASE]!, VALUE: hex('07') };
    for (const wrong of [
      { PRIME: new Uint8Array(4000).fill(255) },
      { PRIME: hex('00') },
      { SUBPRIME: hex('03') },
      { SUBPRIME: values[CKA.PRIME]! },
      { BASE: hex('01') },
      { VALUE: hex('00') },
      { VALUE: values[CKA.PRIME]! },
    ]) {
      expect(() => created('PRIVATE_KEY', 'DSA', { ...numbers, ...wrong })).toThrow('CKR_ATTRIBUTE_VALUE_INVALID:');
    }
    expect(created('PRIVATE_KEY', 'DSA', numbers).attributes.has(CKA.PUBLIC_KEY_INFO)).toBe(true);
  });
});

describe('Diffie-Hellman', () => {
  const dh = (bits?: number) =>
    pairOf(
      'DH_PKCS_KEY_PAIR_GEN',
      [
        { type: CKA.PRIME, value: prime },
        { type: CKA.BASE, value: base },
      ],
      bits === undefined ? [] : templateOf({ VALUE_BITS: ulongBytes(bits) }),
    );

  test('both sides have one secret, which shorter keys are the end of', async () => {
    const [a, b] = [await dh(), await dh(256)];
    expect(bitLength(publicValue(b.privateKey))).toBe(256);
    const secret = derivedValue('DH_PKCS_DERIVE', a.privateKey, {}, publicValue(b.publicKey));
    expect(derivedValue('DH_PKCS_DERIVE', b.privateKey, {}, publicValue(a.publicKey))).toBe(secret);
    expect(secret.length).toBe(2 * prime.length);
    const short = { KEY_TYPE: ulongBytes(CKK.AES), VALUE_LEN: ulongBytes(32) };
    expect(secret.endsWith(derivedValue('DH_PKCS_DERIVE', b.privateKey, short, publicValue(a.publicKey)))).toBe(true);
  });

  test("another's value that is none is refused", async () => {
    const { privateKey } = await dh();
    for (const wrong of [null, hex(''), hex('00'), hex('01'), prime]) {
      expect(() => derived('DH_PKCS_DERIVE', privateKey, {}, wrong)).toThrow('CKR_MECHANISM_PARAM_INVALID:');
    }
  });

  test('a secret may be encapsulated', async () => {
    const { publicKey, privateKey } = await dh(300);
    const template = templateOf({ KEY_TYPE: ulongBytes(CKK.AES), VALUE_LEN: ulongBytes(16) });
    const encapsulating = operation('DH_PKCS_DERIVE', 'encapsulateKey')(publicKey, null);
    const { ciphertext, key } = encapsulating.encapsulate(template);
    expect(ciphertext.length).toBe(encapsulating.size);
    const back = operation('DH_PKCS_DERIVE', 'decapsulateKey')(privateKey, null, ciphertext, template);
    expect(text(back.made.get(CKA.VALUE)!)).toBe(text(key.made.get(CKA.VALUE)!));
  });

  test('parameters are found where they are short, and known where they are long', async () => {
    const long = await parameters('DH_PKCS_PARAMETER_GEN', { PRIME_BITS: ulongBytes(2048) });
    expect(text(long.get(CKA.PRIME)!)).toBe(text(prime));
    const short = await parameters('DH_PKCS_PARAMETER_GEN', { PRIME_BITS: ulongBytes(512) });
    expect(bitLength(short.get(CKA.PRIME)!)).toBe(512);
    expect((await pairOf('DH_PKCS_KEY_PAIR_GEN', domain(short))).publicKey.attributes.size).toBeGreaterThan(0);
    await expect(async () => parameters('DH_PKCS_PARAMETER_GEN', { PRIME_BITS: ulongBytes(1100) })).rejects.toThrow(
      'CKR_ATTRIBUTE_VALUE_INVALID:',
    );
  });

  test('X9.42 derives with and without a hash, and of two agreements', async () => {
    const made = await parameters('X9_42_DH_PARAMETER_GEN', { PRIME_BITS: ulongBytes(1024) });
    const [a, b, c, d] = await Promise.all([1, 2, 3, 4].map(() => pairOf('X9_42_DH_KEY_PAIR_GEN', domain(made))));
    const derive = (mine: Key, theirs: Key, kdf: number, info: Uint8Array | null = null) =>
      derivedValue(
        'X9_42_DH_DERIVE',
        mine,
        {},
        struct('CK_X9_42_DH1_DERIVE_PARAMS', { kdf, pOtherInfo: info, pPublicData: publicValue(theirs) }),
      );
    const secret = derive(a!.privateKey, b!.publicKey, CKD.NULL);
    expect(derive(b!.privateKey, a!.publicKey, CKD.NULL)).toBe(secret);
    const first = createHash('sha1')
      .update(Buffer.concat([hex(secret), hex('00000001'), hex('aa')]))
      .digest('hex');
    expect(derive(a!.privateKey, b!.publicKey, CKD.SHA1_KDF_CONCATENATE, hex('aa')).startsWith(first)).toBe(true);
    const hybrid = (mine: Key, passing: Key, theirs: Key, theirPassing: Key) => {
      const fields = { kdf: CKD.NULL, pOtherInfo: null, pPublicData: publicValue(theirs), pPublicData2: publicValue(theirPassing) };
      const parameter = struct('CK_X9_42_DH2_DERIVE_PARAMS', { ...fields, ulPrivateDataLen: 0, hPrivateData: 5 });
      return derivedValue('X9_42_DH_HYBRID_DERIVE', mine, {}, parameter, { 5: passing });
    };
    const both = hybrid(a!.privateKey, c!.privateKey, b!.publicKey, d!.publicKey);
    expect(hybrid(b!.privateKey, d!.privateKey, a!.publicKey, c!.publicKey)).toBe(both);
    expect(both.startsWith(secret)).toBe(true);
  });
});

test('random numbers are below their limit, and of their length', () => {
  for (let i = 0; i < 200; i++) {
    const number = randomBelow(hex('000103'));
    expect(Buffer.compare(number, hex('0103'))).toBeLessThan(0);
    expect(bitLength(number)).toBeGreaterThan(0);
    expect(bitLength(randomOf(13))).toBe(13);
  }
  expect(text(randomBelow(hex('02')))).toBe('01');
});
