// CKA_EC_POINT: given in any of three forms, given back in v3.2's, or in the older one to whom the settings say.
import { spawn } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { realpathSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Handle, PKCS11, Template } from 'pkcs11js';
import { describe, expect } from 'vitest';
import { CKA, CKF, CKK, CKO } from '../../src/protocol/constants.ts';
import { startApplication } from '../support/application.ts';
import { createToken, freshToken, slotOf, visit } from '../support/module.ts';
import type { Room } from '../support/room.ts';
import { test as withoutToken } from '../support/room.ts';
import { sharedTest as test } from '../support/token.ts';

const der = (tag: number, ...parts: Uint8Array[]): Buffer => {
  const content = Buffer.concat(parts);
  return Buffer.concat([Buffer.of(tag, content.length), content]);
};
const octetString = (point: Uint8Array) => der(4, point);
const bitString = (point: Uint8Array) => der(3, Buffer.of(0), point);

const keys = [
  ['ed25519', CKK.EC_EDWARDS, '06032b6570', 32],
  ['ed448', CKK.EC_EDWARDS, '06032b6571', 57],
  ['x25519', CKK.EC_MONTGOMERY, '06032b656e', 32],
  ['x448', CKK.EC_MONTGOMERY, '06032b656f', 56],
  ['P-256', CKK.EC, '06082a8648ce3d030107', 65],
] as const;

/** The end of a SubjectPublicKeyInfo is the point. */
const pointOf = (name: string, size: number): Buffer => {
  const { publicKey } = name.startsWith('P') ? generateKeyPairSync('ec', { namedCurve: name }) : generateKeyPairSync(name as 'ed25519');
  return publicKey.export({ format: 'der', type: 'spki' }).subarray(-size);
};

const publicKey = (type: number, parameters: string, point: Uint8Array, more: Template = []): Template => [
  { type: CKA.CLASS, value: CKO.PUBLIC_KEY },
  { type: CKA.KEY_TYPE, value: type },
  { type: CKA.EC_PARAMS, value: Buffer.from(parameters, 'hex') },
  { type: CKA.EC_POINT, value: Buffer.from(point) },
  ...more,
];
const read = (module: PKCS11, session: Handle, object: Handle) =>
  module.C_GetAttributeValue(session, object, [{ type: CKA.EC_POINT }])[0]!.value as Buffer;
const find = (module: PKCS11, session: Handle, value: Buffer, more: Template = []) => {
  module.C_FindObjectsInit(session, [{ type: CKA.EC_POINT, value }, ...more]);
  const found = module.C_FindObjects(session, 10);
  module.C_FindObjectsFinal(session);
  return found;
};

describe('a point', () => {
  for (const [name, type, parameters, size] of keys) {
    test(`of ${name} is given bare, as OCTET STRING or as BIT STRING, given back as v3.2 has it, and found by each`, ({
      module,
      session,
    }) => {
      const point = pointOf(name, size);
      const forms = [point, octetString(point), bitString(point)];
      const objects = forms.map((form) => module.C_CreateObject(session, publicKey(type, parameters, form)));
      for (const object of objects) expect(read(module, session, object)).toEqual(type === CKK.EC ? octetString(point) : point);
      for (const form of forms) {
        expect(find(module, session, form)).toEqual(objects);
        expect(find(module, session, form, [{ type: CKA.KEY_TYPE, value: type }])).toEqual(objects);
        expect(find(module, session, form, [{ type: CKA.CLASS, value: CKO.PRIVATE_KEY }])).toEqual([]);
        const other = Buffer.from(form);
        other.writeUInt8(other.at(-1)! ^ 1, other.length - 1);
        expect(find(module, session, other)).toEqual([]);
      }
    });
  }

  test('that a template has twice is compared as it came', ({ module, session }) => {
    const point = pointOf('ed25519', 32);
    const object = module.C_CreateObject(session, publicKey(CKK.EC_EDWARDS, '06032b6570', point));
    expect(find(module, session, point, [{ type: CKA.EC_POINT, value: point }])).toEqual([object]);
    expect(find(module, session, octetString(point), [{ type: CKA.EC_POINT, value: point }])).toEqual([]);
  });
});

const point = pointOf('ed25519', 32);
const [bare, wrapped] = [point, octetString(point)];
const stored: Template = [{ type: CKA.TOKEN, value: true }];

/** A token with an Ed25519 key and one of P-256. */
const prepare = (label?: string): string => {
  const token = { ...freshToken(), ...(label === undefined ? {} : { label }) };
  visit((module) => {
    createToken(module, token);
    const session = module.C_OpenSession(slotOf(module, token.label), CKF.SERIAL_SESSION | CKF.RW_SESSION);
    module.C_CreateObject(session, publicKey(CKK.EC_EDWARDS, '06032b6570', point, [...stored, { type: CKA.PRIVATE, value: false }]));
  });
  return token.label;
};

/** What another application reads, one with this in its environment. */
const readBy = async (room: Room, label: string, environment: NodeJS.ProcessEnv = {}): Promise<Buffer> => {
  const { module, kill } = startApplication({ ...room, env: { ...room.env, ...environment } });
  await module.C_Initialize({ flags: CKF.OS_LOCKING_OK });
  const slots = await module.C_GetSlotList(true);
  const infos = await Promise.all(slots.map((slot) => module.C_GetTokenInfo(slot)));
  const slot = slots[infos.findIndex((info) => info.label.trim() === label)]!;
  const session = await module.C_OpenSession(slot, CKF.SERIAL_SESSION);
  await module.C_FindObjectsInit(session, [{ type: CKA.KEY_TYPE, value: CKK.EC_EDWARDS }]);
  const object = await module.C_FindObjects(session);
  const [attribute] = await module.C_GetAttributeValue(session, object!, [{ type: CKA.EC_POINT }]);
  await kill();
  return Buffer.from(attribute!.value as Buffer);
};

/** An engine with these settings, until the room is taken apart. */
const engineWith = async (room: Room, settings: object): Promise<void> => {
  const script = fileURLToPath(new URL('../support/engine-process.ts', import.meta.url));
  const engine = spawn(process.execPath, [script, JSON.stringify(settings)], { env: room.env, stdio: ['ignore', 'pipe', 'inherit'] });
  room.atEnd(async () => {
    if (engine.kill('SIGTERM')) await once(engine, 'exit');
  });
  await once(engine.stdout!, 'data');
};

const older = { ec_point_form: 'octet-string' };
const standard = { ec_point_form: 'standard' };
const here = realpathSync(process.execPath);

describe('the older form', () => {
  withoutToken('is read by the application whose environment asks for it, and by no other of the same engine', async ({ room }) => {
    const label = prepare();
    expect(await readBy(room, label, { STRONGROOM_EC_POINT_FORM: 'octet-string' })).toEqual(wrapped);
    expect(await readBy(room, label)).toEqual(bare);
    expect(await readBy(room, label, { STRONGROOM_EC_POINT_FORM: 'standard' })).toEqual(bare);
  });

  withoutToken('is not passed on to an engine that such an application starts', async ({ room }) => {
    const application = startApplication({ ...room, env: { ...room.env, STRONGROOM_EC_POINT_FORM: 'octet-string' } });
    await application.module.C_Initialize({ flags: CKF.OS_LOCKING_OK });
    const label = prepare();
    expect(await readBy(room, label)).toEqual(bare);
    expect(await readBy(room, label, { STRONGROOM_EC_POINT_FORM: 'octet-string' })).toEqual(wrapped);
  });

  withoutToken('is read by everybody where the configuration says so, but for who asks for v3.2’s', async ({ room }) => {
    await engineWith(room, older);
    const label = prepare();
    expect(await readBy(room, label)).toEqual(wrapped);
    expect(await readBy(room, label, { STRONGROOM_EC_POINT_FORM: 'standard' })).toEqual(bare);
  });

  withoutToken('is read from the tokens that the configuration names', async ({ room }) => {
    await engineWith(room, { tokens: { 'an old one': older } });
    const [old, other] = [prepare('an old one'), prepare('another')];
    expect(await readBy(room, old)).toEqual(wrapped);
    expect(await readBy(room, other)).toEqual(bare);
  });

  withoutToken('is read by the executables that the configuration names, whatever it says of the token', async ({ room }) => {
    await engineWith(room, { applications: { [here]: older }, tokens: { 'a new one': standard } });
    expect(await readBy(room, prepare('a new one'))).toEqual(wrapped);
  });

  withoutToken('is not read by an executable that it keeps from it', async ({ room }) => {
    await engineWith(room, { ...older, applications: { [here]: standard, '/usr/bin/other': older } });
    expect(await readBy(room, prepare())).toEqual(bare);
  });
});
