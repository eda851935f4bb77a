// Runs the speed meter (native/kit/hsm-speed) on a module, and prepares the token and the keys it signs with. For any PKCS#11 module.

import { execFile } from 'node:child_process';
import { createPublicKey, type KeyObject } from 'node:crypto';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type Handle, PKCS11, type Template } from 'pkcs11js';
import { CKA, CKF, CKM, CKO, CKU } from '../src/protocol/constants.ts';

export const ROOT = join(import.meta.dirname, '..');
export const STRONGROOM = join(ROOT, 'build', 'Release', 'libstrongroom.so');
const METER = join(ROOT, 'build', 'Release', 'hsm-speed');

/** No run takes a tenth of it; a module that hangs is ended. */
const PATIENCE_MS = 60_000;

export interface Token {
  readonly module: string;
  readonly label: string;
  readonly pin: string;
  /** What the module reads: where its store is. */
  readonly environment: NodeJS.ProcessEnv;
}

interface Kind {
  /** As people call it. */
  readonly title: string;
  /** What hsm-speed calls its mechanism. */
  readonly mechanism: 'rsa' | 'ecdsa' | 'eddsa';
  /** What `strongroom keygen --type` calls it. */
  readonly type: string;
  readonly generation: number;
  readonly template: Template;
  readonly publicKey: (read: (attribute: number) => Buffer) => KeyObject;
}

const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64url');
const fromJwk = (key: Record<string, string>) => createPublicKey({ key, format: 'jwk' });

// A point stands at the end of CKA_EC_POINT, whether or not the module packs it into a DER OCTET STRING.
const parameters = (oid: string): Template => [{ type: CKA.EC_PARAMS, value: Buffer.from(oid, 'hex') }];

export const KINDS: readonly Kind[] = [
  {
    title: 'RSA-2048',
    mechanism: 'rsa',
    type: 'rsa:2048',
    generation: CKM.RSA_PKCS_KEY_PAIR_GEN,
    template: [
      { type: CKA.MODULUS_BITS, value: 2048 },
      { type: CKA.PUBLIC_EXPONENT, value: Buffer.from([1, 0, 1]) },
    ],
    publicKey: (read) => fromJwk({ kty: 'RSA', n: base64(read(CKA.MODULUS)), e: base64(read(CKA.PUBLIC_EXPONENT)) }),
  },
  {
    title: 'P-256',
    mechanism: 'ecdsa',
    type: 'ec:p256',
    generation: CKM.EC_KEY_PAIR_GEN,
    template: parameters('06082a8648ce3d030107'),
    publicKey: (read) => {
      const point = read(CKA.EC_POINT).subarray(-64);
      return fromJwk({ kty: 'EC', crv: 'P-256', x: base64(point.subarray(0, 32)), y: base64(point.subarray(32)) });
    },
  },
  {
    title: 'Ed25519',
    mechanism: 'eddsa',
    type: 'ed25519',
    generation: CKM.EC_EDWARDS_KEY_PAIR_GEN,
    // The name, not the object identifier: SoftHSM 2.6 knows only this one.
    template: parameters('130c656477617264733235353139'),
    publicKey: (read) => fromJwk({ kty: 'OKP', crv: 'Ed25519', x: base64(read(CKA.EC_POINT).subarray(-32)) }),
  },
];

/** Does something with an initialised module, in this process, under the token's environment. */
export function visit<T>({ module, environment }: Pick<Token, 'module' | 'environment'>, work: (pkcs11: PKCS11) => T): T {
  Object.assign(process.env, environment);
  const pkcs11 = new PKCS11();
  pkcs11.load(module);
  pkcs11.C_Initialize();
  try {
    return work(pkcs11);
  } finally {
    pkcs11.C_Finalize();
    pkcs11.close();
  }
}

const slots = (pkcs11: PKCS11) => pkcs11.C_GetSlotList(true).map((slot) => ({ slot, info: pkcs11.C_GetTokenInfo(slot) }));

function openSession(pkcs11: PKCS11, label: string): Handle {
  const found = slots(pkcs11).find(({ info }) => info.label.trimEnd() === label);
  if (!found) throw new Error(`no token has the label ${label}`);
  return pkcs11.C_OpenSession(found.slot, CKF.SERIAL_SESSION | CKF.RW_SESSION);
}

export function createToken(token: Token): void {
  visit(token, (pkcs11) => {
    const free = slots(pkcs11).find(({ info }) => (info.flags & CKF.TOKEN_INITIALIZED) === 0);
    if (!free) throw new Error('no slot is free');
    pkcs11.C_InitToken(free.slot, token.pin, token.label.padEnd(32));
    const session = openSession(pkcs11, token.label);
    pkcs11.C_Login(session, CKU.SO, token.pin);
    pkcs11.C_InitPIN(session, token.pin);
  });
}

/** A key pair of each kind, labelled with its type. */
export function createKeys(token: Token): void {
  visit(token, (pkcs11) => {
    const session = openSession(pkcs11, token.label);
    pkcs11.C_Login(session, CKU.USER, token.pin);
    for (const { type, generation, template } of KINDS) {
      const name = [
        { type: CKA.TOKEN, value: true },
        { type: CKA.LABEL, value: type },
        { type: CKA.ID, value: Buffer.from(type) },
      ];
      const publicKey = [...name, ...template, { type: CKA.VERIFY, value: true }];
      const privateKey = [
        ...name,
        { type: CKA.PRIVATE, value: true },
        { type: CKA.SENSITIVE, value: true },
        { type: CKA.SIGN, value: true },
      ];
      pkcs11.C_GenerateKeyPair(session, { mechanism: generation }, publicKey, privateKey);
    }
  });
}

/** The token's public keys, as keys of node:crypto. */
export function publicKeys(token: Token): Map<Kind, KeyObject> {
  return visit(token, (pkcs11) => {
    const session = openSession(pkcs11, token.label);
    const find = (kind: Kind): KeyObject => {
      pkcs11.C_FindObjectsInit(session, [
        { type: CKA.CLASS, value: CKO.PUBLIC_KEY },
        { type: CKA.LABEL, value: kind.type },
      ]);
      const [object] = pkcs11.C_FindObjects(session, 1);
      pkcs11.C_FindObjectsFinal(session);
      if (!object) throw new Error(`the token has no public key ${kind.type}`);
      return kind.publicKey((type) => pkcs11.C_GetAttributeValue(session, object, [{ type }])[0]?.value as Buffer);
    };
    return new Map(KINDS.map((kind) => [kind, find(kind)]));
  });
}

export type KeyKind = Kind;

export interface Run {
  readonly threads: number;
  /** Signatures a thread makes, or how long all of them sign. */
  readonly until: { readonly iterations: number } | { readonly seconds: number };
  /** C_Initialize(NULL) as in 2008, or with CKF_OS_LOCKING_OK. */
  readonly initialise?: 'null' | 'os';
  /** Where the meter writes the signatures that somebody is to verify. */
  readonly signatures?: string;
}

export interface Speed {
  readonly signatures: number;
  readonly seconds: number;
  readonly rate: number;
}

/** A session a thread, one key for all of them: the calls of the program of 2008. */
export async function measure(token: Token, kind: Kind, { threads, until, initialise = 'null', signatures }: Run): Promise<Speed> {
  const [limit, value] = Object.entries(until)[0] as [string, number];
  const chosen = ['--module', token.module, '--label', token.label, '--key', kind.type, '--mechanism', kind.mechanism];
  const size = [
    '--threads',
    `${threads}`,
    `--${limit}`,
    `${value}`,
    '--init',
    initialise,
    ...(signatures === undefined ? [] : ['--signatures', signatures]),
  ];
  const env = { ...process.env, ...token.environment, STRONGROOM_PIN: token.pin };
  const { stdout } = await promisify(execFile)(METER, [...chosen, ...size, '--json'], { env, timeout: PATIENCE_MS, killSignal: 'SIGKILL' });
  return JSON.parse(stdout);
}
