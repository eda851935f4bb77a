// A disk that is full, and one that cannot be written. Each lies in a mount namespace of an application that is started in it.

import type { Handle } from 'pkcs11js';
import { beforeEach, expect } from 'vitest';
import { CKA, CKF, CKM, CKO, CKU } from '../../src/protocol/constants.ts';
import { type Application, startApplication } from '../support/application.ts';
import { freshToken, type Token } from '../support/module.ts';
import { needs, run, unavailable } from '../support/program.ts';
import { type Room, test } from '../support/room.ts';

needs('unshare');

beforeEach(async ({ skip }) => {
  // Containers often allow no mounts, not even to root.
  const { code } = await run('unshare', ['-m', 'true'], { env: process.env });
  if (code !== 0) unavailable(skip, 'This user may not mount a small disk.');
});

/** An application to which the store's folder is what `mount` makes of it. Its engine leaves with it: nobody outside could reach it. */
const startOn = (room: Room, mount: string): Application =>
  startApplication({ ...room, env: { ...room.env, STRONGROOM_IDLE_SECONDS: '2' } }, [
    'unshare',
    '-m',
    'sh',
    '-c',
    `${mount} && exec "$0" "$@"`,
  ]);

const createToken = async ({ module }: Application, token: Token): Promise<Handle> => {
  const [slot] = await module.C_GetSlotList(true);
  await module.C_InitToken(slot!, token.soPin, token.label.padEnd(32));
  const session = await module.C_OpenSession(slot!, CKF.SERIAL_SESSION | CKF.RW_SESSION);
  await module.C_Login(session, CKU.SO, token.soPin);
  await module.C_InitPIN(session, token.pin);
  await module.C_Logout(session);
  await module.C_Login(session, CKU.USER, token.pin);
  return session;
};

const data = (value: Buffer) => [
  { type: CKA.CLASS, value: CKO.DATA },
  { type: CKA.TOKEN, value: true },
  { type: CKA.PRIVATE, value: true },
  { type: CKA.VALUE, value },
];

test('a full disk refuses the object that has no room, and what is stored stays and is read', async ({ room }) => {
  const application = startOn(room, 'mount -t tmpfs -o size=8m,mode=0700 none "$STRONGROOM_HOME"');
  const { module } = application;
  await module.C_Initialize();
  const session = await createToken(application, freshToken());
  const stored: { readonly object: Handle; readonly value: Buffer }[] = [];
  const fill = async () => {
    for (let n = 0; n < 1_000; n += 1) {
      const value = Buffer.alloc(100_000, n);
      stored.push({ object: await module.C_CreateObject(session, data(value)), value });
    }
  };
  await expect(fill()).rejects.toThrow('CKR_DEVICE_MEMORY');
  expect(stored.length).toBeGreaterThan(5);
  for (const { object, value } of stored) {
    const [read] = await module.C_GetAttributeValue(session, object, [{ type: CKA.VALUE }]);
    expect(read!.value.equals(value)).toBe(true);
  }
  // What needs no disk goes on.
  await module.C_DigestInit(session, { mechanism: CKM.SHA256 });
  expect(await module.C_DigestAsync(session, Buffer.from('abc'), Buffer.alloc(32))).toHaveLength(32);
});

test('a disk that cannot be written makes C_Initialize fail, and it does not wait', async ({ room }) => {
  const { module } = startOn(room, 'mount --bind "$STRONGROOM_HOME" "$STRONGROOM_HOME" && mount -o remount,ro,bind "$STRONGROOM_HOME"');
  await expect(module.C_Initialize()).rejects.toThrow('CKR_FUNCTION_FAILED');
});
