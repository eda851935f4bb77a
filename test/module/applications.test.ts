// Two applications and one token: what one stores the other sees, and what is one's own the other does not.
import { availableParallelism } from 'node:os';
import type { Handle } from 'pkcs11js';
import { expect } from 'vitest';
import { CKA, CKF, CKM, CKO, CKS, CKU } from '../../src/protocol/constants.ts';
import { WORKERS } from '../../src/protocol/layout.ts';
import { type Application, startApplication } from '../support/application.ts';
import { request, until } from '../support/engine.ts';
import { generateKeyPair, kinds } from '../support/key-pair.ts';
import { openSession, slotOf, type Token } from '../support/module.ts';
import type { Room } from '../support/room.ts';
import { sharedTest as test } from '../support/token.ts';

interface Other extends Application {
  readonly session: Handle;
}

/** Another application with a session of the token, and perhaps its user. */
const another = async (room: Room, slot: Handle, pin?: string): Promise<Other> => {
  const application = startApplication(room);
  await application.module.C_Initialize({ flags: CKF.OS_LOCKING_OK });
  const session = await application.module.C_OpenSession(slot, CKF.SERIAL_SESSION | CKF.RW_SESSION);
  if (pin !== undefined) await application.module.C_Login(session, CKU.USER, pin);
  return { ...application, session };
};

const find = async ({ module, session }: Other, label: string): Promise<Handle | null> => {
  await module.C_FindObjectsInit(session, [
    { type: CKA.CLASS, value: label === 'a key' ? CKO.PRIVATE_KEY : CKO.DATA },
    { type: CKA.LABEL, value: label },
  ]);
  const found = await module.C_FindObjects(session);
  await module.C_FindObjectsFinal(session);
  return found;
};

const labelOf = async ({ module, session }: Other, object: Handle): Promise<string> => {
  const [label] = await module.C_GetAttributeValue(session, object, [{ type: CKA.LABEL }]);
  return label!.value.toString();
};

const data = (label: string, token: boolean) => [
  { type: CKA.CLASS, value: CKO.DATA },
  { type: CKA.TOKEN, value: token },
  { type: CKA.PRIVATE, value: true },
  { type: CKA.LABEL, value: label },
];

test('a token object that one makes, changes and destroys is the other’s at once', async ({ room, token, module, session }) => {
  const other = await another(room, slotOf(module, token.label), token.pin);
  const object = module.C_CreateObject(session, data('first', true));
  const found = await find(other, 'first');
  expect(await labelOf(other, found!)).toBe('first');

  module.C_SetAttributeValue(session, object, [{ type: CKA.LABEL, value: 'second' }]);
  expect(await labelOf(other, found!)).toBe('second');
  expect(await find(other, 'first')).toBeNull();

  await other.module.C_DestroyObject(other.session, found!);
  expect(() => module.C_GetAttributeValue(session, object, [{ type: CKA.LABEL }])).toThrow('CKR_OBJECT_HANDLE_INVALID');
});

test('a login and a session object are each one’s own', async ({ room, token, module, session }) => {
  const other = await another(room, slotOf(module, token.label));
  expect(await other.module.C_GetSessionInfo(other.session)).toMatchObject({ state: CKS.RW_PUBLIC_SESSION });
  module.C_CreateObject(session, data('brief', false));
  await other.module.C_Login(other.session, CKU.USER, token.pin);
  expect(await find(other, 'brief')).toBeNull();
  await other.module.C_Logout(other.session);
  expect(module.C_GetSessionInfo(session)).toMatchObject({ state: CKS.RW_USER_FUNCTIONS });
});

test('a session handle of one is none of the other’s', async ({ room, token, module, session }) => {
  const other = await another(room, slotOf(module, token.label));
  for (const handle of [session, ...Array.from({ length: 50 }, () => openSession(module, slotOf(module, token.label)))]) {
    if (handle.equals(other.session)) continue;
    await expect(other.module.C_GetSessionInfo(handle)).rejects.toThrow('CKR_SESSION_HANDLE_INVALID');
  }
});

test('a PIN that one changes is the other’s PIN', async ({ room, token, module, session }) => {
  const other = await another(room, slotOf(module, token.label));
  module.C_SetPIN(session, token.pin, 'another pin');
  await expect(other.module.C_Login(other.session, CKU.USER, token.pin)).rejects.toThrow('CKR_PIN_INCORRECT');
  await other.module.C_Login(other.session, CKU.USER, 'another pin');
});

const initToken = (application: Application, slot: Handle, token: Token) =>
  application.module.C_InitToken(slot, token.soPin, token.label.padEnd(32));

test('a token in use is not made anew; once the other has gone, however it went, it is', async ({ room, token, module, session }) => {
  const slot = slotOf(module, token.label);
  module.C_CreateObject(session, data('old', true));
  module.C_CloseSession(session);
  const [user, officer] = [await another(room, slot, token.pin), startApplication(room)];
  await officer.module.C_Initialize();
  await expect(initToken(officer, slot, token)).rejects.toThrow('CKR_SESSION_EXISTS');
  await user.kill();
  await expect.poll(() => initToken(officer, slot, token).then(() => 'made', String), { timeout: 5_000 }).toBe('made');
  expect(module.C_GetTokenInfo(slot).flags & CKF.USER_PIN_INITIALIZED).toBe(0);
});

test('two change one object at the same time: each change is whole, and that they met is seen', async ({
  room,
  token,
  module,
  session,
}) => {
  const { privateKey } = generateKeyPair(module, session, 'ecdsa');
  const slot = slotOf(module, token.label);
  const applications = [await another(room, slot, token.pin), await another(room, slot, token.pin)];
  const keys = await Promise.all(applications.map((each) => find(each, 'a key')));
  const change = async (which: number) => {
    for (let n = 0; n < 40; n += 1) {
      await applications[which]!.module.C_SetAttributeValue(applications[which]!.session, keys[which]!, [
        { type: CKA.LABEL, value: `${which} ${n}` },
        { type: CKA.ID, value: Buffer.from(`${which} ${n}`) },
      ]);
    }
  };
  await until('two changes met', async () => {
    await Promise.all([change(0), change(1)]);
    return ((await request(room.home, 'status')) as { contended: unknown[] }).contended.length > 0;
  });
  const [label, id] = module.C_GetAttributeValue(session, privateKey, [{ type: CKA.LABEL }, { type: CKA.ID }]);
  expect(label!.value.toString()).toMatch(/^[01] 39$/);
  expect(id!.value.toString()).toBe(label!.value.toString());
});

test('two sign with one key at once, and every signature is right', async ({ room, token, module, session }) => {
  const { key } = generateKeyPair(module, session, 'ecdsa');
  const text = Buffer.from('for both');
  const sign = async (application: Other) => {
    const own = await find(application, 'a key');
    const signatures: Buffer[] = [];
    for (let n = 0; n < 100; n += 1) {
      await application.module.C_SignInit(application.session, { mechanism: CKM.ECDSA_SHA256 }, own!);
      signatures.push(await application.module.C_SignAsync(application.session, text, Buffer.alloc(64)));
    }
    return signatures;
  };
  const slot = slotOf(module, token.label);
  const applications = [await another(room, slot, token.pin), await another(room, slot, token.pin)];
  const signatures = (await Promise.all(applications.map(sign))).flat();
  expect(signatures).toHaveLength(200);
  expect(signatures.filter((signature) => !kinds.ecdsa.isSignature(key, text, signature))).toEqual([]);
});

test('applications with a session each come to different workers', async ({ room, token, module }) => {
  const workers = Math.min(availableParallelism(), WORKERS);
  const slot = slotOf(module, token.label);
  const came: number[] = [];
  for (let n = 0; n < 2 * workers; n++) came.push(Number((await another(room, slot)).session.readBigUInt64LE()) % WORKERS);
  for (let worker = 0; worker < workers; worker++) expect(came.filter((each) => each === worker)).toHaveLength(2);
});
