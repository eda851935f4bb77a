// HSS keys through the library: every signature has a one-time key of its own, whoever signs at once and whatever is killed.
import { setTimeout as pause } from 'node:timers/promises';
import type { Handle, PKCS11, Template } from 'pkcs11js';
import { describe, expect } from 'vitest';
import { CKA, CKF, CKK, CKM, CKO, CKR, CKU } from '../../src/protocol/constants.ts';
import { type Application, startApplication } from '../support/application.ts';
import { request } from '../support/engine.ts';
import { logIn, openSession, slotOf, type Token } from '../support/module.ts';
import { refusal } from '../support/refusal.ts';
import type { Room } from '../support/room.ts';
import { sharedTest, test } from '../support/token.ts';
import { vectors } from '../unit/crypto/hash-based.ts';

const HSS = { mechanism: CKM.HSS };
const TEXT = Buffer.from('firmware');

/** LMS and LM-OTS type of each level: heights of 5; Winternitz parameters of 1 and 4. */
type Scheme = readonly (readonly [lms: number, ots: number])[];
const small: Scheme = [[5, 1]];
const two: Scheme = [
  [5, 3],
  [5, 3],
];

const ulongs = (values: readonly number[]): Buffer => {
  const bytes = Buffer.alloc(8 * values.length);
  for (const [i, value] of values.entries()) bytes.writeBigUInt64LE(BigInt(value), 8 * i);
  return bytes;
};

const schemeTemplate = (scheme: Scheme): Template => [
  { type: CKA.HSS_LEVELS, value: scheme.length },
  { type: CKA.HSS_LMS_TYPES, value: ulongs(scheme.map(([lms]) => lms)) },
  { type: CKA.HSS_LMOTS_TYPES, value: ulongs(scheme.map(([, ots]) => ots)) },
];

const generate = (module: PKCS11, session: Handle, scheme: Scheme, more: Template = [{ type: CKA.TOKEN, value: true }]) =>
  module.C_GenerateKeyPair(session, { mechanism: CKM.HSS_KEY_PAIR_GEN }, more, [
    ...schemeTemplate(scheme),
    { type: CKA.LABEL, value: 'hss' },
    ...more,
  ]);

const remaining = (module: PKCS11, session: Handle, key: Handle): number =>
  Number(module.C_GetAttributeValue(session, key, [{ type: CKA.HSS_KEYS_REMAINING }])[0]!.value.readBigUInt64LE());

const SPACE = 80_000;

const sign = (module: PKCS11, session: Handle, key: Handle): Buffer => {
  module.C_SignInit(session, HSS, key);
  return module.C_Sign(session, TEXT, Buffer.alloc(SPACE));
};

/** Throws where the signature is wrong. */
const verify = (module: PKCS11, session: Handle, key: Handle, signature: Buffer, text = TEXT): void => {
  module.C_VerifyInit(session, HSS, key);
  module.C_Verify(session, text, signature);
};

/** Bytes of the upper level's signature and the lower one's public key, in `two`. */
const UPPER = 4 + (4 + 32 * 68) + 4 + 5 * 32 + 56;
/** Which of its one-time keys a key of the scheme `two` has signed with. */
const indexIn = (signature: Buffer): number => 32 * signature.readUInt32BE(4) + signature.readUInt32BE(4 + UPPER);

const ascending = (numbers: readonly number[]): number[] => [...numbers].sort((a, b) => a - b);
const upTo = (count: number): number[] => Array.from({ length: count }, (_, n) => n);

interface Signer extends Application {
  readonly sessions: readonly Handle[];
  readonly key: Handle;
}

const SESSIONS = 8;

/** Another application, with as many threads as sessions; each of those may change nothing. */
const signer = async (room: Room, slot: Handle, token: Token): Promise<Signer> => {
  const application = startApplication(room, ['env', `UV_THREADPOOL_SIZE=${SESSIONS}`]);
  const { module } = application;
  await module.C_Initialize({ flags: CKF.OS_LOCKING_OK });
  const sessions = await Promise.all(upTo(SESSIONS).map(() => module.C_OpenSession(slot, CKF.SERIAL_SESSION)));
  await module.C_Login(sessions[0]!, CKU.USER, token.pin);
  await module.C_FindObjectsInit(sessions[0]!, [
    { type: CKA.CLASS, value: CKO.PRIVATE_KEY },
    { type: CKA.KEY_TYPE, value: CKK.HSS },
  ]);
  const key = await module.C_FindObjects(sessions[0]!);
  await module.C_FindObjectsFinal(sessions[0]!);
  return { ...application, sessions, key: key! };
};

const signTimes = async ({ module, key }: Signer, session: Handle, times: number): Promise<Buffer[]> => {
  const made: Buffer[] = [];
  for (let n = 0; n < times; n += 1) {
    await module.C_SignInit(session, HSS, key);
    made.push(Buffer.from(await module.C_SignAsync(session, TEXT, Buffer.alloc(SPACE))));
  }
  return made;
};

describe('an HSS key', () => {
  sharedTest(
    'signs with another one-time key each time, whichever of 16 threads of two applications asks',
    async ({ room, token, module, session }) => {
      const { privateKey, publicKey } = generate(module, session, two);
      const signers = await Promise.all([1, 2].map(() => signer(room, slotOf(module, token.label), token)));
      const times = 5;
      const made = await Promise.all(signers.flatMap((each) => each.sessions.map((own) => signTimes(each, own, times))));
      const signatures = made.flat();
      expect(signatures.length).toBe(2 * SESSIONS * times);
      expect(ascending(signatures.map(indexIn))).toEqual(upTo(signatures.length));
      expect(remaining(module, session, privateKey)).toBe(1024 - signatures.length);
      for (const signature of signatures) verify(module, session, publicKey, signature);
    },
  );

  sharedTest('is used up by its last one-time key', ({ module, session }) => {
    const { privateKey, publicKey } = generate(module, session, small);
    const signatures = upTo(32).map(() => sign(module, session, privateKey));
    expect(new Set(signatures.map((signature) => signature.readUInt32BE(4))).size).toBe(32);
    for (const signature of signatures) verify(module, session, publicKey, signature);
    expect(remaining(module, session, privateKey)).toBe(0);
    expect(refusal(() => sign(module, session, privateKey))).toBe(CKR.KEY_EXHAUSTED);
    module.C_DestroyObject(session, privateKey);
  });

  sharedTest('costs nothing to ask how long a signature is, or to have too little room for it', ({ module, session }) => {
    const { privateKey } = generate(module, session, small);
    module.C_SignInit(session, HSS, privateKey);
    expect(() => module.C_Sign(session, TEXT, Buffer.alloc(1000))).toThrow('CKR_BUFFER_TOO_SMALL');
    expect(remaining(module, session, privateKey)).toBe(32);
    expect(module.C_Sign(session, TEXT, Buffer.alloc(SPACE)).length).toBe(4 + 4 + 4 + 32 * 266 + 4 + 5 * 32);
    expect(remaining(module, session, privateKey)).toBe(31);
  });

  sharedTest('signs data in parts', ({ module, session }) => {
    const { privateKey, publicKey } = generate(module, session, small);
    module.C_SignInit(session, HSS, privateKey);
    for (const byte of TEXT) module.C_SignUpdate(session, Buffer.of(byte));
    verify(module, session, publicKey, module.C_SignFinal(session, Buffer.alloc(SPACE)));
    expect(remaining(module, session, privateKey)).toBe(31);
  });

  sharedTest('of eight levels has signatures longer than a frame', ({ module, session }) => {
    const { privateKey, publicKey } = generate(module, session, Array<[number, number]>(8).fill([5, 1]));
    const signature = sign(module, session, privateKey);
    expect(signature.length).toBe(69_868);
    verify(module, session, publicKey, signature);
    expect(remaining(module, session, privateKey)).toBe(2 ** 32 - 1);
  });

  sharedTest('of a session is one key for all sessions of its application', ({ token, module, session }) => {
    const { privateKey, publicKey } = generate(module, session, two, []);
    const other = openSession(module, slotOf(module, token.label));
    const signatures = upTo(4).map((n) => sign(module, n % 2 === 0 ? session : other, privateKey));
    expect(signatures.map(indexIn)).toEqual([0, 1, 2, 3]);
    for (const signature of signatures) verify(module, other, publicKey, signature);
  });

  sharedTest('stays where it is, whole and once', ({ module, session }) => {
    const { privateKey } = generate(module, session, small);
    const wrapping = module.C_GenerateKey(session, { mechanism: CKM.AES_KEY_GEN }, [
      { type: CKA.VALUE_LEN, value: 32 },
      { type: CKA.WRAP, value: true },
    ]);
    const wrap = { mechanism: CKM.AES_KEY_WRAP_PAD };
    expect(() => module.C_WrapKey(session, wrap, wrapping, privateKey, Buffer.alloc(SPACE))).toThrow('CKR_KEY_UNEXTRACTABLE');
    expect(refusal(() => module.C_CopyObject(session, privateKey, []))).toBe(CKR.ACTION_PROHIBITED);
    expect(() => module.C_GetAttributeValue(session, privateKey, [{ type: CKA.VALUE }])).toThrow('CKR_ATTRIBUTE_SENSITIVE');
    for (const [type, value] of [
      [CKA.HSS_KEYS_REMAINING, 32],
      [CKA.EXTRACTABLE, true],
      [CKA.COPYABLE, true],
    ] as const) {
      expect(() => module.C_SetAttributeValue(session, privateKey, [{ type, value }])).toThrow(
        /CKR_(ATTRIBUTE_READ_ONLY|TEMPLATE_INCONSISTENT)/,
      );
    }
    for (const [type, value] of [
      [CKA.SENSITIVE, false],
      [CKA.EXTRACTABLE, true],
      [CKA.COPYABLE, true],
    ] as const) {
      const attempt = () =>
        module.C_GenerateKeyPair(session, { mechanism: CKM.HSS_KEY_PAIR_GEN }, [], [...schemeTemplate(small), { type, value }]);
      expect(attempt).toThrow('CKR_TEMPLATE_INCONSISTENT');
    }
  });
});

test('an HSS key uses no one-time key twice, whenever its engine is killed', async ({ home, token, module, session }) => {
  generate(module, session, two);
  const indexes: number[] = [];
  const rounds = 4;
  for (let round = 0; round < rounds; round += 1) {
    const own = round === 0 ? session : logIn(module, token);
    const { pid } = (await request(home, 'status')) as { pid: number };
    module.C_FindObjectsInit(own, [
      { type: CKA.CLASS, value: CKO.PRIVATE_KEY },
      { type: CKA.KEY_TYPE, value: CKK.HSS },
    ]);
    const key = module.C_FindObjects(own)!;
    module.C_FindObjectsFinal(own);
    const left = remaining(module, own, key);
    const first = indexIn(sign(module, own, key));
    // What it says is left is so: the next signature is by the first of them.
    expect(first).toBe(1024 - left);
    indexes.push(first);
    if (round === rounds - 1) break;
    const killed = pause(10 + 17 * round).then(() => process.kill(pid, 'SIGKILL'));
    const signing = async () => {
      for (;;) {
        module.C_SignInit(own, HSS, key);
        indexes.push(indexIn(await module.C_SignAsync(own, TEXT, Buffer.alloc(SPACE))));
      }
    };
    await expect(signing()).rejects.toThrow(/CKR_(DEVICE_ERROR|SESSION_HANDLE_INVALID)/);
    await killed;
  }
  expect(indexes.length).toBeGreaterThan(rounds);
  // Each is larger than the one before; at the most one is lost with each engine.
  expect(ascending(indexes)).toEqual(indexes);
  expect(new Set(indexes).size).toBe(indexes.length);
  expect(indexes.at(-1)! + 1 - indexes.length).toBeLessThan(rounds);
});

describe('public keys from elsewhere', () => {
  const object = (keyType: number, more: Template): Template => [
    { type: CKA.CLASS, value: CKO.PUBLIC_KEY },
    { type: CKA.KEY_TYPE, value: keyType },
    ...more,
  ];
  const { publicKey, message, signature } = vectors('hss')[1]!;

  sharedTest('verify as HSS, and tell their scheme', ({ module, session }) => {
    const key = module.C_CreateObject(session, object(CKK.HSS, [{ type: CKA.VALUE, value: Buffer.from(publicKey) }]));
    verify(module, session, key, Buffer.from(signature), Buffer.from(message));
    expect(() => verify(module, session, key, Buffer.from(signature))).toThrow('CKR_SIGNATURE_INVALID');
    expect(() => verify(module, session, key, Buffer.from(signature).subarray(0, 40))).toThrow('CKR_SIGNATURE_LEN_RANGE');
    const told = module.C_GetAttributeValue(session, key, [
      { type: CKA.HSS_LEVELS },
      { type: CKA.HSS_LMS_TYPE },
      { type: CKA.HSS_LMOTS_TYPE },
    ]);
    expect(told.map(({ value }) => value.readBigUInt64LE())).toEqual([2n, 6n, 3n]);
  });

  sharedTest.for([
    ['XMSS', CKK.XMSS, CKM.XMSS, vectors('xmss')],
    ['XMSS^MT', CKK.XMSSMT, CKM.XMSSMT, vectors('xmssMt')],
  ] as const)('verify as %s', ([, keyType, mechanism, known], { module, session }) => {
    for (const each of known) {
      const key = module.C_CreateObject(
        session,
        object(keyType, [
          { type: CKA.PARAMETER_SET, value: each.publicKey[3]! },
          { type: CKA.VALUE, value: Buffer.from(each.publicKey) },
        ]),
      );
      const judged = (text: Uint8Array) => {
        module.C_VerifyInit(session, { mechanism }, key);
        module.C_Verify(session, Buffer.from(text), Buffer.from(each.signature));
      };
      judged(each.message);
      expect(() => judged(TEXT), each.name).toThrow('CKR_SIGNATURE_INVALID');
    }
  });
});
