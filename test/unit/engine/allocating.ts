// Run by allocation.test.ts in a Node of its own, where nothing is collected meanwhile: prints as JSON how many bytes of V8's heap one call
// takes, from its frame to its reply, for calls that come again and again.
import { createECDH } from 'node:crypto';
import { getHeapStatistics } from 'node:v8';
import { dispatch } from '../../../src/engine/dispatch.ts';
import { lockMemory, ObjectLocks } from '../../../src/locks/object-locks.ts';
import { Versions, versionMemory } from '../../../src/locks/versions.ts';
import { boolBytes, ulongBytes } from '../../../src/model/attribute.ts';
import { CKA, CKK, CKM, CKO, CKR } from '../../../src/protocol/constants.ts';
import { Reader } from '../../../src/protocol/reader.ts';
import { Writer } from '../../../src/protocol/writer.ts';
import { openStore } from '../../../src/store/sqlite.ts';
import { ApplicationBoard, TokenBoard } from '../../../src/token/board.ts';
import { BuiltIns } from '../../../src/token/built-ins.ts';
import type { Context } from '../../../src/token/context.ts';
import { Keyring } from '../../../src/token/keyring.ts';
import { Objects } from '../../../src/token/objects.ts';
import { Sessions } from '../../../src/token/session.ts';
import { Tokens } from '../../../src/token/tokens.ts';
import { frameOf } from '../../fuzz/frame.ts';
import { hex, mechanisms } from '../mechanisms/fixture.ts';

/** Until V8 has compiled what there is to compile; in its own thread, as it is told to here (see the test). */
const WARM = 15_000;
const CALLS = 10_000;

const board = new TokenBoard();
const store = openStore(':memory:');
const pin = { salt: new Uint8Array(16), cost: { memory: 8, passes: 1, parallelism: 1 }, wrapped: new Uint8Array(60) };
store.putToken({ slot: 0, serial: '0123456789abcdef', label: new Uint8Array(32), soPin: pin, userPin: null, soTries: 0, userTries: 0 });
const sources = {
  durable: store,
  versions: new Versions(versionMemory()),
  locks: new ObjectLocks(lockMemory(1), 0, { ring: () => undefined, contended: () => undefined }),
  keyring: new Keyring(new Uint8Array(32), new Uint8Array(32)),
  tokens: new Tokens(store, board),
  builtIns: new BuiltIns(mechanisms.keys(), () => 0),
  supervisor: { commit: async (changes: Parameters<typeof store.commit>[0]) => store.commit(changes) },
};
const objects = new Objects(sources as unknown as ConstructorParameters<typeof Objects>[0]);
const application = { id: 1, board: new ApplicationBoard() };
const sessions = new Sessions(0, board, () => {});
const context = { application, board, sessions, objects, mechanisms } as unknown as Context;
const session = sessions.open(application, 0, true);

const key = (objectClass: number, type: number, permission: number, ...values: [number, Uint8Array][]) =>
  new Map<number, Uint8Array>([
    [CKA.CLASS, ulongBytes(objectClass)],
    [CKA.KEY_TYPE, ulongBytes(type)],
    [CKA.UNIQUE_ID, Buffer.from(`key ${type}`)],
    [CKA.TOKEN, boolBytes(true)],
    [CKA.PRIVATE, boolBytes(false)],
    [permission, boolBytes(true)],
    ...values,
  ]);
const pair = createECDH('prime256v1');
pair.generateKeys();
const [ec, generic, aes] = (await objects.create(session, [
  key(CKO.PRIVATE_KEY, CKK.EC, CKA.SIGN, [CKA.EC_PARAMS, hex('06082a8648ce3d030107')], [CKA.VALUE, pair.getPrivateKey()]),
  key(CKO.SECRET_KEY, CKK.GENERIC_SECRET, CKA.SIGN, [CKA.VALUE, new Uint8Array(32)]),
  key(CKO.SECRET_KEY, CKK.AES, CKA.ENCRYPT, [CKA.VALUE, new Uint8Array(32)]),
])) as [number, number, number];

const hSession = session.handle;
const gcm = { struct: 'CK_GCM_PARAMS', fields: { pIv: new Uint8Array(12), pAAD: new Uint8Array(16), ulTagBits: 128 } } as const;
const init = (type: number, hKey: number) => ({ hSession, pMechanism: { type }, hKey });
const frames = {
  'P-256': frameOf('C_Sign', { hSession, pData: new Uint8Array(32) }, init(CKM.ECDSA, ec)),
  HMAC: frameOf('C_Sign', { hSession, pData: new Uint8Array(256) }, init(CKM.SHA256_HMAC, generic)),
  'AES-GCM': frameOf(
    'C_Encrypt',
    { hSession, pData: new Uint8Array(1024) },
    { ...init(CKM.AES_GCM, aes), pMechanism: { type: CKM.AES_GCM, parameter: gcm } },
  ),
  'SHA-256': frameOf('C_Digest', { hSession, pData: new Uint8Array(256) }, { hSession, pMechanism: { type: CKM.SHA256 } }),
  random: frameOf('C_GenerateRandom', { hSession, RandomData: 32 }),
};

const request = new ArrayBuffer(65_536);
const reader = new Reader(request);
const writer = new Writer(new ArrayBuffer(65_536));
const late = () => writer;
const report = (text: string) => {
  throw new Error(text);
};

function call(length: number): void {
  reader.start(length);
  dispatch(context, reader, writer, late, report);
}

function bytesOf(frame: Buffer): number {
  Buffer.from(request).set(frame);
  for (let n = 0; n < WARM; n++) call(frame.length);
  const rv = Buffer.from(writer.written()).readUInt32LE();
  if (rv !== CKR.OK) throw new Error(`answers 0x${rv.toString(16)}`);
  const before = getHeapStatistics().used_heap_size;
  for (let n = 0; n < CALLS; n++) call(frame.length);
  return (getHeapStatistics().used_heap_size - before) / CALLS;
}

console.log(JSON.stringify(Object.fromEntries(Object.entries(frames).map(([name, frame]) => [name, bytesOf(frame)]))));
