import { expect, test } from 'vitest';
import { CKA, CKK } from '../../../src/protocol/constants.ts';
import type { ParameterStruct } from '../../../src/protocol/parameters.ts';
import { type CkmName, hex, operation, slow, struct, text } from './fixture.ts';

/** OpenSSL's own vectors for PKCS12KDF: "smeg" and "queeg" as BMPStrings. */
const [smeg, queeg] = [hex('0073006d006500670000'), hex('007100750065006500670000')];

const parameter = (pPassword: Uint8Array, salt: string, ulIteration: number): ParameterStruct =>
  struct('CK_PBE_PARAMS', { pPassword, pSalt: hex(salt), ulIteration });

const generate = (name: CkmName, given: ParameterStruct) => operation(name, 'generateKey')([], given, slow);

const withoutParity = (value: Uint8Array): string => text(value.map((byte) => byte & 0xfe));

test.each([
  ['PBE_SHA1_DES3_EDE_CBC', smeg, '0a58cf64530d823f', 1, '8aaae6297b6cb04642ab5b077851284eb7128f1a2a7fbca3', '79993dfe048d3b76'],
  ['PBE_SHA1_DES3_EDE_CBC', queeg, '05dec959acff72f7', 1000, 'ed2034e36328830ff09df1e1a07dd357185dac0d4f9eb3d4', '11dedad7758d4860'],
  ['PBE_SHA1_DES2_EDE_CBC', smeg, '0a58cf64530d823f', 1, '8aaae6297b6cb04642ab5b077851284e', '79993dfe048d3b76'],
] as const)('CKM_%s makes a key with parity and its initialisation vector', async (name, password, salt, iterations, value, vector) => {
  const given = parameter(password, salt, iterations);
  const key = (await generate(name, given)).get(CKA.VALUE)!;
  expect(withoutParity(key)).toBe(withoutParity(hex(value)));
  for (const byte of key) expect(byte.toString(2).replaceAll('0', '').length % 2).toBe(1);
  const returned = await operation(name, 'generateKeyReturns')(given, slow);
  expect(text((returned.fields as { pInitVector: Uint8Array }).pInitVector)).toBe(vector);
});

test('CKM_PBA_SHA1_WITH_SHA1_HMAC makes a generic secret of 160 bits', async () => {
  const made = await generate('PBA_SHA1_WITH_SHA1_HMAC', parameter(smeg, '3d83c0e4546ac140', 1));
  expect(text(made.get(CKA.VALUE)!)).toBe('8d967d88f6caa9d714800ab3d48051d63f73a312');
  expect(made.get(CKA.KEY_TYPE)![0]).toBe(CKK.GENERIC_SECRET);
});

test('many iterations leave others their turns between them', async () => {
  let [turns, isRunning] = [0, true];
  const turn = () => {
    turns += 1;
    if (isRunning) setImmediate(turn);
  };
  turn();
  await generate('PBA_SHA1_WITH_SHA1_HMAC', parameter(smeg, '00', 100_000));
  isRunning = false;
  expect(turns).toBeGreaterThan(20);
});

test('no iterations, too many, and no such structure are bad parameters', async () => {
  for (const wrong of [parameter(smeg, '00', 0), parameter(smeg, '00', 1_000_001), hex('00'), null]) {
    await expect((async () => operation('PBE_SHA1_DES3_EDE_CBC', 'generateKey')([], wrong, slow))()).rejects.toThrow(
      'CKR_MECHANISM_PARAM_INVALID:',
    );
  }
});
