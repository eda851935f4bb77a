// Mechanisms that nobody should use any more: offered where the configuration asks for them, and only there.
import type { Handle, PKCS11 } from 'pkcs11js';
import { expect, vi } from 'vitest';
import { registry } from '../../src/mechanisms/registry.ts';
import { CKA, CKM } from '../../src/protocol/constants.ts';
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
const ofAbc = '900150983cd24fb0d6963f7d28e17f72';

test('without `legacy` there is no MD5, no single DES and no SSL 3.0', ({ room: _room }) => {
  asUser((module, session, slot) => {
    const listed = module.C_GetMechanismList(slot);
    expect(legacy.filter((type) => listed.includes(type))).toEqual([]);
    for (const type of legacy) expect(() => module.C_GetMechanismInfo(slot, type)).toThrow('CKR_MECHANISM_INVALID');
    expect(() => md5(module, session)).toThrow('CKR_MECHANISM_INVALID');
    expect(() => module.C_GenerateKey(session, { mechanism: CKM.DES_KEY_GEN }, [])).toThrow('CKR_MECHANISM_INVALID');
  });
});

test('with `legacy` they are there, and work', ({ room: _room }) => {
  vi.stubEnv('STRONGROOM_LEGACY', 'true');
  asUser((module, session, slot) => {
    const listed = module.C_GetMechanismList(slot);
    expect(legacy.filter((type) => !listed.includes(type))).toEqual([]);
    expect(md5(module, session)).toBe(ofAbc);
    const key = module.C_GenerateKey(session, { mechanism: CKM.DES_KEY_GEN }, [{ type: CKA.ENCRYPT, value: true }]);
    module.C_EncryptInit(session, { mechanism: CKM.DES_ECB }, key);
    expect(module.C_Encrypt(session, Buffer.alloc(8), Buffer.alloc(8))).toHaveLength(8);
  });
});
