// Objects that say what may be relied on: trust in certificates, and validations of the module, of which there are none.
import type { Template } from 'pkcs11js';
import { expect } from 'vitest';
import { CKA, CKF, CKM, CKO, CKS, CKT } from '../../src/protocol/constants.ts';
import { must, read, ulong } from '../support/cryptoki.ts';
import { generateKeyPair } from '../support/key-pair.ts';
import { slotOf } from '../support/module.ts';
import { sharedTest as test } from '../support/token.ts';

const named: Template = [
  { type: CKA.ISSUER, value: Buffer.from('3000', 'hex') },
  { type: CKA.SERIAL_NUMBER, value: Buffer.from('020101', 'hex') },
];
const trust: Template = [{ type: CKA.CLASS, value: CKO.TRUST }, { type: CKA.TOKEN, value: true }, ...named];
const hashed: Template = [
  { type: CKA.HASH_OF_CERTIFICATE, value: Buffer.alloc(32, 5) },
  { type: CKA.NAME_HASH_ALGORITHM, value: CKM.SHA256 },
];

test('trust in a certificate is stored, found without a login by its issuer and number, and taken back', ({ token, module, session }) => {
  const anchor = { type: CKA.TRUST_SERVER_AUTH, value: CKT.TRUST_ANCHOR };
  const object = module.C_CreateObject(session, [...trust, ...hashed, anchor]);
  module.C_Logout(session);
  const reader = module.C_OpenSession(slotOf(module, token.label), CKF.SERIAL_SESSION);
  module.C_FindObjectsInit(reader, [{ type: CKA.CLASS, value: CKO.TRUST }, ...named]);
  expect(module.C_FindObjects(reader, 2)).toEqual([object]);
  const of = (type: number) => read(module.C_GetAttributeValue(reader, object, [{ type }])[0]!.value as Buffer);
  expect(of(CKA.TRUST_SERVER_AUTH)).toBe(CKT.TRUST_ANCHOR);
  // A missing attribute is treated as CKT_TRUST_UNKNOWN, and is not there.
  expect(() => of(CKA.TRUST_CODE_SIGNING)).toThrow('CKR_ATTRIBUTE_TYPE_INVALID');
  module.C_SetAttributeValue(session, object, [{ type: CKA.TRUST_SERVER_AUTH, value: CKT.NOT_TRUSTED }]);
  expect(of(CKA.TRUST_SERVER_AUTH)).toBe(CKT.NOT_TRUSTED);
});

test('trust in a certificate that no hash names is refused, distrust is not', ({ module, session }) => {
  const use = (value: number): Template => [...trust, { type: CKA.TRUST_CLIENT_AUTH, value }];
  for (const value of [CKT.TRUSTED, CKT.TRUST_ANCHOR, CKT.TRUST_MUST_VERIFY_TRUST])
    expect(() => module.C_CreateObject(session, use(value))).toThrow('CKR_TEMPLATE_INCOMPLETE');
  for (const value of [CKT.NOT_TRUSTED, CKT.TRUST_UNKNOWN]) expect(module.C_CreateObject(session, use(value))).toBeInstanceOf(Buffer);
  expect(() => module.C_CreateObject(session, use(77))).toThrow('CKR_ATTRIBUTE_VALUE_INVALID');
});

test('neither a session nor a key tells of a validation, since the module has none', ({ module, session }) => {
  const flagsOf = () => {
    const flags = ulong(77);
    must('C_GetSessionValidationFlags', read(session), CKS.LAST_VALIDATION_OK, flags);
    return read(flags);
  };
  expect(flagsOf()).toBe(0);
  const { publicKey, privateKey } = generateKeyPair(module, session, 'ecdsa');
  module.C_SignInit(session, { mechanism: CKM.ECDSA_SHA256 }, privateKey);
  module.C_Sign(session, Buffer.from('text'), Buffer.alloc(64));
  expect(flagsOf()).toBe(0);
  for (const key of [publicKey, privateKey]) {
    const [flags] = module.C_GetAttributeValue(session, key, [{ type: CKA.OBJECT_VALIDATION_FLAGS }]);
    expect(read(flags!.value as Buffer)).toBe(0);
    const claim = [{ type: CKA.OBJECT_VALIDATION_FLAGS, value: 1 }];
    expect(() => module.C_SetAttributeValue(session, key, claim)).toThrow('CKR_ATTRIBUTE_READ_ONLY');
  }
});
