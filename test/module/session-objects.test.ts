// Session objects: each lives on the worker of the session that made it, and is at once every session's of its application.
import type { Handle, PKCS11 } from 'pkcs11js';
import { describe, expect } from 'vitest';
import { CKA, CKF, CKO, CKU } from '../../src/protocol/constants.ts';
import { WORKERS } from '../../src/protocol/layout.ts';
import { openSession, slotOf, type Token } from '../support/module.ts';
import { probe } from '../support/probe.ts';
import { needs } from '../support/program.ts';
import { sharedTest as test } from '../support/token.ts';

needs('cc');

const long = process.env.STRONGROOM_LONG === '1';

const workerOf = (session: Handle): number => Number(session.readBigUInt64LE() % BigInt(WORKERS));

/** Of another worker, where the engine has more than one. */
function elsewhere(module: PKCS11, token: Token, session: Handle): Handle {
  const opened = Array.from({ length: 4 }, () => openSession(module, slotOf(module, token.label)));
  return opened.find((other) => workerOf(other) !== workerOf(session)) ?? opened[0]!;
}

const data = (label: string, isPrivate = false, value = Buffer.alloc(1)) => [
  { type: CKA.CLASS, value: CKO.DATA },
  { type: CKA.LABEL, value: label },
  { type: CKA.PRIVATE, value: isPrivate },
  { type: CKA.VALUE, value },
];

const found = (module: PKCS11, session: Handle, label: string): number => {
  module.C_FindObjectsInit(session, [{ type: CKA.LABEL, value: label }]);
  const objects = module.C_FindObjects(session, 10);
  module.C_FindObjectsFinal(session);
  return objects.length;
};

const labelOf = (module: PKCS11, session: Handle, object: Handle): string =>
  module.C_GetAttributeValue(session, object, [{ type: CKA.LABEL }])[0]!.value.toString();

test('what one session makes, another reads, changes and destroys, each time at once', ({ token, module, session }) => {
  const other = elsewhere(module, token, session);
  // Several times what a worker tells of in one piece.
  for (let n = 0; n < 200; n++) {
    const [mine, theirs] = n % 2 === 0 ? [session, other] : [other, session];
    const object = module.C_CreateObject(mine, data('made', false, Buffer.alloc(10_000)));
    expect([labelOf(module, theirs, object), found(module, theirs, 'made')]).toEqual(['made', 1]);
    module.C_SetAttributeValue(theirs, object, [{ type: CKA.LABEL, value: 'changed' }]);
    expect([labelOf(module, mine, object), found(module, mine, 'made'), found(module, mine, 'changed')]).toEqual(['changed', 0, 1]);
    module.C_SetAttributeValue(mine, object, [{ type: CKA.LABEL, value: 'again' }]);
    expect([labelOf(module, theirs, object), found(module, theirs, 'again')]).toEqual(['again', 1]);
    module.C_DestroyObject(theirs, object);
    for (const each of [mine, theirs]) expect(() => labelOf(module, each, object)).toThrow('CKR_OBJECT_HANDLE_INVALID');
    expect([mine, theirs].map((each) => found(module, each, 'again'))).toEqual([0, 0]);
  }
});

describe('what goes with its end, on every worker,', () => {
  test('goes with its session', ({ token, module, session }) => {
    const other = elsewhere(module, token, session);
    const object = module.C_CreateObject(other, data('brief'));
    const lasting = module.C_CreateObject(session, data('brief'));
    expect(labelOf(module, session, object)).toBe('brief');
    module.C_CloseSession(other);
    expect(() => labelOf(module, session, object)).toThrow('CKR_OBJECT_HANDLE_INVALID');
    expect([labelOf(module, session, lasting), found(module, session, 'brief')]).toEqual(['brief', 1]);
  });

  test('goes with its login, if it is private: neither the next user nor the SO finds it', ({ token, module, session }) => {
    const other = elsewhere(module, token, session);
    const hidden = [session, other].map((each) => module.C_CreateObject(each, data('hidden', true)));
    const open = [session, other].map((each) => module.C_CreateObject(each, data('open')));
    expect([session, other].map((each) => found(module, each, 'hidden'))).toEqual([2, 2]);
    module.C_Logout(other);
    for (const pin of [undefined, token.pin]) {
      if (pin !== undefined) module.C_Login(session, CKU.USER, pin);
      for (const each of [session, other]) {
        for (const object of hidden) expect(() => labelOf(module, each, object)).toThrow('CKR_OBJECT_HANDLE_INVALID');
        for (const object of open) expect(labelOf(module, each, object)).toBe('open');
        expect([found(module, each, 'hidden'), found(module, each, 'open')]).toEqual([0, 2]);
      }
    }
  });

  test('goes with all sessions of its slot', ({ token, module, session }) => {
    const slot = slotOf(module, token.label);
    const objects = [session, elsewhere(module, token, session)].map((each) => module.C_CreateObject(each, data('brief')));
    module.C_CloseAllSessions(slot);
    const again = openSession(module, slot);
    for (const each of [again, elsewhere(module, token, again)]) {
      for (const object of objects) expect(() => labelOf(module, each, object)).toThrow('CKR_OBJECT_HANDLE_INVALID');
      expect(found(module, each, 'brief')).toBe(0);
    }
  });

  test('goes with C_Finalize', ({ token, module, session }) => {
    const object = module.C_CreateObject(session, data('brief'));
    module.C_Finalize();
    module.C_Initialize({ flags: CKF.OS_LOCKING_OK });
    const again = openSession(module, slotOf(module, token.label));
    for (const each of [again, elsewhere(module, token, again)]) {
      expect(() => labelOf(module, each, object)).toThrow('CKR_OBJECT_HANDLE_INVALID');
      expect(found(module, each, 'brief')).toBe(0);
    }
  });
});

test('threads hand them on, and each sees at once what the one before it did', { timeout: 600_000 }, async ({ room, token }) => {
  const { calls, end } = await probe(room, 'handover', { PROBE_PIN: token.pin }, long ? '20000' : '400', '6');
  expect(end).toEqual({ code: 0, signal: null, stderr: '' });
  expect(calls.handover).toBe('OK');
});
