// Project Wycheproof's vectors for ciphers, MACs and key wrapping, each by the way a real key goes.

import { describe, expect, test } from 'vitest';
import { readRsaPkcs8, rsaParts } from '../../src/crypto/rsa.ts';
import type { Key } from '../../src/mechanisms/mechanism.ts';
import { CKG, CKM, CKZ } from '../../src/protocol/constants.ts';
import type { MechanismParameter } from '../../src/protocol/parameters.ts';
import {
  type CkmName,
  created,
  cut,
  hex,
  inParts,
  operation,
  struct,
  text,
  ulongs,
  verify,
  verifyParts,
} from '../unit/mechanisms/fixture.ts';
import { type Case, type Group, present, run } from './vectors.ts';

const aesKey = ({ key }: Case): Key => created('SECRET_KEY', 'AES', { VALUE: hex(key!) });

function rsaPrivate(group: Group): Key {
  const parts = readRsaPkcs8(hex(group.privateKeyPkcs8 as string))!;
  const [modulus, publicExponent, privateExponent] = rsaParts.map((part) => parts[part]);
  return created('PRIVATE_KEY', 'RSA', { MODULUS: modulus!, PUBLIC_EXPONENT: publicExponent!, PRIVATE_EXPONENT: privateExponent! });
}

const masks: Readonly<Record<string, readonly [hash: number, mask: number]>> = {
  'SHA-1': [CKM.SHA_1, CKG.MGF1_SHA1],
  'SHA-256': [CKM.SHA256, CKG.MGF1_SHA256],
};

/** An authenticated cipher: what is valid is made byte for byte and taken back, what is not is refused, whole and in parts. */
function judgeAead(name: CkmName, key: Key, parameter: MechanismParameter, vector: Case): boolean {
  const [sealed, message] = [hex(`${vector.ct}${vector.tag}`), hex(vector.msg!)];
  const decrypt = () => operation(name, 'decrypt')(key, parameter);
  if (vector.result === 'invalid') {
    expect(() => decrypt().once(sealed)).toThrow('CKR_ENCRYPTED_DATA_INVALID:');
    expect(() => inParts(decrypt(), cut(sealed, 7))).toThrow('CKR_ENCRYPTED_DATA_INVALID:');
    return false;
  }
  const encrypt = () => operation(name, 'encrypt')(key, parameter);
  expect(text(encrypt().once(message))).toBe(text(sealed));
  expect(text(inParts(encrypt(), cut(message, 1, 5)))).toBe(text(sealed));
  expect(text(inParts(decrypt(), cut(sealed, 7)))).toBe(vector.msg);
  return text(decrypt().once(sealed)) === vector.msg;
}

function judgeMac(name: CkmName, key: Key, vector: Case, parameter: MechanismParameter): boolean {
  const [message, tag] = [hex(vector.msg!), hex(vector.tag!)];
  const verdict = verify(name, key, message, tag, parameter);
  expect(verifyParts(name, key, cut(message, 1, 16), tag, parameter)).toBe(verdict);
  return verdict;
}

function judgeWrap(name: CkmName, vector: Case): boolean {
  const key = aesKey(vector);
  const decrypt = () => operation(name, 'decrypt')(key, null).once(hex(vector.ct!));
  if (vector.result === 'invalid') {
    expect(decrypt).toThrow(/^CKR_ENCRYPTED_DATA_(LEN_RANGE|INVALID):/);
    return false;
  }
  const wrapped = operation(name, 'wrapKey')(key, null, hex(vector.msg!)).wrapped;
  return text(wrapped) === vector.ct && text(decrypt()) === vector.msg;
}

describe.runIf(present)('Wycheproof', () => {
  test.each(['rsa_oaep_2048_sha1_mgf1sha1', 'rsa_oaep_2048_sha256_mgf1sha256'])('RSA OAEP decrypts right: %s', (file) => {
    run(file, (group) => {
      const key = rsaPrivate(group);
      const [hashAlg, mgf] = [masks[group.sha as string]![0], masks[group.mgfSha as string]![1]];
      return (vector) => {
        const fields = { hashAlg, mgf, source: CKZ.DATA_SPECIFIED, pSourceData: hex(vector.label!) };
        const decrypt = () => operation('RSA_PKCS_OAEP', 'decrypt')(key, struct('CK_RSA_PKCS_OAEP_PARAMS', fields)).once(hex(vector.ct!));
        if (vector.result === 'valid') return text(decrypt()) === vector.msg;
        expect(decrypt).toThrow(/^CKR_ENCRYPTED_DATA_(LEN_RANGE|INVALID):/);
        return false;
      };
    });
  });

  // Wrong padding is answered with random data (OpenSSL's implicit rejection): nobody is to learn that it was wrong.
  test('RSA PKCS#1 v1.5 decrypts right, and gives nothing of what is padded wrongly', () => {
    run('rsa_pkcs1_2048', (group) => {
      const key = rsaPrivate(group);
      return (vector) => {
        const decrypt = () => operation('RSA_PKCS', 'decrypt')(key, null).once(hex(vector.ct!));
        if (vector.result === 'valid') return text(decrypt()) === vector.msg;
        // A number that is not below the modulus was not made by anybody's encryption.
        if (vector.flags?.includes('InvalidCiphertextFormat')) expect(decrypt).toThrow(/^CKR_ENCRYPTED_DATA_(LEN_RANGE|INVALID):/);
        else expect(text(decrypt())).toBe(text(decrypt()));
        return false;
      };
    });
  });

  test('AES-CCM encrypts and decrypts right', () => {
    run('aes_ccm', (group) => (vector) => {
      const parameter = struct('CK_CCM_PARAMS', {
        ulDataLen: hex(vector.msg!).length,
        pNonce: hex(vector.iv!),
        pAAD: hex(vector.aad!),
        ulMACLen: (group.tagSize as number) / 8,
      });
      const fits = hex(vector.iv!).length >= 7 && hex(vector.iv!).length <= 13;
      const tagFits = [4, 6, 8, 10, 12, 14, 16].includes((group.tagSize as number) / 8);
      if (fits && tagFits) return judgeAead('AES_CCM', aesKey(vector), parameter, vector);
      expect(() => operation('AES_CCM', 'decrypt')(aesKey(vector), parameter)).toThrow('CKR_MECHANISM_PARAM_INVALID:');
      return false;
    });
  });

  test('ChaCha20-Poly1305 encrypts and decrypts right', () => {
    run('chacha20_poly1305', () => (vector) => {
      const key = created('SECRET_KEY', 'CHACHA20', { VALUE: hex(vector.key!) });
      const parameter = struct('CK_SALSA20_CHACHA20_POLY1305_PARAMS', { pNonce: hex(vector.iv!), pAAD: hex(vector.aad!) });
      // The file is about RFC 8439: to it XChaCha20's nonces are as wrong as any.
      if (hex(vector.iv!).length === 24) return undefined;
      if (hex(vector.iv!).length === 12) return judgeAead('CHACHA20_POLY1305', key, parameter, vector);
      expect(() => operation('CHACHA20_POLY1305', 'decrypt')(key, parameter)).toThrow('CKR_MECHANISM_PARAM_INVALID:');
      return false;
    });
  });

  test('AES-CMAC is judged right, cut or whole', () => {
    run('aes_cmac', (group) => (vector) => {
      if (![16, 24, 32].includes(hex(vector.key!).length)) {
        expect(() => aesKey(vector)).toThrow('CKR_ATTRIBUTE_VALUE_INVALID:');
        return false;
      }
      return judgeMac('AES_CMAC_GENERAL', aesKey(vector), vector, ulongs((group.tagSize as number) / 8));
    });
  });

  test('AES-GMAC is judged right', () => {
    run('aes_gmac', (group) => (vector) => {
      const fields = { pIv: hex(vector.iv!), ulIvBits: 0, pAAD: null, ulTagBits: group.tagSize as number };
      return judgeMac('AES_GMAC', aesKey(vector), vector, struct('CK_GCM_PARAMS', fields));
    });
  });

  test.each([
    ['aes_wrap', 'AES_KEY_WRAP'],
    ['aes_kwp', 'AES_KEY_WRAP_KWP'],
  ] as const)('AES Key Wrap wraps and unwraps right: %s', (file, name) => {
    run(file, () => (vector) => (vector.result === 'acceptable' ? undefined : judgeWrap(name, vector)));
  });

  test('AES-XTS encrypts and decrypts right', () => {
    run('aes_xts', () => (vector) => {
      if (![32, 64].includes(hex(vector.key!).length)) return undefined;
      const key = created('SECRET_KEY', 'AES_XTS', { VALUE: hex(vector.key!) });
      // The vectors' data unit number is the tweak's first bytes.
      const tweak = Buffer.concat([hex(vector.iv!), new Uint8Array(16 - hex(vector.iv!).length)]);
      const encrypt = () => operation('AES_XTS', 'encrypt')(key, tweak);
      const decrypt = () => operation('AES_XTS', 'decrypt')(key, tweak);
      expect(text(inParts(encrypt(), cut(hex(vector.msg!), 3, 20)))).toBe(vector.ct);
      return text(encrypt().once(hex(vector.msg!))) === vector.ct && text(decrypt().once(hex(vector.ct!))) === vector.msg;
    });
  });
});
