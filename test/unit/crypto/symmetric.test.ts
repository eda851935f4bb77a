// What keeps its OpenSSL contexts gives what node:crypto gives, which makes them anew each time.
import { createCipheriv, createHash, createHmac, createSecretKey, getCipherInfo, randomBytes, randomInt } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { Aead } from '../../../src/crypto/aead.ts';
import { digest, digestInto } from '../../../src/crypto/digest.ts';
import { KeptCipher, KeptState } from '../../../src/crypto/kept-cipher.ts';
import { createMac, KeptMac } from '../../../src/crypto/mac.ts';
import {
  encryptNulls,
  fillRandom,
  hashWhole,
  loadAead,
  loadHash,
  loadMac,
  macWhole,
  openWhole,
  sealWhole,
} from '../../../src/crypto/native.ts';

const TAG = 16;
const lengths = [0, 1, 15, 16, 17, 63, 64, 65, 255, 1024, 70_000];
const hashes = [
  'md5',
  'sha1',
  'sha224',
  'sha256',
  'sha384',
  'sha512',
  'sha512-224',
  'sha512-256',
  'sha3-256',
  'sha3-512',
  'ripemd160',
  'blake2b512',
];

describe.each(['aes-128-gcm', 'aes-192-gcm', 'aes-256-gcm', 'chacha20-poly1305'] as const)('a key of %s', (cipher) => {
  const size = cipher === 'aes-128-gcm' ? 16 : cipher === 'aes-192-gcm' ? 24 : 32;
  const nonceLengths = cipher === 'chacha20-poly1305' ? [12] : [12, 1, 128, 12, 12, 16];
  const key = createSecretKey(randomBytes(size));
  const aead = new Aead(cipher, key);

  function expected(nonce: Uint8Array, associated: Uint8Array, data: Uint8Array): Buffer {
    const state = createCipheriv(cipher as 'aes-256-gcm', key, nonce, { authTagLength: TAG });
    state.setAAD(associated, { plaintextLength: data.length });
    return Buffer.concat([state.update(data), state.final(), state.getAuthTag()]);
  }

  it('seals and opens again and again, with nonces, associated data and data of any length by turns', () => {
    for (const length of lengths)
      for (const nonceLength of nonceLengths) {
        const [nonce, associated, data] = [randomBytes(nonceLength), randomBytes(randomInt(300)), randomBytes(length)];
        const sealed = Buffer.alloc(length + TAG);
        aead.seal(nonce, associated, data, sealed);
        expect(sealed.equals(expected(nonce, associated, data))).toBe(true);
        const plain = Buffer.alloc(length, 1);
        expect(aead.open(nonce, associated, sealed.subarray(0, length), sealed.subarray(length), plain)).toBe(true);
        expect(plain.equals(data)).toBe(true);
      }
  });

  it('opens nothing that was changed, leaves nothing of it, and opens what is right afterwards', () => {
    const [nonce, associated, data] = [randomBytes(12), randomBytes(20), randomBytes(100)];
    const sealed = Buffer.alloc(data.length + TAG);
    aead.seal(nonce, associated, data, sealed);
    for (let at = 0; at < sealed.length; at += 5) {
      const changed = Buffer.from(sealed);
      changed[at]! ^= 1;
      const place = Buffer.alloc(data.length, 1);
      expect(aead.open(nonce, associated, changed.subarray(0, data.length), changed.subarray(data.length), place)).toBe(false);
      expect(place.equals(Buffer.alloc(data.length))).toBe(true);
    }
    expect(aead.open(nonce, associated.subarray(1), sealed.subarray(0, 100), sealed.subarray(100), Buffer.alloc(100))).toBe(false);
    const plain = Buffer.alloc(data.length);
    expect(aead.open(nonce, associated, sealed.subarray(0, 100), sealed.subarray(100), plain)).toBe(true);
    expect(plain.equals(data)).toBe(true);
  });
});

it.each(['aes-128-ecb', 'aes-192-ecb', 'aes-256-ecb', 'des-ede3-ecb', 'camellia-256-ecb', 'aria-128-ecb'])(
  'a block of nulls is encrypted as by node:crypto: %s',
  (name) => {
    const { keyLength, blockSize } = getCipherInfo(name)!;
    const key = randomBytes(keyLength);
    const block = Buffer.alloc(blockSize!);
    encryptNulls(name, key, block);
    expect(block.equals(createCipheriv(name, key, null).update(Buffer.alloc(blockSize!)))).toBe(true);
    expect(() => encryptNulls(name, key, Buffer.alloc(blockSize! - 1))).toThrow('no room for a block');
    expect(() => encryptNulls(name, key.subarray(1), block)).toThrow('encrypting');
    expect(() => encryptNulls('no-cipher', key, block)).toThrow('a cipher');
  },
);

describe.each(['aes-256-cbc', 'aes-128-ctr', 'aes-192-ecb', 'aes-256-ofb', 'aes-128-cfb8', 'des-ede3-cbc', 'camellia-256-cbc'])(
  'a key of %s',
  (name) => {
    const { keyLength, ivLength = 0, blockSize = 1 } = getCipherInfo(name)!;
    const key = createSecretKey(randomBytes(keyLength));
    const cipher = new KeptCipher(name, key);
    const whole = lengths.filter((length) => length % blockSize === 0);

    it('encrypts and decrypts again and again, padded and not, in one piece as in parts', () => {
      for (const padding of blockSize > 1 ? [false, true, false] : [false])
        for (const length of padding ? lengths : whole) {
          const [vector, data] = [ivLength > 0 ? randomBytes(ivLength) : null, randomBytes(length)];
          const state = createCipheriv(name, key, vector).setAutoPadding(padding);
          const expected = Buffer.concat([state.update(data), state.final()]);
          const [place, back] = [Buffer.alloc(expected.length), Buffer.alloc(expected.length)];
          expect(cipher.run(false, padding, vector, data, place)).toBe(expected.length);
          expect(place.equals(expected)).toBe(true);
          const plain = back.subarray(0, cipher.run(true, padding, vector, place, back));
          expect(plain.equals(data)).toBe(true);
          const parts = new KeptState(cipher, true, vector).setAutoPadding(padding);
          expect(
            Buffer.concat([parts.update(expected.subarray(0, 9)), parts.update(expected.subarray(9)), parts.final()]).equals(data),
          ).toBe(true);
        }
    });

    it('gives nothing of what does not end as it has to, and works on', () => {
      if (blockSize === 1) return;
      const vector = ivLength > 0 ? randomBytes(ivLength) : null;
      for (const length of [1, blockSize - 1, 3 * blockSize + 1]) {
        const place = Buffer.alloc(length + blockSize, 1);
        expect(cipher.run(true, true, vector, randomBytes(length), place)).toBeUndefined();
        expect(place.subarray(0, length).equals(Buffer.alloc(length))).toBe(true);
        expect(cipher.run(false, false, vector, randomBytes(length), place)).toBeUndefined();
      }
      const place = Buffer.alloc(2 * blockSize);
      expect(cipher.run(false, true, vector, new Uint8Array(blockSize), place)).toBe(2 * blockSize);
      const state = createCipheriv(name, key, vector);
      expect(place.equals(Buffer.concat([state.update(new Uint8Array(blockSize)), state.final()]))).toBe(true);
    });

    it('refuses a vector of another length, and too little room', () => {
      expect(() => cipher.run(false, false, new Uint8Array(ivLength + 1), new Uint8Array(0), new Uint8Array(0))).toThrow();
      const vector = new Uint8Array(ivLength);
      expect(() => cipher.run(false, false, vector, new Uint8Array(16), new Uint8Array(15))).toThrow(RangeError);
      if (blockSize > 1) expect(() => cipher.run(false, true, vector, new Uint8Array(16), new Uint8Array(16))).toThrow(RangeError);
    });
  },
);

it.each(['aes-128', 'aes-256', 'des-ede3'])('a key of CMAC with %s gives its codes again and again, whole and cut', (name) => {
  const { keyLength, blockSize = 0 } = getCipherInfo(`${name}-cbc`)!;
  const key = createSecretKey(randomBytes(keyLength));
  const kept = new KeptMac('CMAC', `${name}-cbc`, key, blockSize);
  for (const length of lengths) {
    const data = randomBytes(length);
    const state = createMac('cmac', key, { cipher: `${name}-cbc` });
    state.update(data);
    const expected = Buffer.from(state.final());
    const [whole, cut] = [new Uint8Array(blockSize), new Uint8Array(5)];
    kept.put(data, whole);
    kept.put(data, cut);
    expect(Buffer.from(whole).equals(expected)).toBe(true);
    expect(Buffer.from(cut).equals(expected.subarray(0, 5))).toBe(true);
    expect(Buffer.from(kept.code(data)).equals(expected)).toBe(true);
  }
});

describe('the addon', () => {
  const aead = loadAead('aes-256-gcm', randomBytes(32));
  const [nonce, empty] = [randomBytes(12), new Uint8Array(0)];

  it('refuses keys of another length, names of no cipher, and places that do not fit', () => {
    for (const length of [0, 16, 31, 33, 64]) expect(() => loadAead('aes-256-gcm', randomBytes(length))).toThrow();
    expect(() => sealWhole(loadAead('chacha20-poly1305', randomBytes(32)), new Uint8Array(13), empty, empty, new Uint8Array(16))).toThrow();
    expect(() => loadAead('aes-257-gcm', randomBytes(32))).toThrow();
    for (const length of [0, 9, 10, 27])
      expect(() => sealWhole(aead, nonce, empty, new Uint8Array(10), new Uint8Array(length))).toThrow(RangeError);
    expect(() => openWhole(aead, nonce, empty, new Uint8Array(10), new Uint8Array(16), new Uint8Array(9))).toThrow(RangeError);
    expect(() => openWhole(aead, nonce, empty, new Uint8Array(10), new Uint8Array(17), new Uint8Array(10))).toThrow(RangeError);
    expect(() => hashWhole(loadHash('sha256'), empty, new Uint8Array(31))).toThrow(RangeError);
    expect(() => macWhole(loadMac('HMAC', 'sha256', empty), empty, new Uint8Array(31))).toThrow();
    expect(() => loadHash('no hash')).toThrow();
    expect(() => loadMac('HMAC', 'no hash', empty)).toThrow();
  });

  it('takes no handle for another', () => {
    const hmac = loadMac('HMAC', 'sha256', randomBytes(32));
    expect(() => macWhole(aead as never, empty, new Uint8Array(32))).toThrow(TypeError);
    expect(() => sealWhole(hmac as never, nonce, empty, empty, new Uint8Array(16))).toThrow(TypeError);
    expect(() => hashWhole({} as never, empty, new Uint8Array(32))).toThrow(TypeError);
  });

  it('gives random bytes, all of them and never the same', () => {
    const seen = new Set(
      Array.from({ length: 100 }, () => {
        const bytes = Buffer.alloc(32);
        fillRandom(bytes);
        return bytes.toString('hex');
      }),
    );
    expect(seen.size).toBe(100);
    const long = new Uint8Array(100_000);
    fillRandom(long);
    for (let at = 0; at < long.length; at += 1000) expect(long.subarray(at, at + 1000).some((byte) => byte !== 0)).toBe(true);
  });
});

describe.each(hashes)('%s', (name) => {
  it('gives its digest each time, whatever was hashed before', () => {
    for (const length of lengths) {
      const data = randomBytes(length);
      const expected = createHash(name).update(data).digest();
      const place = new Uint8Array(expected.length);
      digestInto(name, data, place);
      expect(Buffer.from(place).equals(expected)).toBe(true);
      expect(Buffer.from(digest(name, data)).equals(expected)).toBe(true);
    }
  });

  it('gives its HMAC each time, with keys of any length by turns, whole and cut', () => {
    const keys = [0, 1, 32, 64, 65, 128, 200].map((length) => createSecretKey(randomBytes(length)));
    const size = createHash(name).digest().length;
    const hmacs = keys.map((key) => new KeptMac('HMAC', name, key, size));
    for (const length of lengths)
      for (const [n, hmac] of hmacs.entries()) {
        const data = randomBytes(length);
        const expected = createHmac(name, keys[n]!).update(data).digest();
        const [whole, cut] = [new Uint8Array(size), new Uint8Array(5)];
        hmac.put(data, whole);
        hmac.put(data, cut);
        expect(Buffer.from(whole).equals(expected)).toBe(true);
        expect(Buffer.from(cut).equals(expected.subarray(0, 5))).toBe(true);
        expect(Buffer.from(hmac.code(data)).equals(expected)).toBe(true);
      }
  });
});
