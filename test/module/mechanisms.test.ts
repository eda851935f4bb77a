// docs/mechanisms.md, row by row and flag by flag: what C_GetMechanismInfo says that a mechanism does is done with it, through the library.
import type { Handle, PKCS11 } from 'pkcs11js';
import { afterAll, describe, expect } from 'vitest';
import { flagsOf, registry } from '../../src/mechanisms/registry.ts';
import { CK, CKA, CKF, CKK, CKM, CKO } from '../../src/protocol/constants.ts';
import { array, call, given, made, mechanism, must, read, structure, template, ulong } from '../support/cryptoki.ts';
import { attributeOf, createSecret, generateDomain, generatePair, KeyRing } from '../support/mechanism-keys.ts';
import { type Asked, messageParameter, parameterFor, templateOfDerived } from '../support/mechanism-parameters.ts';
import { sharedTest as test } from '../support/token.ts';
import { vectors } from '../unit/crypto/hash-based.ts';

// For the engine that this file's first C_Initialize starts.
process.env.STRONGROOM_LEGACY = 'true';
afterAll(() => {
  delete process.env.STRONGROOM_LEGACY;
});

type Flag = Asked['flag'];
const names = new Map<number, string>(Object.entries(CKM).map(([name, type]) => [type, name]));
const rows = registry({ legacy: true });

/** One use of one mechanism, with a key of one of its types. */
interface Use {
  readonly session: number;
  readonly keys: KeyRing;
  readonly type: number;
  readonly name: string;
  readonly keyType: number;
  readonly flag: Flag;
}

const by = (use: Use, length = 32): Buffer => mechanism(use.type, parameterFor(use.name, { ...use, length }));

/** As much as the mechanism takes: raw RSA as much as its key has, DSA a digest. */
const dataFor = (name: string): Buffer => {
  const data = Buffer.alloc(name === 'RSA_X_509' ? 256 : name === 'DSA' ? 20 : 32, 5);
  data[0] = 0;
  // The application applies X9.31's trailer.
  if (name === 'RSA_X9_31') data[31] = 0xcc;
  return data;
};

const same = (a: Buffer, b: Buffer, what: string): void => {
  if (!a.equals(b)) throw new Error(`${what} are not the same`);
};

/** RFC 4226's key gives this to its first counter. */
const hotp = (use: Use): { parameter: Buffer; signature: Buffer } => {
  const list = array('CK_OTP_PARAM', [[CK.OTP_COUNTER, Buffer.alloc(8), 8]]);
  const value = Buffer.from('12345678901234567890');
  const key = createSecret(use.session, CKK.HOTP, { [CKA.VALUE]: value });
  const parameter = mechanism(use.type, structure('CK_OTP_PARAMS', [list, 1]));
  must('C_VerifyInit', use.session, parameter, key);
  must('C_Verify', use.session, null, 0, Buffer.from('755224'), 6);
  return { parameter, signature: Buffer.from('755224') };
};

/** XMSS is verified and not signed here: a signature that is known to be right, and another one. */
function verifyKnown({ session, keyType, type }: Use): void {
  const { publicKey, message, signature } = vectors(keyType === CKK.XMSS ? 'xmss' : 'xmssMt')[0]!;
  const entries = { [CKA.CLASS]: CKO.PUBLIC_KEY, [CKA.KEY_TYPE]: keyType, [CKA.PARAMETER_SET]: publicKey[3]!, [CKA.VALUE]: publicKey };
  const key = made('C_CreateObject', session, ...template(entries));
  for (const verdict of ['OK', 'SIGNATURE_INVALID']) {
    must('C_VerifySignatureInit', session, mechanism(type), key, signature, signature.length);
    must('C_VerifySignatureUpdate', session, message, message.length);
    const found = call('C_VerifySignatureFinal', session);
    if (found !== verdict) throw new Error(`the signature is ${found}, not ${verdict}`);
    signature[signature.length - 1]! ^= 1;
  }
}

function sign(use: Use): void {
  const { session, keys, keyType } = use;
  if (keyType === CKK.HOTP) {
    must('C_SignInit', session, by(use), keys.of(keyType).privateKey);
    if (given('C_Sign', session, null, 0).length !== 80) throw new Error('no CK_OTP_SIGNATURE_INFO');
    return;
  }
  const data = dataFor(use.name);
  must('C_SignInit', session, by(use), keys.of(keyType).privateKey);
  const signature = given('C_Sign', session, data, data.length);
  if (signature.length === 0) throw new Error('an empty signature');
}

function verify(use: Use): void {
  const { session, keys, keyType } = use;
  if (keyType === CKK.HOTP) {
    hotp(use);
    return;
  }
  if (keyType === CKK.XMSS || keyType === CKK.XMSSMT) {
    verifyKnown(use);
    return;
  }
  const { publicKey, privateKey } = keys.of(keyType);
  const data = dataFor(use.name);
  must('C_SignInit', session, by(use), privateKey);
  const signature = given('C_Sign', session, data, data.length);
  const judged = () => {
    must('C_VerifyInit', session, by(use), publicKey);
    return call('C_Verify', session, data, data.length, signature, signature.length);
  };
  const right = judged();
  signature[signature.length - 1]! ^= 1;
  const [verdict, wrong] = [right, judged()];
  if (verdict !== 'OK' || wrong !== 'SIGNATURE_INVALID') throw new Error(`the signature is ${verdict}, a wrong one ${wrong}`);
}

function recover(use: Use): void {
  const { session, keys, keyType } = use;
  const data = dataFor(use.name);
  must('C_SignRecoverInit', session, by(use), keys.of(keyType).privateKey);
  const signature = given('C_SignRecover', session, data, data.length);
  must('C_VerifyRecoverInit', session, by(use), keys.of(keyType).publicKey);
  same(given('C_VerifyRecover', session, signature, signature.length), data, 'what was signed and what was recovered');
}

function encrypt(use: Use): void {
  const { session, keys, keyType } = use;
  const data = dataFor(use.name);
  must('C_EncryptInit', session, by(use, data.length), keys.of(keyType).publicKey);
  const encrypted = given('C_Encrypt', session, data, data.length);
  if (encrypted.equals(data)) throw new Error('nothing was encrypted');
  must('C_DecryptInit', session, by(use, data.length), keys.of(keyType).privateKey);
  same(given('C_Decrypt', session, encrypted, encrypted.length), data, 'what was encrypted and what was decrypted');
}

function digest({ session, type }: Use): void {
  const data = dataFor('');
  must('C_DigestInit', session, mechanism(type));
  const whole = given('C_Digest', session, data, 32);
  must('C_DigestInit', session, mechanism(type));
  must('C_DigestUpdate', session, data, 5);
  must('C_DigestUpdate', session, data.subarray(5), 27);
  same(given('C_DigestFinal', session), whole, 'a digest in one part and one in two');
}

/** Mechanisms that leave no choice of a length. */
const HAS_LENGTH = /PRE_MASTER|^PB[EA]_|^DES|^SEED|^IDEA/;

function generate(use: Use): void {
  const { session, keyType, name, type } = use;
  if (name.endsWith('PARAMETER_GEN')) {
    if (attributeOf(session, generateDomain(session, type), CKA.PRIME).length === 0) throw new Error('parameters without a prime');
    return;
  }
  const asked = name === 'PKCS5_PBKD2' ? CKK.AES : keyType;
  const length = ([CKK.AES_XTS, CKK.CHACHA20, CKK.POLY1305] as number[]).includes(asked) ? 32 : 16;
  const entries = {
    ...{ [CKA.SENSITIVE]: false, [CKA.EXTRACTABLE]: true, [CKA.KEY_TYPE]: asked },
    ...(!HAS_LENGTH.test(name) && { [CKA.VALUE_LEN]: length }),
  };
  const key = made('C_GenerateKey', session, by(use), ...template(entries));
  if (attributeOf(session, key, CKA.VALUE).length === 0) throw new Error('a key without a value');
  if (read(attributeOf(session, key, CKA.KEY_TYPE)) !== asked) throw new Error('a key of another type');
}

function generateKeyPair({ session, type, keyType }: Use): void {
  const { publicKey, privateKey } = generatePair(session, type);
  for (const key of [publicKey, privateKey]) {
    if (read(attributeOf(session, key, CKA.KEY_TYPE)) !== keyType) throw new Error('a key of another type');
  }
}

const unwrappedAs = {
  ...{ [CKA.CLASS]: CKO.SECRET_KEY, [CKA.KEY_TYPE]: CKK.AES, [CKA.SENSITIVE]: false, [CKA.EXTRACTABLE]: true },
};

function wrap(use: Use): void {
  const { session, keys, keyType, name, type } = use;
  const { operations } = rows.get(type)!;
  const { publicKey, privateKey } = keys.of(keyType);
  const target = createSecret(session, CKK.AES);
  const value = attributeOf(session, target, CKA.VALUE);
  // A raw mode of RSA or of a block cipher gives bytes, and cannot tell how many of them were the key.
  const as = template({ ...unwrappedAs, ...(name === 'RSA_X_509' && { [CKA.VALUE_LEN]: 16 }) });
  if (operations.wrapKey !== undefined) {
    const wrapped = given('C_WrapKey', session, by(use), publicKey, target);
    const back = made('C_UnwrapKey', session, by(use), privateKey, wrapped, wrapped.length, ...as);
    same(attributeOf(session, back, CKA.VALUE), value, 'the key and the one that came back');
  }
  if (operations.wrapKeyAuthenticated !== undefined) {
    const message = mechanism(type, messageParameter(name, 16));
    const wrapped = given('C_WrapKeyAuthenticated', session, message, publicKey, target, value, 16);
    const back = made('C_UnwrapKeyAuthenticated', session, message, privateKey, wrapped, wrapped.length, ...as, value, 16);
    same(attributeOf(session, back, CKA.VALUE), value, 'the key and the one that came back authenticated');
  }
}

/** Those whose keys come back in their parameter, and have none of their own. */
const WITHOUT_KEY = /^TLS_PRF$|KEY_AND_MAC|KEY_SAFE/;

function derive(use: Use): void {
  const { session, keys, keyType, name } = use;
  const base = keys.of(keyType).privateKey;
  const asked = template({
    ...templateOfDerived(name),
    ...(/HKDF_DATA|PUB_KEY/.test(name) ? {} : { [CKA.SENSITIVE]: false, [CKA.EXTRACTABLE]: true }),
  });
  if (WITHOUT_KEY.test(name)) {
    must('C_DeriveKey', session, by(use), base, ...asked, null);
    return;
  }
  const key = made('C_DeriveKey', session, by(use), base, ...asked);
  if (attributeOf(session, key, name === 'PUB_KEY_FROM_PRIV_KEY' ? CKA.MODULUS : CKA.VALUE).length === 0)
    throw new Error('nothing was derived');
}

function encapsulate(use: Use): void {
  const { session, keys, keyType } = use;
  const { publicKey, privateKey } = keys.of(keyType);
  // Raw RSA's secret is a number of the modulus' length.
  const as = template({ ...unwrappedAs, [CKA.KEY_TYPE]: CKK.GENERIC_SECRET, [CKA.VALUE_LEN]: use.name === 'RSA_X_509' ? 256 : 32 });
  const length = ulong(4096);
  const ciphertext = Buffer.alloc(4096);
  const key = ulong();
  must('C_EncapsulateKey', session, by(use), publicKey, ...as, ciphertext, length, key);
  const back = made('C_DecapsulateKey', session, by(use), privateKey, ...as, ciphertext, read(length));
  same(attributeOf(session, back, CKA.VALUE), attributeOf(session, read(key), CKA.VALUE), 'the keys of both sides');
}

function encryptMessage({ session, keys, keyType, type, name }: Use): void {
  const data = dataFor('');
  const parameter = messageParameter(name, data.length);
  const whole = [parameter, parameter.length, null, 0] as const;
  const { privateKey } = keys.of(keyType);
  must('C_MessageEncryptInit', session, mechanism(type), privateKey);
  const encrypted = given('C_EncryptMessage', session, ...whole, data, data.length);
  must('C_MessageEncryptFinal', session);
  must('C_MessageDecryptInit', session, mechanism(type), privateKey);
  same(given('C_DecryptMessage', session, ...whole, encrypted, encrypted.length), data, 'the message and what came of it');
  must('C_DecryptMessageBegin', session, ...whole);
  const [part, length] = [Buffer.alloc(64), ulong(64)];
  must('C_DecryptMessageNext', session, parameter, parameter.length, encrypted, encrypted.length, part, length, CKF.END_OF_MESSAGE);
  must('C_MessageDecryptFinal', session);
  same(part.subarray(0, read(length)), data, 'the message and what came of it in parts');
}

function signMessage(use: Use): void {
  const { session, keys, keyType } = use;
  const data = dataFor(use.name);
  const { publicKey, privateKey } = keys.of(keyType);
  must('C_MessageSignInit', session, by(use), privateKey);
  must('C_SignMessageBegin', session, null, 0);
  must('C_SignMessageNext', session, null, 0, data, 7, null, null);
  const parts = given('C_SignMessageNext', session, null, 0, data.subarray(7), data.length - 7);
  const signature = given('C_SignMessage', session, null, 0, data, data.length);
  must('C_MessageSignFinal', session);
  must('C_MessageVerifyInit', session, by(use), publicKey);
  for (const each of [parts, signature]) must('C_VerifyMessage', session, null, 0, data, data.length, each, each.length);
  must('C_VerifyMessageBegin', session, null, 0);
  must('C_VerifyMessageNext', session, null, 0, data, 7, null, 0);
  must('C_VerifyMessageNext', session, null, 0, data.subarray(7), data.length - 7, signature, signature.length);
  must('C_MessageVerifyFinal', session);
}

/** Both halves of a pair of flags are shown by one round trip; a row that has one of them only would fail at the other. */
const uses: Partial<Record<Flag, (use: Use) => void>> = {
  ENCRYPT: encrypt,
  DECRYPT: encrypt,
  SIGN: sign,
  VERIFY: verify,
  SIGN_RECOVER: recover,
  VERIFY_RECOVER: recover,
  DIGEST: digest,
  GENERATE: generate,
  GENERATE_KEY_PAIR: generateKeyPair,
  WRAP: wrap,
  UNWRAP: wrap,
  DERIVE: derive,
  ENCAPSULATE: encapsulate,
  DECAPSULATE: encapsulate,
  MESSAGE_ENCRYPT: encryptMessage,
  MESSAGE_DECRYPT: encryptMessage,
  MESSAGE_SIGN: signMessage,
  MESSAGE_VERIFY: signMessage,
  // Shown with whichever of the four it goes with.
  MULTI_MESSAGE: () => undefined,
};
/** What CK_MECHANISM_INFO says of a mechanism's keys, and not of what it does. */
const ABOUT_KEYS = CKF.EC_F_P | CKF.EC_F_2M | CKF.EC_OID | CKF.EC_CURVENAME | CKF.EC_UNCOMPRESS | CKF.EC_COMPRESS | CKF.EC_ECPARAMETERS;

const slotOfSession = (module: PKCS11, session: Handle): Handle => module.C_GetSessionInfo(session).slotID;

test('C_GetMechanismList and C_GetMechanismInfo tell what the rows do, and every flag is one that is shown here', ({ module, session }) => {
  const slot = slotOfSession(module, session);
  expect(module.C_GetMechanismList(slot).sort()).toEqual([...rows.keys()].sort());
  const shown = Object.keys(uses).reduce((flags, flag) => flags | CKF[flag as Flag], ABOUT_KEYS);
  for (const [type, row] of rows) {
    const [minKeySize, maxKeySize] = row.keySize;
    const info = module.C_GetMechanismInfo(slot, type);
    expect(info, names.get(type)).toEqual({ minKeySize, maxKeySize, flags: flagsOf(row) >>> 0 });
    expect(info.flags & ~shown, names.get(type)).toBe(0);
  }
});

/** The types of key that a row is for; where it takes any, one of them. */
const typesOf = (type: number): readonly number[] => {
  const types = [rows.get(type)!.keyType ?? []].flat();
  if (names.get(type) === 'PUB_KEY_FROM_PRIV_KEY') return [CKK.RSA];
  return types.length === 0 || types.length > 4 ? [CKK.GENERIC_SECRET] : types;
};

describe('with every mechanism that has it', () => {
  test.for(Object.entries(uses))('CKF_%s is true', { timeout: 60_000 }, ([flag, act], { session: handle }) => {
    const session = read(handle);
    const keys = new KeyRing(session);
    const types = [...rows].filter(([, row]) => (flagsOf(row) & CKF[flag as Flag]) !== 0).map(([type]) => type);
    const all = types.flatMap((type) =>
      typesOf(type).map((keyType): Use => ({ session, keys, type, name: names.get(type)!, keyType, flag: flag as Flag })),
    );
    const failures = all.flatMap((use) => {
      try {
        act(use);
        return [];
      } catch (error) {
        // What is active stays so otherwise, and makes the next one fail.
        call('C_SessionCancel', session, 0xffff_ffff);
        return [`${use.name} (key type ${use.keyType}): ${(error as Error).message}`];
      }
    });
    console.log(`CKF_${flag}: ${all.length - failures.length}/${all.length} mechanisms and types of key`);
    expect(failures).toEqual([]);
    expect(all.length).toBeGreaterThan(0);
  });
});
