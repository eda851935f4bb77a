// docs/functions.md, row by row: one program that calls every function, and each that works does what it is for.
import { expect } from 'vitest';
import { calls } from '../../src/protocol/calls.ts';
import { CKA, CKF, CKG, CKK, CKM, CKO, CKU } from '../../src/protocol/constants.ts';
import { call, given, made, mechanism, must, read, structure, succeeded, template, ulong } from '../support/cryptoki.ts';
import { attributeOf, createSecret, generatePair, type Keys } from '../support/mechanism-keys.ts';
import { test } from '../support/room.ts';

/** What the page says of those that do not answer CKR_OK, and why. */
const others: Readonly<Record<string, string>> = {
  C_GetFunctionStatus: 'FUNCTION_NOT_PARALLEL',
  C_CancelFunction: 'FUNCTION_NOT_PARALLEL',
  // No session is asynchronous.
  C_AsyncComplete: 'OPERATION_NOT_INITIALIZED',
  C_AsyncGetID: 'OPERATION_NOT_INITIALIZED',
  C_AsyncJoin: 'SAVED_STATE_INVALID',
};

const PIN = Buffer.from('123456');
const OTHER = Buffer.from('654321');
const data = Buffer.from('sixteen bytes at a time: twice..');
const [half, rest] = [data.subarray(0, 16), data.subarray(16)];
const cbc = mechanism(CKM.AES_CBC, Buffer.alloc(16, 1));
const sha256 = mechanism(CKM.SHA256);
const hmac = mechanism(CKM.SHA256_HMAC);

/** Space for 64 bytes, and what is there after the call. */
const out = (name: string, ...args: Parameters<typeof given> extends [string, ...infer A] ? A : never): Buffer => {
  const [bytes, length] = [Buffer.alloc(64), ulong(64)];
  must(name, ...args, bytes, length);
  return bytes.subarray(0, read(length));
};

function library(): number {
  must('C_GetFunctionList', ulong());
  const count = ulong();
  must('C_GetInterfaceList', null, count);
  expect(read(count)).toBe(3);
  must('C_GetInterface', null, null, ulong(), 0);
  must('C_Initialize', null);
  must('C_GetInfo', Buffer.alloc(128));
  const slots = ulong(16);
  const list = Buffer.alloc(128);
  must('C_GetSlotList', 1, list, slots);
  const slot = read(list);
  must('C_GetSlotInfo', slot, Buffer.alloc(256));
  must('C_InitToken', slot, PIN, PIN.length, Buffer.alloc(32, 'a token '));
  must('C_GetTokenInfo', slot, Buffer.alloc(256));
  // The token that was made.
  const event = ulong();
  must('C_WaitForSlotEvent', CKF.DONT_BLOCK, event, null);
  expect(read(event)).toBe(slot);
  const mechanisms = ulong();
  must('C_GetMechanismList', slot, null, mechanisms);
  expect(read(mechanisms)).toBeGreaterThan(200);
  must('C_GetMechanismInfo', slot, CKM.AES_GCM, Buffer.alloc(24));
  return slot;
}

/** @returns a session of the user's. */
function users(slot: number): number {
  const open = () => {
    const session = ulong();
    must('C_OpenSession', slot, CKF.SERIAL_SESSION | CKF.RW_SESSION, null, null, session);
    return read(session);
  };
  const officer = open();
  must('C_Login', officer, CKU.SO, PIN, PIN.length);
  must('C_InitPIN', officer, PIN, PIN.length);
  must('C_Logout', officer);
  must('C_CloseSession', officer);
  must('C_LoginUser', open(), CKU.USER, PIN, PIN.length, null, 0);
  must('C_CloseAllSessions', slot);
  const session = open();
  must('C_Login', session, CKU.USER, PIN, PIN.length);
  must('C_SetPIN', session, PIN, PIN.length, OTHER, OTHER.length);
  must('C_GetSessionInfo', session, Buffer.alloc(32));
  must('C_GetSessionValidationFlags', session, 1, ulong());
  must('C_SeedRandom', session, data, data.length);
  const random = Buffer.alloc(32);
  must('C_GenerateRandom', session, random, 32);
  expect(random).not.toEqual(Buffer.alloc(32));
  return session;
}

function objects(session: number): void {
  const object = made('C_CreateObject', session, ...template({ [CKA.CLASS]: CKO.DATA, [CKA.LABEL]: half, [CKA.VALUE]: data }));
  const copy = made('C_CopyObject', session, object, ...template({ [CKA.LABEL]: rest }));
  must('C_SetAttributeValue', session, object, ...template({ [CKA.LABEL]: rest }));
  expect([object, copy].map((each) => attributeOf(session, each, CKA.LABEL))).toEqual([rest, rest]);
  expect(made('C_GetObjectSize', session, object)).toBeGreaterThan(data.length);
  must('C_FindObjectsInit', session, ...template({ [CKA.LABEL]: rest }));
  const [found, count] = [Buffer.alloc(80), ulong()];
  must('C_FindObjects', session, found, 10, count);
  must('C_FindObjectsFinal', session);
  expect([read(found), read(found, 1)].toSorted()).toEqual([object, copy].toSorted());
  must('C_DestroyObject', session, copy);
}

function ciphers(session: number, key: number): void {
  must('C_EncryptInit', session, cbc, key);
  const encrypted = given('C_Encrypt', session, data, 32);
  must('C_DecryptInit', session, cbc, key);
  expect(given('C_Decrypt', session, encrypted, 32)).toEqual(data);
  must('C_EncryptInit', session, cbc, key);
  const parts = [out('C_EncryptUpdate', session, half, 16), out('C_EncryptUpdate', session, rest, 16), out('C_EncryptFinal', session)];
  expect(Buffer.concat(parts)).toEqual(encrypted);
  must('C_DecryptInit', session, cbc, key);
  expect(Buffer.concat([out('C_DecryptUpdate', session, encrypted, 32), out('C_DecryptFinal', session)])).toEqual(data);
}

function digests(session: number, key: number): void {
  must('C_DigestInit', session, sha256);
  const whole = given('C_Digest', session, data, 32);
  must('C_DigestInit', session, sha256);
  must('C_DigestUpdate', session, half, 16);
  const state = given('C_GetOperationState', session);
  must('C_DigestUpdate', session, half, 16);
  must('C_SetOperationState', session, state, state.length, 0, 0);
  must('C_DigestUpdate', session, rest, 16);
  expect(given('C_DigestFinal', session)).toEqual(whole);
  must('C_DigestInit', session, sha256);
  must('C_DigestKey', session, key);
  expect(given('C_DigestFinal', session)).not.toEqual(whole);
}

function signatures(session: number, key: number, { publicKey, privateKey }: Keys): void {
  must('C_SignInit', session, hmac, key);
  const code = given('C_Sign', session, data, 32);
  must('C_SignInit', session, hmac, key);
  must('C_SignUpdate', session, data, 32);
  expect(given('C_SignFinal', session)).toEqual(code);
  must('C_VerifyInit', session, hmac, key);
  must('C_Verify', session, data, 32, code, 32);
  must('C_VerifyInit', session, hmac, key);
  must('C_VerifyUpdate', session, data, 32);
  must('C_VerifyFinal', session, code, 32);
  must('C_VerifySignatureInit', session, hmac, key, code, 32);
  must('C_VerifySignature', session, data, 32);
  must('C_VerifySignatureInit', session, hmac, key, code, 32);
  must('C_VerifySignatureUpdate', session, data, 32);
  must('C_VerifySignatureFinal', session);
  must('C_SignRecoverInit', session, mechanism(CKM.RSA_PKCS), privateKey);
  const signature = given('C_SignRecover', session, data, 32);
  must('C_VerifyRecoverInit', session, mechanism(CKM.RSA_PKCS), publicKey);
  expect(given('C_VerifyRecover', session, signature, signature.length)).toEqual(data);
}

function twoAtOnce(session: number, key: number, macKey: number): void {
  must('C_DigestInit', session, sha256);
  must('C_EncryptInit', session, cbc, key);
  const encrypted = out('C_DigestEncryptUpdate', session, data, 32);
  out('C_EncryptFinal', session);
  const whole = given('C_DigestFinal', session);
  must('C_DigestInit', session, sha256);
  must('C_DecryptInit', session, cbc, key);
  expect(out('C_DecryptDigestUpdate', session, encrypted, 32)).toEqual(data);
  out('C_DecryptFinal', session);
  expect(given('C_DigestFinal', session)).toEqual(whole);
  must('C_SignInit', session, hmac, macKey);
  must('C_EncryptInit', session, cbc, key);
  expect(out('C_SignEncryptUpdate', session, data, 32)).toEqual(encrypted);
  out('C_EncryptFinal', session);
  const code = given('C_SignFinal', session);
  must('C_VerifyInit', session, hmac, macKey);
  must('C_DecryptInit', session, cbc, key);
  expect(out('C_DecryptVerifyUpdate', session, encrypted, 32)).toEqual(data);
  out('C_DecryptFinal', session);
  must('C_VerifyFinal', session, code, 32);
}

const gcm = (generator: number = CKG.GENERATE_COUNTER): Buffer =>
  structure('CK_GCM_MESSAGE_PARAMS', [Buffer.alloc(12), 12, 0, generator, Buffer.alloc(16), 128]);

function messages(session: number, key: number, macKey: number): void {
  const [first, second] = [gcm(), gcm()];
  const of = (parameter: Buffer) => [session, parameter, parameter.length] as const;
  must('C_MessageEncryptInit', session, mechanism(CKM.AES_GCM), key);
  const whole = given('C_EncryptMessage', ...of(first), half, 16, data, 32);
  must('C_EncryptMessageBegin', ...of(second), half, 16);
  const [part, length] = [Buffer.alloc(64), ulong(64)];
  must('C_EncryptMessageNext', ...of(second), data, 32, part, length, CKF.END_OF_MESSAGE);
  must('C_MessageEncryptFinal', session);
  must('C_MessageDecryptInit', session, mechanism(CKM.AES_GCM), key);
  expect(given('C_DecryptMessage', ...of(first), half, 16, whole, 32)).toEqual(data);
  must('C_DecryptMessageBegin', ...of(second), half, 16);
  const again = Buffer.alloc(64);
  must('C_DecryptMessageNext', ...of(second), part, read(length), again, length, CKF.END_OF_MESSAGE);
  expect(again.subarray(0, read(length))).toEqual(data);
  must('C_MessageDecryptFinal', session);

  must('C_MessageSignInit', session, hmac, macKey);
  const code = given('C_SignMessage', session, null, 0, data, 32);
  must('C_SignMessageBegin', session, null, 0);
  expect(given('C_SignMessageNext', session, null, 0, data, 32)).toEqual(code);
  must('C_MessageSignFinal', session);
  must('C_MessageVerifyInit', session, hmac, macKey);
  must('C_VerifyMessage', session, null, 0, data, 32, code, 32);
  must('C_VerifyMessageBegin', session, null, 0);
  must('C_VerifyMessageNext', session, null, 0, data, 32, code, 32);
  must('C_MessageVerifyFinal', session);
}

function keys(session: number, key: number): void {
  const as = { [CKA.CLASS]: CKO.SECRET_KEY, [CKA.KEY_TYPE]: CKK.AES, [CKA.SENSITIVE]: false, [CKA.EXTRACTABLE]: true };
  const one = made('C_GenerateKey', session, mechanism(CKM.AES_KEY_GEN), ...template({ ...as, [CKA.VALUE_LEN]: 32 }));
  const value = attributeOf(session, one, CKA.VALUE);
  const bytesOf = (handle: number) => attributeOf(session, handle, CKA.VALUE);
  const wrap = mechanism(CKM.AES_KEY_WRAP);
  const wrapped = given('C_WrapKey', session, wrap, key, one);
  expect(bytesOf(made('C_UnwrapKey', session, wrap, key, wrapped, wrapped.length, ...template(as)))).toEqual(value);
  const authenticated = mechanism(CKM.AES_GCM, gcm(CKG.GENERATE_RANDOM));
  const sealed = given('C_WrapKeyAuthenticated', session, authenticated, key, one, half, 16);
  const opened = made('C_UnwrapKeyAuthenticated', session, authenticated, key, sealed, sealed.length, ...template(as), half, 16);
  expect(bytesOf(opened)).toEqual(value);
  const extract = mechanism(CKM.EXTRACT_KEY_FROM_KEY, ulong(0));
  const derived = made('C_DeriveKey', session, extract, key, ...template({ ...as, [CKA.VALUE_LEN]: 16 }));
  expect(bytesOf(derived)).toEqual(bytesOf(key).subarray(0, 16));
  const { publicKey, privateKey } = generatePair(session, CKM.ML_KEM_KEY_PAIR_GEN);
  const [ciphertext, length, sender] = [Buffer.alloc(2048), ulong(2048), ulong()];
  const shared = template({ ...as, [CKA.VALUE_LEN]: 32 });
  must('C_EncapsulateKey', session, mechanism(CKM.ML_KEM), publicKey, ...shared, ciphertext, length, sender);
  const receiver = made('C_DecapsulateKey', session, mechanism(CKM.ML_KEM), privateKey, ...shared, ciphertext, read(length));
  expect(bytesOf(receiver)).toEqual(bytesOf(read(sender)));
}

test('every function of the standard does what it is for, but those that say that they do not', ({ home: _home }) => {
  const slot = library();
  const session = users(slot);
  const [key, macKey] = [createSecret(session, CKK.AES), createSecret(session, CKK.GENERIC_SECRET)];
  objects(session);
  ciphers(session, key);
  digests(session, key);
  signatures(session, macKey, generatePair(session, CKM.RSA_PKCS_KEY_PAIR_GEN));
  twoAtOnce(session, key, macKey);
  messages(session, key, macKey);
  keys(session, key);
  must('C_EncryptInit', session, cbc, key);
  must('C_SessionCancel', session, CKF.ENCRYPT);
  expect(call('C_Encrypt', session, data, 32, Buffer.alloc(32), ulong(32))).toBe('OPERATION_NOT_INITIALIZED');

  const name = Buffer.from('C_Sign\0');
  const answers = {
    C_GetFunctionStatus: call('C_GetFunctionStatus', session),
    C_CancelFunction: call('C_CancelFunction', session),
    C_AsyncComplete: call('C_AsyncComplete', session, name, Buffer.alloc(64)),
    C_AsyncGetID: call('C_AsyncGetID', session, name, ulong()),
    C_AsyncJoin: call('C_AsyncJoin', session, name, 1, data, 32),
  };
  must('C_Finalize', null);
  expect(answers).toEqual(others);
  const silent = Object.keys(calls).filter((each) => !succeeded.has(each) && !(each in others));
  console.log(`functions: ${succeeded.size} of ${Object.keys(calls).length} have done what they are for`);
  expect(silent).toEqual([]);
});
