// How the vectors for ciphers and for keys under keys are asked.
import { CKM, CKZ } from '../../../src/protocol/constants.ts';
import type { Mechanism } from '../../support/functions.ts';
import { secretKey, type User } from '../../support/operations.ts';
import { struct } from '../../support/parameter.ts';
import { hash, mask, rsaPrivateKey } from './signatures.ts';
import { type Group, hex, type Judge, type Vector } from './vectors.ts';

type CipherKey = 'AES' | 'AES_XTS' | 'CHACHA20';

/** Decrypted to the message and encrypted to the vector's bytes, each whole and in parts. */
const cipher =
  (keyType: CipherKey, mechanismOf: (group: Group, vector: Vector) => Mechanism): Judge =>
  (user, group, vector) => {
    const key = user.create(secretKey(keyType, { VALUE: hex(vector.key), ENCRYPT: true, DECRYPT: true }));
    const mechanism = mechanismOf(group, vector);
    const [message, sealed] = [hex(vector.msg), Buffer.concat([hex(vector.ct), hex(vector.tag ?? '')])];
    if (!message.equals(user.decryptEveryWay(mechanism, key, sealed))) return false;
    return sealed.equals(user.encryptEveryWay(mechanism, key, message));
  };

export const cbcPad = cipher('AES', (_, { iv }) => ({ mechanism: CKM.AES_CBC_PAD, parameter: hex(iv) }));
/** The data unit's number is the tweak's first bytes. */
export const xts = cipher('AES_XTS', (_, { iv }) => ({ mechanism: CKM.AES_XTS, parameter: Buffer.concat([hex(iv)], 16) }));
export const gcm = cipher('AES', ({ ivSize, tagSize }, { iv, aad }) => {
  const fields = { pIv: hex(iv), ulIvBits: ivSize as number, pAAD: hex(aad), ulTagBits: tagSize as number };
  return { mechanism: CKM.AES_GCM, parameter: struct('CK_GCM_PARAMS', fields) };
});
export const ccm = cipher('AES', ({ tagSize }, { iv, aad, msg }) => {
  const fields = { ulDataLen: hex(msg).length, pNonce: hex(iv), pAAD: hex(aad), ulMACLen: (tagSize as number) / 8 };
  return { mechanism: CKM.AES_CCM, parameter: struct('CK_CCM_PARAMS', fields) };
});
export const chacha20 = cipher('CHACHA20', (_, { iv, aad }) => {
  const fields = { pNonce: hex(iv), pAAD: hex(aad) };
  return { mechanism: CKM.CHACHA20_POLY1305, parameter: struct('CK_SALSA20_CHACHA20_POLY1305_PARAMS', fields) };
});

/** What an unwrapped key is: of any length, and readable, to be looked at. */
const unwrapped = secretKey('GENERIC_SECRET', {});

const unwrapsTo = (user: User, mechanism: Mechanism, by: number, wrapped: Buffer, message: Buffer): boolean =>
  message.equals(user.valueOf(user.unwrap(mechanism, by, wrapped, unwrapped)));

/** A key wrapped to the vector's bytes and unwrapped from them; the same bytes are decrypted, too. */
export const keyWrap =
  (mechanism: Mechanism): Judge =>
  (user, _, vector) => {
    const [message, wrapped] = [hex(vector.msg), hex(vector.ct)];
    const by = user.create(secretKey('AES', { VALUE: hex(vector.key), WRAP: true, UNWRAP: true, ENCRYPT: true, DECRYPT: true }));
    const right = unwrapsTo(user, mechanism, by, wrapped, message) && message.equals(user.decrypt(mechanism, by, wrapped));
    const key = user.create(secretKey('GENERIC_SECRET', { VALUE: message }));
    return right && wrapped.equals(user.wrap(mechanism, by, key)) && wrapped.equals(user.encrypt(mechanism, by, message));
  };

const rsa =
  (mechanismOf: (group: Group, vector: Vector) => Mechanism): Judge =>
  (user, group, vector) => {
    const key = user.create(rsaPrivateKey(group, 'DECRYPT'));
    const [mechanism, message, sealed] = [mechanismOf(group, vector), hex(vector.msg), hex(vector.ct)];
    if (!message.equals(user.decrypt(mechanism, key, sealed))) return false;
    // No key is empty.
    return message.length === 0 || unwrapsTo(user, mechanism, key, sealed, message);
  };

export const rsaPkcs = rsa(() => ({ mechanism: CKM.RSA_PKCS }));
export const rsaOaep = rsa(({ sha, mgfSha }, { label }) => {
  const fields = { hashAlg: hash(sha), mgf: mask(mgfSha), source: CKZ.DATA_SPECIFIED, pSourceData: hex(label) };
  return { mechanism: CKM.RSA_PKCS_OAEP, parameter: struct('CK_RSA_PKCS_OAEP_PARAMS', fields) };
});
