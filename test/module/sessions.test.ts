// Sessions: what belongs to one, what they share, and what is over when one is closed or its user leaves.
import { availableParallelism } from 'node:os';
import type { Handle, PKCS11 } from 'pkcs11js';
import { describe, expect } from 'vitest';
import { CKA, CKF, CKM, CKO, CKS, CKU } from '../../src/protocol/constants.ts';
import { WORKERS } from '../../src/protocol/layout.ts';
import { call, read, ulong } from '../support/cryptoki.ts';
import { generateKeyPair } from '../support/key-pair.ts';
import { openSession, slotOf, type Token } from '../support/module.ts';
import { sharedTest as test } from '../support/token.ts';

const readOnly = (module: PKCS11, token: Token) => module.C_OpenSession(slotOf(module, token.label), CKF.SERIAL_SESSION);
const readWrite = (module: PKCS11, token: Token) => openSession(module, slotOf(module, token.label));

const data = (label: string, options: { token: boolean; private: boolean }) => [
  { type: CKA.CLASS, value: CKO.DATA },
  { type: CKA.LABEL, value: label },
  { type: CKA.TOKEN, value: options.token },
  { type: CKA.PRIVATE, value: options.private },
];

const labels = (module: PKCS11, session: Handle): string[] => {
  module.C_FindObjectsInit(session, [{ type: CKA.CLASS, value: CKO.DATA }]);
  const found = module.C_FindObjects(session, 100);
  module.C_FindObjectsFinal(session);
  return found.map((object) => module.C_GetAttributeValue(session, object, [{ type: CKA.LABEL }])[0]!.value.toString()).sort();
};

const stateOf = (module: PKCS11, session: Handle) => module.C_GetSessionInfo(session).state;

describe('a login', () => {
  test('is every session’s, also of those opened before it', ({ token, module }) => {
    const [first, second] = [readWrite(module, token), readOnly(module, token)];
    expect([first, second].map((session) => stateOf(module, session))).toEqual([CKS.RW_PUBLIC_SESSION, CKS.RO_PUBLIC_SESSION]);
    module.C_Login(first, CKU.USER, token.pin);
    expect([first, second].map((session) => stateOf(module, session))).toEqual([CKS.RW_USER_FUNCTIONS, CKS.RO_USER_FUNCTIONS]);
    module.C_Logout(second);
    expect([first, second].map((session) => stateOf(module, session))).toEqual([CKS.RW_PUBLIC_SESSION, CKS.RO_PUBLIC_SESSION]);
  });

  test('is over when the last session is closed', ({ token, module, session }) => {
    const other = readWrite(module, token);
    module.C_CloseSession(session);
    expect(stateOf(module, other)).toBe(CKS.RW_USER_FUNCTIONS);
    module.C_CloseSession(other);
    expect(stateOf(module, readWrite(module, token))).toBe(CKS.RW_PUBLIC_SESSION);
  });

  test('shows private objects, and their handles are dead for good after it', ({ token, module, session }) => {
    const hidden = module.C_CreateObject(session, data('hidden', { token: true, private: true }));
    module.C_CreateObject(session, data('open', { token: true, private: false }));
    expect(labels(module, session)).toEqual(['hidden', 'open']);
    module.C_Logout(session);
    expect(labels(module, session)).toEqual(['open']);
    expect(() => module.C_GetAttributeValue(session, hidden, [{ type: CKA.LABEL }])).toThrow('CKR_OBJECT_HANDLE_INVALID');
    module.C_Login(session, CKU.USER, token.pin);
    expect(labels(module, session)).toEqual(['hidden', 'open']);
    expect(() => module.C_GetAttributeValue(session, hidden, [{ type: CKA.LABEL }])).toThrow('CKR_OBJECT_HANDLE_INVALID');
  });
});

describe('a session object', () => {
  test('is seen by every session and goes with the one that made it', ({ token, module, session }) => {
    const other = readWrite(module, token);
    const object = module.C_CreateObject(other, data('brief', { token: false, private: false }));
    expect(labels(module, session)).toEqual(['brief']);
    module.C_CloseSession(other);
    expect(labels(module, session)).toEqual([]);
    expect(() => module.C_GetObjectSize(session, object)).toThrow('CKR_OBJECT_HANDLE_INVALID');
  });

  test('may be made in a read-only session, a token object may not', ({ token, module, session: _session }) => {
    const session = readOnly(module, token);
    module.C_CreateObject(session, data('brief', { token: false, private: true }));
    expect(() => module.C_CreateObject(session, data('lasting', { token: true, private: true }))).toThrow('CKR_SESSION_READ_ONLY');
  });

  test('may not be private where nobody is logged in', ({ token, module }) => {
    const session = readWrite(module, token);
    expect(() => module.C_CreateObject(session, data('hidden', { token: false, private: true }))).toThrow('CKR_USER_NOT_LOGGED_IN');
  });
});

describe('a closed session', () => {
  test('is no session any more, and its handle is not given again', ({ token, module }) => {
    const session = readWrite(module, token);
    module.C_CloseSession(session);
    expect(() => module.C_GetSessionInfo(session)).toThrow('CKR_SESSION_HANDLE_INVALID');
    expect(() => module.C_CloseSession(session)).toThrow('CKR_SESSION_HANDLE_INVALID');
    for (let n = 0; n < 100; n += 1) {
      const next = readWrite(module, token);
      expect(next).not.toEqual(session);
      module.C_CloseSession(next);
    }
  });

  test('all of a slot’s are closed at once', ({ token, module, session }) => {
    const sessions = [session, readOnly(module, token), readWrite(module, token)];
    module.C_CloseAllSessions(slotOf(module, token.label));
    for (const each of sessions) expect(() => module.C_GetSessionInfo(each)).toThrow('CKR_SESSION_HANDLE_INVALID');
  });
});

test('an operation is its session’s alone; the key is everyone’s', ({ token, module, session }) => {
  const { privateKey } = generateKeyPair(module, session, 'ecdsa');
  const other = readOnly(module, token);
  module.C_SignInit(session, { mechanism: CKM.ECDSA }, privateKey);
  expect(() => module.C_Sign(other, Buffer.alloc(32), Buffer.alloc(64))).toThrow('CKR_OPERATION_NOT_INITIALIZED');
  module.C_SignInit(other, { mechanism: CKM.ECDSA }, privateKey);
  expect(module.C_Sign(other, Buffer.alloc(32), Buffer.alloc(64))).toHaveLength(64);
  expect(module.C_Sign(session, Buffer.alloc(32), Buffer.alloc(64))).toHaveLength(64);
});

test('C_SessionCancel with every bit of CK_FLAGS ends every operation', ({ module, session }) => {
  const { privateKey } = generateKeyPair(module, session, 'ecdsa');
  module.C_SignInit(session, { mechanism: CKM.ECDSA }, privateKey);
  module.C_DigestInit(session, { mechanism: CKM.SHA256 });
  module.C_FindObjectsInit(session, []);
  expect(call('C_SessionCancel', read(session), 2n ** 64n - 1n)).toBe('OK');
  expect(() => module.C_Sign(session, Buffer.alloc(32), Buffer.alloc(64))).toThrow('CKR_OPERATION_NOT_INITIALIZED');
  expect(() => module.C_DigestFinal(session, Buffer.alloc(32))).toThrow('CKR_OPERATION_NOT_INITIALIZED');
  expect(() => module.C_FindObjectsFinal(session)).toThrow('CKR_OPERATION_NOT_INITIALIZED');
});

test('C_OpenSession and C_WaitForSlotEvent see their flags among all the others', ({ token, module, session: _session }) => {
  const slot = read(slotOf(module, token.label));
  const others = 2n ** 64n - 1n - BigInt(CKF.ASYNC_SESSION);
  const handle = ulong();
  expect(call('C_OpenSession', slot, others, null, null, handle)).toBe('OK');
  expect(call('C_OpenSession', slot, 2n ** 64n - 1n, null, null, ulong())).toBe('SESSION_ASYNC_NOT_SUPPORTED');
  expect(call('C_GetSessionInfo', read(handle), Buffer.alloc(32))).toBe('OK');
  while (call('C_WaitForSlotEvent', CKF.DONT_BLOCK, ulong(), null) === 'OK');
  expect(call('C_WaitForSlotEvent', 2n ** 64n - 1n, ulong(), null)).toBe('NO_EVENT');
});

test('sessions are spread evenly over the workers, whatever else is called and whichever are closed', ({
  token,
  module,
  session: _session,
}) => {
  const slot = slotOf(module, token.label);
  const opened = Array.from({ length: 12 }, () => {
    module.C_GetSlotInfo(slot);
    return readOnly(module, token);
  });
  const workerOf = (handle: Buffer) => Number(handle.readBigUInt64LE() % BigInt(WORKERS));
  const first = opened.filter((handle) => workerOf(handle) === workerOf(opened[0]!));
  const workers = new Set(opened.map(workerOf)).size;
  expect(first.length).toBeLessThanOrEqual(Math.ceil(13 / workers));
  for (const handle of first) module.C_CloseSession(handle);
  const again = first.map(() => readOnly(module, token));
  if (workers > 1) expect(again.map(workerOf)).toEqual(first.map(workerOf));
});

test('2048 sessions are open at once, each with an operation of its own', ({ token, module, session: _session }) => {
  const sessions = Array.from({ length: 2048 }, () => readOnly(module, token));
  expect(new Set(sessions.map((session) => session.readBigUInt64LE())).size).toBe(2048);
  for (const session of sessions) module.C_DigestInit(session, { mechanism: CKM.SHA256 });
  for (const [n, session] of sessions.entries()) module.C_DigestUpdate(session, Buffer.from(`session ${n % 2}`));
  const digests = sessions.map((session) => module.C_DigestFinal(session, Buffer.alloc(32)).toString('hex'));
  expect(new Set(digests.filter((_, n) => n % 2 === 0)).size).toBe(1);
  expect(new Set(digests).size).toBe(2);
  for (const session of sessions) module.C_CloseSession(session);
  expect(() => module.C_GetSessionInfo(sessions[0]!)).toThrow('CKR_SESSION_HANDLE_INVALID');
});

describe('sessions are spread evenly over the engine’s workers', () => {
  const workers = Math.min(availableParallelism(), WORKERS);

  test.for([0, 1, 2, 3])('where an application makes %i other calls before it opens each', (calls, { token, module }) => {
    const opened = Array.from({ length: 4 * workers }, () => {
      for (let made = 0; made < calls; made++) module.C_GetInfo();
      return Number(readOnly(module, token).readBigUInt64LE()) % WORKERS;
    });
    const each = Map.groupBy(opened, (worker) => worker);
    expect(Array.from({ length: workers }, (_, worker) => each.get(worker)?.length)).toEqual(Array(workers).fill(4));
  });
});
