// Project Wycheproof's vectors, each by the way a real key goes: created from its attributes, used through its mechanism,
// in one part and in several.

import { describe, expect, test } from 'vitest';
import { readRsaPkcs8, rsaParts } from '../../src/crypto/rsa.ts';
import type { Key } from '../../src/mechanisms/mechanism.ts';
import { CKG, CKM } from '../../src/protocol/constants.ts';
import {
  type CkmName,
  created,
  cut,
  hex,
  inParts,
  operation,
  sign,
  signParts,
  struct,
  text,
  ulongs,
  verify,
  verifyParts,
} from '../unit/mechanisms/fixture.ts';
import { type Fields, type Group, present, run } from './vectors.ts';

const number = (value: string): Uint8Array => hex(value.length % 2 === 0 ? value : `0${value}`);

function rsaPublic(group: Group): Key {
  const { modulus, publicExponent } = group.publicKey as Fields;
  return created('PUBLIC_KEY', 'RSA', { MODULUS: number(modulus!), PUBLIC_EXPONENT: number(publicExponent!) });
}

/** Whole and in parts must agree; what they agree on is the verdict. */
function both(name: CkmName, key: Key, message: Uint8Array, signature: Uint8Array, parameter: Uint8Array | null = null): boolean {
  const verdict = verify(name, key, message, signature, parameter);
  expect(verifyParts(name, key, cut(message, 1, 3), signature, parameter)).toBe(verdict);
  return verdict;
}

describe.runIf(present)('Wycheproof', () => {
  test.each([
    ['rsa_signature_2048_sha256', 'SHA256_RSA_PKCS'],
    ['rsa_signature_3072_sha512', 'SHA512_RSA_PKCS'],
  ] as const)('RSA PKCS#1 signatures are judged right: %s', (file, name) => {
    run(file, (group) => {
      const key = rsaPublic(group);
      return ({ msg, sig }) => both(name, key, hex(msg!), hex(sig!));
    });
  });

  test('RSA PKCS#1 signatures are made byte for byte', () => {
    const names: Readonly<Record<string, CkmName>> = {
      'SHA-1': 'SHA1_RSA_PKCS',
      'SHA-224': 'SHA224_RSA_PKCS',
      'SHA-256': 'SHA256_RSA_PKCS',
      'SHA-384': 'SHA384_RSA_PKCS',
      'SHA-512': 'SHA512_RSA_PKCS',
    };
    run('rsa_pkcs1_2048_sig_gen', (group) => {
      const parts = readRsaPkcs8(hex(group.privateKeyPkcs8 as string))!;
      const [modulus, publicExponent, privateExponent] = rsaParts.map((part) => parts[part]);
      const values = { MODULUS: modulus!, PUBLIC_EXPONENT: publicExponent!, PRIVATE_EXPONENT: privateExponent! };
      const key = created('PRIVATE_KEY', 'RSA', values);
      const name = names[group.sha as string];
      return ({ msg, sig }) => {
        if (name === undefined) return undefined;
        const signature = text(sign(name, key, hex(msg!)));
        expect(signature).toBe(sig);
        return text(signParts(name, key, cut(hex(msg!), 2))) === sig;
      };
    });
  });

  test.each(['rsa_pss_2048_sha256_mgf1_32', 'rsa_pss_misc'])('RSA PSS signatures are judged right: %s', (file) => {
    const masks: Readonly<Record<string, number>> = {
      'SHA-1': CKG.MGF1_SHA1,
      'SHA-224': CKG.MGF1_SHA224,
      'SHA-256': CKG.MGF1_SHA256,
      'SHA-384': CKG.MGF1_SHA384,
      'SHA-512': CKG.MGF1_SHA512,
    };
    const hashes: Readonly<Record<string, readonly [CkmName, number]>> = {
      'SHA-1': ['SHA1_RSA_PKCS_PSS', CKM.SHA_1],
      'SHA-224': ['SHA224_RSA_PKCS_PSS', CKM.SHA224],
      'SHA-256': ['SHA256_RSA_PKCS_PSS', CKM.SHA256],
      'SHA-384': ['SHA384_RSA_PKCS_PSS', CKM.SHA384],
      'SHA-512': ['SHA512_RSA_PKCS_PSS', CKM.SHA512],
    };
    run(file, (group) => {
      const [mask, hash] = [masks[group.mgfSha as string], hashes[group.sha as string]];
      if (mask === undefined || hash === undefined || group.mgf !== 'MGF1') return () => undefined;
      const key = rsaPublic(group);
      return ({ msg, sig }) => both(hash[0], key, hex(msg!), hex(sig!), ulongs(hash[1], mask, group.sLen as number));
    });
  });

  test.each([
    ['ecdsa_secp256r1_sha256_p1363', 'prime256v1', 'ECDSA_SHA256'],
    ['ecdsa_secp384r1_sha384_p1363', 'secp384r1', 'ECDSA_SHA384'],
    ['ecdsa_secp256k1_sha256_p1363', 'secp256k1', 'ECDSA_SHA256'],
    ['ecdsa_brainpoolP256r1_sha256_p1363', 'brainpoolP256r1', 'ECDSA_SHA256'],
  ] as const)('ECDSA signatures are judged right: %s', (file, curve, name) => {
    run(file, (group) => {
      const point = hex((group.publicKey as Fields).uncompressed!);
      const key = created('PUBLIC_KEY', 'EC', { EC_PARAMS: Buffer.from([0x13, curve.length, ...Buffer.from(curve)]), EC_POINT: point });
      return ({ msg, sig }) => both(name, key, hex(msg!), hex(sig!));
    });
  });

  test('Ed25519 signatures are judged right', () => {
    run('ed25519', (group) => {
      const point = hex((group.publicKey as Fields).pk!);
      const key = created('PUBLIC_KEY', 'EC_EDWARDS', { EC_PARAMS: hex('06032b6570'), EC_POINT: point });
      return ({ msg, sig }) => both('EDDSA', key, hex(msg!), hex(sig!));
    });
  });

  test.each([
    ['hmac_sha1', 'SHA_1_HMAC'],
    ['hmac_sha256', 'SHA256_HMAC'],
    ['hmac_sha3_256', 'SHA3_256_HMAC'],
  ] as const)('HMACs are judged right, cut or whole: %s', (file, name) => {
    run(file, (group) => {
      const parameter = ulongs((group.tagSize as number) / 8);
      return (vector) => {
        const key = created('SECRET_KEY', 'GENERIC_SECRET', { VALUE: hex(vector.key!) });
        return both(`${name}_GENERAL`, key, hex(vector.msg!), hex(vector.tag!), parameter);
      };
    });
  });

  test('AES-CBC with padding encrypts and decrypts right', () => {
    run('aes_cbc_pkcs5', () => (vector) => {
      const key = created('SECRET_KEY', 'AES', { VALUE: hex(vector.key!) });
      const [iv, cipherText] = [hex(vector.iv!), hex(vector.ct!)];
      const begin = () => operation('AES_CBC_PAD', 'decrypt')(key, iv);
      if (vector.result === 'invalid') {
        expect(() => begin().once(cipherText)).toThrow(/^CKR_ENCRYPTED_DATA_(LEN_RANGE|INVALID):/);
        expect(() => inParts(begin(), cut(cipherText, 5))).toThrow(/^CKR_ENCRYPTED_DATA_(LEN_RANGE|INVALID):/);
        return false;
      }
      expect(text(operation('AES_CBC_PAD', 'encrypt')(key, iv).once(hex(vector.msg!)))).toBe(vector.ct);
      expect(text(inParts(begin(), cut(cipherText, 5, 16)))).toBe(vector.msg);
      return text(begin().once(cipherText)) === vector.msg;
    });
  });

  test('AES-GCM encrypts and decrypts right', () => {
    run('aes_gcm', (group) => (vector) => {
      const key = created('SECRET_KEY', 'AES', { VALUE: hex(vector.key!) });
      const parameter = struct('CK_GCM_PARAMS', {
        pIv: hex(vector.iv!),
        ulIvBits: group.ivSize as number,
        pAAD: hex(vector.aad!),
        ulTagBits: group.tagSize as number,
      });
      const [sealed, message] = [hex(`${vector.ct}${vector.tag}`), hex(vector.msg!)];
      const begin = () => operation('AES_GCM', 'decrypt')(key, parameter);
      // OpenSSL takes no vector of more than 128 bytes, and nobody takes one of none.
      if ((group.ivSize as number) === 0 || (group.ivSize as number) > 1024) {
        expect(begin).toThrow('CKR_MECHANISM_PARAM_INVALID:');
        return vector.result === 'valid' ? undefined : false;
      }
      if (vector.result === 'invalid') {
        expect(() => begin().once(sealed)).toThrow('CKR_ENCRYPTED_DATA_INVALID:');
        expect(() => inParts(begin(), cut(sealed, 7))).toThrow('CKR_ENCRYPTED_DATA_INVALID:');
        return false;
      }
      expect(text(operation('AES_GCM', 'encrypt')(key, parameter).once(message))).toBe(text(sealed));
      expect(text(inParts(begin(), cut(sealed, 7)))).toBe(vector.msg);
      return text(begin().once(sealed)) === vector.msg;
    });
  });
});
