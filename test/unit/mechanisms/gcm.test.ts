import { describe, expect, test } from 'vitest';
import { created, cut, hex, inParts, inPlace, operation, struct, text } from './fixture.ts';

const key = created('SECRET_KEY', 'AES', { VALUE: hex('feffe9928665731c6d6a8f9467308308') });
const plain = hex(
  'd9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39',
);
const aad = hex('feedfacedeadbeeffeedfacedeadbeefabaddad2');
/** The GCM submission's test case 4: ciphertext and tag. */
const sealed = hex(
  '42831ec2217774244b7221b784d0d49ce3aa212f2c02a4e035c17e2329aca12e21d514b25466931c7d8f6a5aac84aa051ba30b396a0aac973d58e091' +
    '5bc94fbc3221a5db94fae95ae7121a47',
);

const gcm = (fields: Record<string, number | Uint8Array | null> = {}) =>
  struct('CK_GCM_PARAMS', { pIv: hex('cafebabefacedbaddecaf888'), ulIvBits: 96, pAAD: aad, ulTagBits: 128, ...fields });
const encrypt = (parameter = gcm()) => operation('AES_GCM', 'encrypt')(key, parameter);
const decrypt = (parameter = gcm()) => operation('AES_GCM', 'decrypt')(key, parameter);

describe('CKM_AES_GCM', () => {
  test('gives what its authors give, and takes it back, whole and in parts', () => {
    expect(text(encrypt().once(plain))).toBe(text(sealed));
    expect(text(inParts(encrypt(), cut(plain, 1, 0, 30)))).toBe(text(sealed));
    expect(text(decrypt().once(sealed))).toBe(text(plain));
    expect(text(inParts(decrypt(), cut(sealed, 1, 0, 70)))).toBe(text(plain));
  });

  test('gives the same in its place, and nothing there where the tag is wrong', () => {
    const [encrypting, decrypting] = [encrypt(), decrypt()];
    expect(encrypting.bound(plain.length)).toBe(sealed.length);
    expect(text(inPlace(sealed.length, (place) => encrypting.put!(plain, place)))).toBe(text(sealed));
    expect(decrypting.bound(sealed.length)).toBe(plain.length);
    expect(text(inPlace(plain.length, (place) => decrypting.put!(sealed, place)))).toBe(text(plain));
    for (const at of [0, 59, 60, 75]) {
      const changed = Uint8Array.from(sealed);
      changed[at]! ^= 0x80;
      const place = new Uint8Array(plain.length).fill(1);
      expect(() => decrypt().put!(changed, place)).toThrow('CKR_ENCRYPTED_DATA_INVALID:');
      expect(text(place)).toBe('00'.repeat(plain.length));
    }
    expect(() => decrypt().put!(sealed.subarray(0, 15), new Uint8Array(0))).toThrow('CKR_ENCRYPTED_DATA_LEN_RANGE:');
  });

  test('operations of one key do not meet, whatever they began with and in which order they end', () => {
    const parameters = [12, 1, 128, 12, 16].map((length, n) =>
      gcm({ pIv: new Uint8Array(length).fill(n), ulTagBits: 128 - 8 * (n % 2), pAAD: n % 2 ? null : aad }),
    );
    const expected = parameters.map((parameter) => text(encrypt(parameter).once(plain)));
    const encrypting = parameters.map(encrypt);
    const decrypting = parameters.map(decrypt);
    for (const n of [3, 1, 4, 0, 2]) {
      const result = encrypting[n]!.once(plain);
      expect(text(result)).toBe(expected[n]);
      expect(text(inParts(encrypt(parameters[n]), cut(plain, 7)))).toBe(expected[n]);
      expect(() => decrypt(parameters[n]).once(result.subarray(1))).toThrow('CKR_ENCRYPTED_DATA_INVALID:');
      expect(text(decrypting[n]!.once(result))).toBe(text(plain));
    }
  });

  test('gives no plaintext before the tag was checked', () => {
    const ciphering = decrypt();
    expect(cut(sealed, 20, 40).map((part) => ciphering.update!(part).length)).toEqual([0, 0, 0]);
    expect(text(ciphering.final!())).toBe(text(plain));
  });

  test('a change anywhere is noticed: ciphertext, tag, additional data, initialisation vector', () => {
    for (const at of [0, 59, 60, 75]) {
      const changed = Uint8Array.from(sealed);
      changed[at]! ^= 0x80;
      expect(() => decrypt().once(changed)).toThrow('CKR_ENCRYPTED_DATA_INVALID:');
      expect(() => inParts(decrypt(), cut(changed, 16))).toThrow('CKR_ENCRYPTED_DATA_INVALID:');
    }
    expect(() => decrypt(gcm({ pAAD: null })).once(sealed)).toThrow('CKR_ENCRYPTED_DATA_INVALID:');
    expect(() => decrypt(gcm({ pIv: hex('00') })).once(sealed)).toThrow('CKR_ENCRYPTED_DATA_INVALID:');
  });

  test('what is shorter than a tag is refused for its length', () => {
    expect(() => decrypt().once(sealed.subarray(0, 15))).toThrow('CKR_ENCRYPTED_DATA_LEN_RANGE:');
    expect(() => decrypt().final!()).toThrow('CKR_ENCRYPTED_DATA_LEN_RANGE:');
  });

  test('nothing at all has a tag too', () => {
    const parameter = gcm({ pAAD: null });
    const tag = encrypt(parameter).once(new Uint8Array(0));
    expect(tag.length).toBe(16);
    expect(text(encrypt(parameter).final!())).toBe(text(tag));
    expect(decrypt(parameter).once(tag).length).toBe(0);
  });

  test.each([128, 120, 112, 104, 96, 64, 32])('a tag of %i bits is the beginning of the whole one', (ulTagBits) => {
    const short = encrypt(gcm({ ulTagBits })).once(plain);
    expect(text(short)).toBe(text(sealed.subarray(0, plain.length + ulTagBits / 8)));
    expect(text(decrypt(gcm({ ulTagBits })).once(short))).toBe(text(plain));
  });

  test.each([
    ['a tag of no bits', { ulTagBits: 0 }],
    ['a tag of 100 bits', { ulTagBits: 100 }],
    ['a tag of 136 bits', { ulTagBits: 136 }],
    ['no initialisation vector', { pIv: null }],
    ['an empty initialisation vector', { pIv: new Uint8Array(0) }],
    ['an initialisation vector of 129 bytes', { pIv: new Uint8Array(129) }],
  ])('%s is refused', (_, fields) => {
    expect(() => encrypt(gcm(fields))).toThrow('CKR_MECHANISM_PARAM_INVALID:');
    expect(() => decrypt(gcm(fields))).toThrow('CKR_MECHANISM_PARAM_INVALID:');
  });

  test('a parameter that is no CK_GCM_PARAMS is refused', () => {
    for (const parameter of [null, new Uint8Array(48), struct('CK_EDDSA_PARAMS', { phFlag: 0, pContextData: null })]) {
      expect(() => operation('AES_GCM', 'encrypt')(key, parameter)).toThrow('CKR_MECHANISM_PARAM_INVALID:');
    }
  });

  test('initialisation vectors of 1 and of 128 bytes work', () => {
    for (const length of [1, 128]) {
      const parameter = gcm({ pIv: new Uint8Array(length).fill(7), ulIvBits: 0 });
      expect(text(decrypt(parameter).once(encrypt(parameter).once(plain)))).toBe(text(plain));
    }
  });
});
