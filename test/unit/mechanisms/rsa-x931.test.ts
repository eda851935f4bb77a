// What a signature by X9.31 holds, read back without its padding, and what OpenSSL's command makes of it: no vectors of it are at hand.
import { execFileSync } from 'node:child_process';
import { constants, createPublicKey, hash, publicDecrypt } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, expect, onTestFinished, test } from 'vitest';
import { rsaPrivateDer } from '../../../src/mechanisms/rsa-key.ts';
import { ulongBytes } from '../../../src/model/attribute.ts';
import { CKA } from '../../../src/protocol/constants.ts';
import { cut, generated, hex, type Pair, sign, signParts, text, verify, verifyParts } from './fixture.ts';

const pairs = new Map<number, Pair>();
beforeAll(async () => {
  for (const bits of [1024, 1152, 1280]) pairs.set(bits, await generated('RSA_PKCS_KEY_PAIR_GEN', { MODULUS_BITS: ulongBytes(bits) }));
});

const message = Buffer.from('message');
const trailed = Buffer.concat([message, hex('33cc')]);
const sha1 = Buffer.concat([hash('sha1', message, 'buffer'), hex('33cc')]);
const number = (bytes: Uint8Array): bigint => BigInt(`0x${text(bytes)}`);

/** A signature is the smaller one of s and n - s; of what both give, the block is the one that ends as its trailer does. */
function blockOf({ publicKey: { attributes } }: Pair, signature: Uint8Array): string {
  const key = createPublicKey({ key: Buffer.from(attributes.get(CKA.PUBLIC_KEY_INFO)!), format: 'der', type: 'spki' });
  const result = number(publicDecrypt({ key, padding: constants.RSA_NO_PADDING }, signature));
  const modulus = number(attributes.get(CKA.MODULUS)!);
  expect(number(signature)).toBeLessThanOrEqual(modulus / 2n);
  return (result % 16n === 12n ? result : modulus - result).toString(16);
}

test.each([1024, 1280])('with a modulus of %i bits they hold header, padding, data and trailer', (bits) => {
  const pair = pairs.get(bits)!;
  const block = (data: Uint8Array) => `6${'b'.repeat(bits / 4 - 2 - 2 * data.length)}a${text(data)}`;
  // Both halves of the numbers come up.
  for (const first of [1, 2, 3, 4, 5, 6, 7, 8]) {
    const data = Buffer.of(first, ...trailed);
    expect(blockOf(pair, sign('RSA_X9_31', pair.privateKey, data))).toBe(block(data));
    expect(verify('RSA_X9_31', pair.publicKey, data, sign('RSA_X9_31', pair.privateKey, data))).toBe(true);
  }
  expect(blockOf(pair, sign('SHA1_RSA_X9_31', pair.privateKey, message))).toBe(block(sha1));
});

test('with SHA-1 they are made and judged whole and in parts', () => {
  const { privateKey, publicKey } = pairs.get(1024)!;
  const signature = signParts('SHA1_RSA_X9_31', privateKey, cut(message, 3));
  expect(text(signature)).toBe(text(sign('RSA_X9_31', privateKey, sha1)));
  expect(verify('SHA1_RSA_X9_31', publicKey, message, signature)).toBe(true);
  expect(verifyParts('SHA1_RSA_X9_31', publicKey, cut(message, 1), signature)).toBe(true);
  expect(verify('SHA1_RSA_X9_31', publicKey, message.subarray(1), signature)).toBe(false);
  expect(verify('SHA1_RSA_X9_31', publicKey, message, Buffer.alloc(128, 0x11))).toBe(false);
});

test('OpenSSL’s command takes ours, and we take its own', () => {
  const { privateKey, publicKey } = pairs.get(1280)!;
  const folder = mkdtempSync(join(tmpdir(), 'strongroom-x931-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const [key, file] = [join(folder, 'key.der'), join(folder, 'signature')];
  writeFileSync(key, rsaPrivateDer(privateKey.attributes), { mode: 0o600 });
  const openssl = (input: Uint8Array, ...args: readonly string[]) =>
    execFileSync(
      'openssl',
      ['pkeyutl', '-keyform', 'DER', '-inkey', key, '-pkeyopt', 'digest:sha1', '-pkeyopt', 'rsa_padding_mode:x931', ...args],
      { input },
    );
  for (const text of ['a', 'b', 'c', 'd']) {
    const digest = hash('sha1', text, 'buffer');
    writeFileSync(file, sign('SHA1_RSA_X9_31', privateKey, Buffer.from(text)));
    expect(String(openssl(digest, '-verify', '-sigfile', file))).toContain('Verified Successfully');
    expect(verify('SHA1_RSA_X9_31', publicKey, Buffer.from(text), openssl(digest, '-sign'))).toBe(true);
  }
});

test('data has its trailer and room, and the modulus a length of X9.31', () => {
  const { privateKey, publicKey } = pairs.get(1024)!;
  const filled = (length: number) => Buffer.alloc(length, 0xcc);
  expect(verify('RSA_X9_31', publicKey, filled(126), sign('RSA_X9_31', privateKey, filled(126)))).toBe(true);
  for (const length of [0, 127]) expect(() => sign('RSA_X9_31', privateKey, filled(length))).toThrow('CKR_DATA_LEN_RANGE:');
  expect(() => sign('RSA_X9_31', privateKey, message)).toThrow('CKR_DATA_INVALID:');
  expect(() => verify('RSA_X9_31', publicKey, message, new Uint8Array(128))).toThrow('CKR_DATA_INVALID:');
  for (const name of ['RSA_X9_31', 'SHA1_RSA_X9_31'] as const)
    expect(() => sign(name, pairs.get(1152)!.privateKey, trailed)).toThrow('CKR_KEY_SIZE_RANGE:');
});
