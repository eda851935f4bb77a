// A token's master key, wrapped under a PIN. Whoever has the wrapped key may try PINs at leisure: what each try costs is all that
// stands in the way, so the cost is part of the row and can grow. A second, stored secret may be mixed in (`pepper`).

import { type Argon2Parameters, argon2, createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { promisify } from 'node:util';
import { ensure } from '../model/error.ts';
import type { WrappedKey } from './store.ts';

export type Cost = WrappedKey['cost'];

export const KEY_SIZE = 32;
export const NONCE_SIZE = 12;
export const TAG_SIZE = 16;

/** RFC 9106 gives larger settings for servers; a login is a call that an application waits for, so OWASP's smallest advice. Memory in KiB. */
export const defaultCost: Cost = { memory: 19_456, passes: 2, parallelism: 1 };

/** A cost read from a file that somebody changed must not exhaust the engine. */
const limits: Record<keyof Cost, readonly [number, number]> = { memory: [8, 1_048_576], passes: [1, 64], parallelism: [1, 16] };

const SALT_SIZE = 16;
const purpose = Buffer.from('strongroom master key 1');
const derive = promisify(argon2);

/** The random key that everything private of one token hangs from. */
export const newMasterKey = (): Uint8Array => new Uint8Array(randomBytes(KEY_SIZE));

/** Runs in the thread pool; the PIN is copied before this returns. */
function wrappingKey(pin: Uint8Array, salt: Uint8Array, cost: Cost, pepper?: Uint8Array): Promise<Buffer> {
  const { memory, passes, parallelism } = cost;
  const parameters: Argon2Parameters = { message: pin, nonce: salt, memory, passes, parallelism, tagLength: KEY_SIZE };
  return derive('argon2id', pepper === undefined ? parameters : { ...parameters, secret: pepper });
}

export async function wrapKey(pin: Uint8Array, masterKey: Uint8Array, cost = defaultCost, pepper?: Uint8Array): Promise<WrappedKey> {
  const salt = new Uint8Array(randomBytes(SALT_SIZE));
  const nonce = randomBytes(NONCE_SIZE);
  const key = await wrappingKey(pin, salt, cost, pepper);
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(purpose);
  const wrapped = new Uint8Array(Buffer.concat([nonce, cipher.update(masterKey), cipher.final(), cipher.getAuthTag()]));
  key.fill(0);
  return { salt, cost: { ...cost }, wrapped };
}

function checkRow({ salt, cost, wrapped }: WrappedKey): void {
  const costly = Object.entries(limits).every(([name, [least, most]]) => {
    const value = cost[name as keyof Cost];
    return Number.isInteger(value) && value >= least && value <= most;
  });
  const whole = salt.length === SALT_SIZE && wrapped.length === NONCE_SIZE + KEY_SIZE + TAG_SIZE;
  ensure(whole && costly && cost.memory >= 8 * cost.parallelism, 'DEVICE_ERROR', 'a stored wrapped key is malformed');
}

/** Null: the PIN is wrong (or the row was tampered with, which looks the same). */
export async function unwrapKey(pin: Uint8Array, row: WrappedKey, pepper?: Uint8Array): Promise<Uint8Array | null> {
  checkRow(row);
  const key = await wrappingKey(pin, row.salt, row.cost, pepper);
  const sealed = row.wrapped.subarray(NONCE_SIZE, -TAG_SIZE);
  const decipher = createDecipheriv('aes-256-gcm', key, row.wrapped.subarray(0, NONCE_SIZE), { authTagLength: TAG_SIZE });
  decipher.setAAD(purpose).setAuthTag(row.wrapped.subarray(-TAG_SIZE));
  key.fill(0);
  const masterKey = decipher.update(sealed);
  try {
    decipher.final();
    return new Uint8Array(masterKey.buffer, masterKey.byteOffset, masterKey.length);
  } catch {
    // The one way in which OpenSSL says "wrong key"; there is nothing else that can fail here.
    masterKey.fill(0);
    return null;
  }
}
