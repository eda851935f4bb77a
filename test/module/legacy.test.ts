// Mechanisms that nobody should use any more: offered where the configuration asks for them, and only there.
import type { Handle, PKCS11 } from 'pkcs11js';
import { expect, vi } from 'vitest';
import { registry } from '../../src/mechanisms/registry.ts';
import { CKA, CKK, CKM, CKO } from '../../src/protocol/constants.ts';
import { createToken, freshToken, logIn, visit } from '../support/module.ts';
import { test } from '../support/room.ts';

const legacy = [...registry({ legacy: true }).keys()].filter((type) => !registry({ legacy: false }).has(type));

/** A new token's user does this, in an engine that is started for it. */
const asUser = <T>(act: (module: PKCS11, session: Handle, slot: Handle) => T): T => {
  const token = freshToken();
  return visit((module) => {
    createToken(module, token);
    const session = logIn(module, token);
    return act(module, session, module.C_GetSessionInfo(session).slotID);
  });
};

const md5 = (module: PKCS11, session: Handle): string => {
  module.C_DigestInit(session, { mechanism: CKM.MD5 });
  return module.C_Digest(session, Buffer.from('abc'), Buffer.alloc(16)).toString('hex');
};
/** RFC 4269, appendix B.1. */
const seed = (module: PKCS11, session: Handle): string => {
  const key = module.C_CreateObject(session, [
    { type: CKA.CLASS, value: CKO.SECRET_KEY },
    { type: CKA.KEY_TYPE, value: CKK.SEED },
    { type: CKA.VALUE, value: Buffer.alloc(16) },
  ]);
  module.C_EncryptInit(session, { mechanism: CKM.SEED_ECB }, key);
  return module.C_Encrypt(session, Buffer.from('000102030405060708090a0b0c0d0e0f', 'hex'), Buffer.alloc(16)).toString('hex');
};
const ofAbc = '900150983cd24fb0d6963f7d28e17f72';

test('without `legacy` there is no MD5, no single DES, no cipher of its time and no SSL 3.0', ({ room: _room }) => {
  asUser((module, session, slot) => {
    const listed = module.C_GetMechanismList(slot);
    expect(legacy.filter((type) => listed.includes(type))).toEqual([]);
    for (const type of legacy) expect(() => module.C_GetMechanismInfo(slot, type)).toThrow('CKR_MECHANISM_INVALID');
    expect(() => md5(module, session)).toThrow('CKR_MECHANISM_INVALID');
    for (const mechanism of [CKM.DES_KEY_GEN, CKM.SEED_KEY_GEN])
      expect(() => module.C_GenerateKey(session, { mechanism }, [])).toThrow('CKR_MECHANISM_INVALID');
  });
});

test('with `legacy` they are there, and work', ({ room: _room }) => {
  vi.stubEnv('STRONGROOM_LEGACY', 'true');
  asUser((module, session, slot) => {
    const listed = module.C_GetMechanismList(slot);
    expect(legacy.filter((type) => !listed.includes(type))).toEqual([]);
    expect(md5(module, session)).toBe(ofAbc);
    const generate = (mechanism: number, length: number) =>
      module.C_GenerateKey(session, { mechanism }, [
        { type: CKA.ENCRYPT, value: true },
        { type: CKA.VALUE_LEN, value: length },
      ]);
    const key = generate(CKM.DES_KEY_GEN, 8);
    module.C_EncryptInit(session, { mechanism: CKM.DES_ECB }, key);
    expect(module.C_Encrypt(session, Buffer.alloc(8), Buffer.alloc(8))).toHaveLength(8);
    expect(seed(module, session)).toBe('5ebac6e0054e166819aff1cc6d346cdb');
    // OpenSSL has its other ciphers still, once it was told to load some.
    module.C_EncryptInit(session, { mechanism: CKM.CAMELLIA_ECB }, generate(CKM.CAMELLIA_KEY_GEN, 32));
    expect(module.C_Encrypt(session, Buffer.alloc(16), Buffer.alloc(16))).toHaveLength(16);
  });
});
