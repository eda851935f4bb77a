// What the test cases take for granted: what their token holds, and what their provider tells of itself where ours tells something else.

import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import type { Handle, PKCS11 } from 'pkcs11js';
import { CKA, CKC, CKK, CKO } from '../../../src/protocol/constants.ts';
import type { Own } from './judge.ts';
import type { Exchange } from './messages.ts';

/** What a token holds before a test case is played, and what the test case's own key is here. */
export type Prepare = (module: PKCS11, session: Handle, exchanges: readonly Exchange[]) => Own;

/** Numbers and flags that are not among the Variable Items, and that every provider can only have its own of. */
export const provider: Own = {
  'C_GetTokenInfo.TokenInfo.Flags': {
    value: 'RNG|LOGIN_REQUIRED|USER_PIN_INITIALIZED|RESTORE_KEY_NOT_NEEDED|TOKEN_INITIALIZED|CLOCK_ON_TOKEN|DUAL_CRYPTO_OPERATIONS',
    why: 'this token has a clock, and performs two operations in one call',
  },
  'C_GetTokenInfo.TokenInfo.MaxSessionCount': { value: '65536', why: 'so many of one application, and not any number' },
  'C_GetTokenInfo.TokenInfo.MaxRwSessionCount': { value: '65536', why: 'the same' },
  ...Object.fromEntries(
    ['TotalPublicMemory', 'FreePublicMemory', 'TotalPrivateMemory', 'FreePrivateMemory'].map((name) => [
      `C_GetTokenInfo.TokenInfo.${name}`,
      { value: 'UnavailableInformation', why: 'a disk is shared with others; 0 would say that nothing can be stored' },
    ]),
  ),
};

export const mechanisms: Own = {
  'C_GetMechanismInfo(RSA_PKCS_KEY_PAIR_GEN).MechanismInfo.MinKeySize': { value: '1024', why: 'shorter ones are broken' },
  'C_GetMechanismInfo(RSA_PKCS).MechanismInfo.MinKeySize': { value: '1024', why: 'shorter ones are broken' },
  'C_GetMechanismInfo(RSA_PKCS).MechanismInfo.Flags': {
    value:
      'ENCRYPT|DECRYPT|SIGN|VERIFY|WRAP|UNWRAP|SIGN_RECOVER|VERIFY_RECOVER|ENCAPSULATE|DECAPSULATE|MESSAGE_SIGN|MESSAGE_VERIFY|MULTI_MESSAGE',
    why: 'it does more than the test case’s provider',
  },
};

const unsigned = (jwk: string | undefined): Buffer => Buffer.from(jwk ?? '', 'base64url');

/** The test case's private key was never published: MODULUS and Signature are those of another one, which OpenSSL has as well. */
export function keyPair(module: PKCS11, session: Handle, exchanges: readonly Exchange[]): Own {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  importPair(module, session, privateKey);
  const { n } = privateKey.export({ format: 'jwk' });
  const data = exchanges.find(({ request }) => request.name === 'C_Sign')!.request.items.find(({ name }) => name === 'Data')!;
  const signature = sign('sha256', Buffer.from(data.attributes.value!, 'hex'), privateKey);
  const why = 'of a key whose private half is known';
  return {
    'C_GetAttributeValue.Template.Attribute(MODULUS)': { value: unsigned(n).toString('hex'), why },
    'C_Sign.Signature': { value: signature.toString('hex'), why },
  };
}

function importPair(module: PKCS11, session: Handle, key: KeyObject): void {
  const { n, e, d, p, q, dp, dq, qi } = key.export({ format: 'jwk' });
  const both = [
    { type: CKA.KEY_TYPE, value: CKK.RSA },
    { type: CKA.TOKEN, value: true },
    { type: CKA.MODULUS, value: unsigned(n) },
    { type: CKA.PUBLIC_EXPONENT, value: unsigned(e) },
  ];
  const secret: [number, string | undefined][] = [
    [CKA.PRIVATE_EXPONENT, d],
    [CKA.PRIME_1, p],
    [CKA.PRIME_2, q],
    [CKA.EXPONENT_1, dp],
    [CKA.EXPONENT_2, dq],
    [CKA.COEFFICIENT, qi],
  ];
  const label = (value: string) => ({ type: CKA.LABEL, value });
  module.C_CreateObject(session, [{ type: CKA.CLASS, value: CKO.PUBLIC_KEY }, label('testrsa-pub'), ...both]);
  module.C_CreateObject(session, [
    { type: CKA.CLASS, value: CKO.PRIVATE_KEY },
    label('testrsa-pri'),
    { type: CKA.SIGN, value: true },
    ...both,
    ...secret.map(([type, value]) => ({ type, value: unsigned(value) })),
  ]);
}

/** The label of the object under which the test case's provider lists its certificates: it ends with a NUL. */
const ROOTS = 'Mozilla Builtin Roots\0';

/** That object, and certificates: the first of them is the one that is read. */
export function certificates(module: PKCS11, session: Handle, exchanges: readonly Exchange[]): Own {
  const values = exchanges.flatMap(({ answer }) => answer.items.flatMap(({ items }) => items.map(({ attributes }) => attributes)));
  const value = Buffer.from(values.findLast(({ type, value }) => type === 'VALUE' && value !== undefined)!.value!, 'hex');
  const stored = [
    { type: CKA.TOKEN, value: true },
    { type: CKA.PRIVATE, value: false },
  ];
  const list = { type: CKA.LABEL, value: ROOTS };
  module.C_CreateObject(session, [{ type: CKA.CLASS, value: CKO.DATA }, list, ...stored]);
  for (let i = 0; i < 4; i++)
    module.C_CreateObject(session, [
      { type: CKA.CLASS, value: CKO.CERTIFICATE },
      { type: CKA.CERTIFICATE_TYPE, value: CKC.X_509 },
      { type: CKA.SUBJECT, value: Buffer.from('3000', 'hex') },
      { type: CKA.VALUE, value },
      ...stored,
    ]);
  return { 'C_GetAttributeValue.Template.Attribute(LABEL)': { value: ROOTS, why: 'the length 22 of the message before counts its NUL' } };
}
