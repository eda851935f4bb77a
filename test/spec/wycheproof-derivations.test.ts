// Project Wycheproof's vectors for key agreement and key derivation, each by the way a real key goes.

import { describe, expect, test } from 'vitest';
import { ulongBytes } from '../../src/model/attribute.ts';
import { CKA, CKD, CKF, CKK, CKM, CKP, CKZ } from '../../src/protocol/constants.ts';
import { created, derivedValue, generic, hex, operation, slow, struct, templateOf, text } from '../unit/mechanisms/fixture.ts';
import { type Case, present, run } from './vectors.ts';

const printable = (name: string): Uint8Array => Buffer.from([0x13, name.length, ...Buffer.from(name)]);

/** What a private key of a curve agrees on with the vector's point; undefined where that is refused. */
function agreed(keyType: 'EC' | 'EC_MONTGOMERY', curve: string, value: Uint8Array, vector: Case): string | undefined {
  const key = created('PRIVATE_KEY', keyType, { EC_PARAMS: printable(curve), VALUE: value });
  const parameter = struct('CK_ECDH1_DERIVE_PARAMS', { kdf: CKD.NULL, pSharedData: null, pPublicData: hex(vector.public!) });
  const derive = () => derivedValue('ECDH1_DERIVE', key, {}, parameter);
  if (vector.result === 'valid') return derive();
  try {
    return derive();
  } catch (error) {
    expect(String(error)).toContain('CKR_MECHANISM_PARAM_INVALID:');
    return undefined;
  }
}

const scalar = (text: string): Uint8Array => {
  const bytes = hex(text.length % 2 === 0 ? text : `0${text}`);
  return bytes.length > 32 && bytes[0] === 0 ? bytes.subarray(bytes.findIndex((byte) => byte !== 0)) : bytes;
};

describe.runIf(present)('Wycheproof', () => {
  test.each([
    ['ecdh_secp256r1_ecpoint', 'secp256r1'],
    ['ecdh_secp384r1_ecpoint', 'secp384r1'],
  ])('ECDH agrees right: %s', (file, curve) => {
    run(file, () => (vector) => agreed('EC', curve, scalar(vector.private!), vector) === vector.shared);
  });

  test.each([
    ['x25519', 'curve25519'],
    ['x448', 'curve448'],
  ])('%s agrees right', (file, curve) => {
    run(file, () => (vector) => agreed('EC_MONTGOMERY', curve, hex(vector.private!), vector) === vector.shared);
  });

  test('HKDF derives right', () => {
    run('hkdf_sha256', () => (vector) => {
      const fields = {
        bExtract: 1,
        bExpand: 1,
        prfHashMechanism: CKM.SHA256,
        ulSaltType: CKF.HKDF_SALT_DATA,
        pSalt: hex(vector.salt!),
        hSaltKey: 0,
        pInfo: hex(vector.info!),
      };
      const template = { VALUE_LEN: ulongBytes(Number(vector.size)) };
      const derive = () => derivedValue('HKDF_DERIVE', generic(vector.ikm!), template, struct('CK_HKDF_PARAMS', fields));
      if (vector.result === 'valid') return derive() === vector.okm;
      expect(derive).toThrow('CKR_KEY_SIZE_RANGE:');
      return false;
    });
  });

  test('PBKDF2 derives right', async () => {
    const made: [Case, Promise<string>][] = [];
    run('pbkdf2_hmacsha256', () => (vector) => {
      const parameter = struct('CK_PKCS5_PBKD2_PARAMS2', {
        saltSource: CKZ.SALT_SPECIFIED,
        pSaltSourceData: hex(vector.salt!),
        iterations: Number(vector.iterationCount),
        prf: CKP.PKCS5_PBKD2_HMAC_SHA256,
        pPrfData: null,
        pPassword: hex(vector.password!),
      });
      const template = templateOf({ KEY_TYPE: ulongBytes(CKK.GENERIC_SECRET), VALUE_LEN: ulongBytes(Number(vector.dkLen)) });
      const key = Promise.resolve(operation('PKCS5_PBKD2', 'generateKey')(template, parameter, slow));
      made.push([vector, key.then((attributes) => text(attributes.get(CKA.VALUE)!))]);
      return true;
    });
    for (const [vector, value] of made) expect(await value).toBe(vector.dk);
  });
});
