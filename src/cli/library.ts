// libstrongroom.so as the command sees it: its slots, and sessions that close themselves. Knows PKCS#11, and nothing of the engine.

import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type Handle, PKCS11 } from 'pkcs11js';
import { CKF, CKR, CKU } from '../protocol/constants.ts';
import { readSettings } from '../settings.ts';
import { EXIT, Failure } from './failure.ts';

export const ROOT = dirname(dirname(import.meta.dirname));
export const LIBRARY = join(ROOT, 'build', 'Release', 'libstrongroom.so');

export interface Slot {
  readonly number: number;
  readonly handle: Handle;
  readonly label: string;
  readonly serial: string;
  readonly model: string;
  readonly manufacturer: string;
  readonly flags: number;
  readonly initialised: boolean;
}

export interface Library extends Disposable {
  readonly pkcs11: PKCS11;
  readonly home: string;
}

export interface Session extends Disposable {
  readonly pkcs11: PKCS11;
  readonly handle: Handle;
}

/** Loads the library and initialises it, which starts an engine if none runs. */
export function openLibrary(): Library {
  const { home } = readSettings();
  if (!existsSync(LIBRARY)) throw new Failure(`The library is not built yet; run \`npm run build\` in ${ROOT}.`);
  // So that the library cannot find another store than this command did.
  process.env.STRONGROOM_HOME = home;
  const pkcs11 = new PKCS11();
  pkcs11.load(LIBRARY);
  try {
    pkcs11.C_Initialize();
  } catch (error) {
    // Whatever the return value, the reason lies in the store's folder: only there can it be put right.
    throw new Failure(`The engine of ${home} cannot be reached or started (${(error as Error).message}); \`strongroom serve\` shows why.`);
  }
  return {
    pkcs11,
    home,
    [Symbol.dispose]() {
      pkcs11.C_Finalize();
      pkcs11.close();
    },
  };
}

function readSlot(pkcs11: PKCS11, handle: Handle): Slot {
  const { label, serialNumber, model, manufacturerID, flags } = pkcs11.C_GetTokenInfo(handle);
  return {
    number: Number(handle.readBigUInt64LE()),
    handle,
    label: label.trimEnd(),
    serial: serialNumber.trimEnd(),
    model: model.trimEnd(),
    manufacturer: manufacturerID.trimEnd(),
    flags,
    initialised: (flags & CKF.TOKEN_INITIALIZED) !== 0,
  };
}

export const slotsOf = ({ pkcs11 }: Library): Slot[] => pkcs11.C_GetSlotList(true).map((handle) => readSlot(pkcs11, handle));

export const slotAgain = ({ pkcs11 }: Library, slot: Slot): Slot => readSlot(pkcs11, slot.handle);

/** The session ends where the block that it was declared in with `using` ends, and the login with it. */
export function openSession({ pkcs11 }: Library, slot: Slot, readWrite = false): Session {
  const handle = pkcs11.C_OpenSession(slot.handle, CKF.SERIAL_SESSION | (readWrite ? CKF.RW_SESSION : 0));
  return {
    pkcs11,
    handle,
    [Symbol.dispose]() {
      pkcs11.C_CloseSession(handle);
    },
  };
}

export const login = ({ pkcs11, handle }: Session, as: 'USER' | 'SO', pin: string): void => pkcs11.C_Login(handle, CKU[as], pin);

/** The name of a number in one of the standard's families, in lower case with hyphens. */
export function nameIn(family: Readonly<Record<string, number>>, value: number): string {
  const name = Object.keys(family).find((key) => family[key] === value);
  return name?.toLowerCase().replaceAll('_', '-') ?? `0x${value.toString(16)}`;
}

/** A number that a person typed. */
export function slotNumber(text: string): number {
  if (!/^(0x[0-9a-f]{1,8}|\d{1,10})$/i.test(text))
    throw new Failure(`--slot is a number, not "${text}"; \`strongroom tokens\` shows the slots.`, EXIT.usage);
  return Number(text);
}

/** Whether an exception of pkcs11js is one of these return values. */
export const returnValueIn = (error: unknown, ...names: (keyof typeof CKR)[]): boolean =>
  names.some((name) => (error as { code?: unknown }).code === CKR[name]);
