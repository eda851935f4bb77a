// A store of as many objects as one likes, made below the engine: through it each would be a transaction of its own. The objects are as
// an application makes them, half of them private: AES keys with a label and an id, sealed under the token's own keys.

import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { CKA, CKK, CKM, CKO } from '../../src/protocol/constants.ts';
import { SqliteStore } from '../../src/store/sqlite.ts';
import type { NewObjectRow, Store, TokenRow } from '../../src/store/store.ts';
import { loadStoreKey } from '../../src/store/store-key.ts';
import { type Keys, openKeys, pepperOf, sealObject, tokenKeys, unwrapKey } from '../../src/store/vault.ts';

/** Rows of one transaction. */
const BATCH = 20_000;
const KEY = 32;

function ulong(value: number): Uint8Array {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(value), true);
  return bytes;
}
const bool = (value: boolean) => Uint8Array.of(value ? 1 : 0);

const FLAGS: Readonly<Record<number, boolean>> = {
  [CKA.TOKEN]: true,
  [CKA.MODIFIABLE]: true,
  [CKA.COPYABLE]: true,
  [CKA.DESTROYABLE]: true,
  [CKA.SENSITIVE]: true,
  [CKA.ALWAYS_SENSITIVE]: true,
  [CKA.EXTRACTABLE]: false,
  [CKA.NEVER_EXTRACTABLE]: true,
  [CKA.ENCRYPT]: true,
  [CKA.DECRYPT]: true,
  [CKA.SIGN]: true,
  [CKA.VERIFY]: true,
  [CKA.WRAP]: true,
  [CKA.UNWRAP]: true,
  [CKA.DERIVE]: false,
  [CKA.LOCAL]: true,
  [CKA.TRUSTED]: false,
  [CKA.WRAP_WITH_TRUSTED]: false,
};
const flags = Object.entries(FLAGS).map(([type, value]) => [Number(type), bool(value)] as const);
const same = [
  ...flags,
  [CKA.CLASS, ulong(CKO.SECRET_KEY)],
  [CKA.KEY_TYPE, ulong(CKK.AES)],
  [CKA.VALUE_LEN, ulong(KEY)],
  [CKA.KEY_GEN_MECHANISM, ulong(CKM.AES_KEY_GEN)],
  [CKA.START_DATE, new Uint8Array(0)],
  [CKA.END_DATE, new Uint8Array(0)],
] as const;

/** The id by which the n-th object is found. */
export const idOf = (n: number): Uint8Array => createHash('sha256').update(`object ${n}`).digest().subarray(0, 16);

function keyRow(keys: Keys, slot: number, n: number): NewObjectRow {
  const isPrivate = n % 2 === 0;
  const uniqueId = randomUUID();
  const attributes = new Map<number, Uint8Array>([
    ...same,
    [CKA.PRIVATE, bool(isPrivate)],
    [CKA.LABEL, Buffer.from(`key ${n}`)],
    [CKA.ID, idOf(n)],
    [CKA.VALUE, randomBytes(KEY)],
    [CKA.UNIQUE_ID, Buffer.from(uniqueId)],
  ]);
  const row = { slot, class: CKO.SECRET_KEY, keyType: CKK.AES, private: isPrivate, version: 1, uniqueId, attributes };
  return sealObject(keys, row, new Set([CKA.VALUE]));
}

async function keysOf(home: string, { serial, userPin }: TokenRow, pin: string): Promise<Keys> {
  const storeKey = loadStoreKey(join(home, 'store.key'), false);
  const masterKey = userPin && (await unwrapKey(Buffer.from(pin), userPin, pepperOf(storeKey)));
  if (!masterKey) throw new Error('the PIN is not that of the token');
  return { open: openKeys(storeKey, serial), secret: tokenKeys(masterKey, serial) };
}

function put(store: Store, keys: Keys, slot: number, count: number, tell: (made: number) => void): void {
  for (let made = 0; made < count; made += BATCH) {
    tell(made);
    const rows = Array.from({ length: Math.min(BATCH, count - made) }, (_, n) => keyRow(keys, slot, made + n));
    store.commit(rows.map((row) => ({ change: 'insert', row })));
  }
}

/** Adds objects to the store's one token. No engine may run. */
export async function fillStore(home: string, pin: string, count: number, tell: (made: number) => void): Promise<void> {
  const database = new Database(join(home, 'store.db'), { fileMustExist: true });
  // Nothing is lost that cannot be made again; and entries of the index go to all of its pages.
  database.pragma('synchronous = OFF');
  database.pragma('cache_size = -1000000');
  const store = new SqliteStore(database);
  try {
    const [token] = store.tokens() as [TokenRow];
    put(store, await keysOf(home, token, pin), token.slot, count, tell);
  } finally {
    store.close();
  }
}
