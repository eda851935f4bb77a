// C_GetSessionInfo is mostly answered without the engine: nobody can tell, whatever happened meanwhile.
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import type { Handle, PKCS11 } from 'pkcs11js';
import { expect } from 'vitest';
import { CKF, CKS, CKU } from '../../src/protocol/constants.ts';
import { startApplication } from '../support/application.ts';
import { request, until } from '../support/engine.ts';
import { openSession, slotOf } from '../support/module.ts';
import { test } from '../support/token.ts';

const engineOf = async (home: string) => ((await request(home, 'status')) as { pid: number }).pid;
const processState = (pid: number) => /^State:\s+(\w)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];

/** Asked twice: what was learned the first time is told the second time. */
const stateOf = (module: PKCS11, session: Handle): number => {
  const { state } = module.C_GetSessionInfo(session);
  expect(module.C_GetSessionInfo(session).state).toBe(state);
  return state;
};

test('what is known is told while the engine stands still', async ({ room, token, module, session }) => {
  const slot = slotOf(module, token.label);
  const before = module.C_GetSessionInfo(session);
  const pid = await engineOf(room.home);
  // If the engine were asked, it would have to be let go on first.
  const rescue = spawn('sh', ['-c', `sleep 5; kill -CONT ${pid}`], { stdio: 'ignore' });
  process.kill(pid, 'SIGSTOP');
  await until('the engine stands still', () => processState(pid) === 'T');
  const told = module.C_GetSessionInfo(session);
  const state = processState(pid);
  rescue.kill();
  process.kill(pid, 'SIGCONT');
  expect(state).toBe('T');
  expect(told).toEqual(before);
  expect(told).toMatchObject({ slotID: slot, state: CKS.RW_USER_FUNCTIONS, flags: CKF.SERIAL_SESSION | CKF.RW_SESSION, deviceError: 0 });
});

test('logins of any session count at once, those of other applications not', async ({ room, token, module, session }) => {
  const slot = slotOf(module, token.label);
  const reading = module.C_OpenSession(slot, CKF.SERIAL_SESSION);
  expect([session, reading].map((each) => stateOf(module, each))).toEqual([CKS.RW_USER_FUNCTIONS, CKS.RO_USER_FUNCTIONS]);
  const other = startApplication(room);
  await other.module.C_Initialize({ flags: CKF.OS_LOCKING_OK });
  const theirs = await other.module.C_OpenSession(slot, CKF.SERIAL_SESSION | CKF.RW_SESSION);
  expect((await other.module.C_GetSessionInfo(theirs)).state).toBe(CKS.RW_PUBLIC_SESSION);
  expect((await other.module.C_GetSessionInfo(theirs)).state).toBe(CKS.RW_PUBLIC_SESSION);
  module.C_Logout(reading);
  expect([session, reading].map((each) => stateOf(module, each))).toEqual([CKS.RW_PUBLIC_SESSION, CKS.RO_PUBLIC_SESSION]);
  module.C_CloseSession(reading);
  expect(() => module.C_GetSessionInfo(reading)).toThrow('CKR_SESSION_HANDLE_INVALID');
  module.C_Login(session, CKU.SO, token.soPin);
  expect(stateOf(module, session)).toBe(CKS.RW_SO_FUNCTIONS);
});

test('sessions that were closed all at once are none, and the login that went with the last one is over', ({ token, module, session }) => {
  const slot = slotOf(module, token.label);
  stateOf(module, session);
  module.C_CloseAllSessions(slot);
  expect(() => module.C_GetSessionInfo(session)).toThrow('CKR_SESSION_HANDLE_INVALID');
  const next = openSession(module, slot);
  expect(stateOf(module, next)).toBe(CKS.RW_PUBLIC_SESSION);
  module.C_Login(next, CKU.USER, token.pin);
  expect(stateOf(module, next)).toBe(CKS.RW_USER_FUNCTIONS);
  module.C_CloseSession(next);
  expect(stateOf(module, openSession(module, slot))).toBe(CKS.RW_PUBLIC_SESSION);
});

test('of an engine that was killed nothing is told any more', async ({ room, module, session }) => {
  stateOf(module, session);
  const pid = await engineOf(room.home);
  process.kill(pid, 'SIGKILL');
  // While the system takes it apart, it is as if it still lived.
  const answer = () => {
    try {
      return module.C_GetSessionInfo(session).state;
    } catch (error) {
      return (error as Error).message;
    }
  };
  expect(await until('its end is noticed', () => [answer()].find((given) => given !== CKS.RW_USER_FUNCTIONS))).toBe('CKR_DEVICE_ERROR');
  expect(() => module.C_GetSessionInfo(session)).toThrow('CKR_SESSION_HANDLE_INVALID');
});
