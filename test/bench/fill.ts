// A store of a million keys in a minute: what the speed meter would make one by one through the library (native/kit/speed/keys.c), sealed
// here by the engine's own code and written in large transactions, while no engine runs. `fill` shares the work among as many processes as there are cores.

import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { parseArgs, promisify } from 'node:util';
import Database from 'better-sqlite3';
import { stopEngine } from '../../src/cli/engine.ts';
import { type Contestant, measure, USUAL } from '../../src/cli/speed/meter.ts';
import { secretTypes } from '../../src/model/classes.ts';
import { CKA } from '../../src/protocol/constants.ts';
import { SqliteStore } from '../../src/store/sqlite.ts';
import type { Change, ObjectRow, Store } from '../../src/store/store.ts';
import { loadStoreKey } from '../../src/store/store-key.ts';
import { type Keys, openKeys, openObject, pepperOf, sealObject, tokenKeys, unwrapKey } from '../../src/store/vault.ts';

const BATCH = 5000;
/** For the others' transactions. */
const PATIENCE_MS = 60_000;
const SEARCHED = 8;

/** CKA_ID of the nth object, as the meter counts. */
export function idOf(n: number): Uint8Array {
  const id = Buffer.alloc(SEARCHED);
  id.writeBigUInt64LE(BigInt(n));
  return new Uint8Array(id);
}

interface Opened {
  readonly store: Store;
  readonly keys: Keys;
  readonly slot: number;
}

async function open(home: string, pin: string): Promise<Opened> {
  const database = new Database(join(home, 'store.db'), { fileMustExist: true, timeout: PATIENCE_MS });
  // Nothing is lost that cannot be made again; and entries of the index go to all of its pages.
  database.pragma('synchronous = OFF');
  database.pragma('cache_size = -500000');
  const store = new SqliteStore(database);
  const storeKey = loadStoreKey(join(home, 'store.key'), false);
  const [token] = store.tokens();
  const master = token?.userPin && (await unwrapKey(Buffer.from(pin), token.userPin, pepperOf(storeKey)));
  if (!token || !master) throw new Error(`${home} has no token that opens with that PIN`);
  return { store, slot: token.slot, keys: { open: openKeys(storeKey, token.serial), secret: tokenKeys(master, token.serial) } };
}

/** The one that the meter has made: its CKA_ID says that it is the last. */
function sampleOf({ store, keys, slot }: Opened): { row: ObjectRow; attributes: Map<number, Uint8Array> } {
  for (const id of store.find({ slot, private: true, searchKeys: [] })) {
    const row = store.object(id)!;
    const attributes = openObject(keys, row);
    if (Buffer.compare(attributes.get(CKA.ID) ?? new Uint8Array(), idOf(1)) === 0) return { row, attributes };
  }
  throw new Error('the meter has made no object to copy');
}

/** The objects from one number to another, the last not among them. */
async function write(home: string, pin: string, from: number, to: number): Promise<void> {
  const opened = await open(home, pin);
  const { row, attributes } = sampleOf(opened);
  const { searchKeys: _searchKeys, body: _body, id: _id, ...plain } = row;
  const copy = (n: number): Change => {
    const uniqueId = randomUUID();
    const own = new Map(attributes).set(CKA.ID, idOf(n)).set(CKA.UNIQUE_ID, new Uint8Array(Buffer.from(uniqueId)));
    return { change: 'insert', row: sealObject(opened.keys, { ...plain, uniqueId, attributes: own }, secretTypes()) };
  };
  for (let at = from; at < to; at += BATCH) opened.store.commit(Array.from({ length: Math.min(BATCH, to - at) }, (_, n) => copy(at + n)));
  opened.store.close();
}

/** The contestant is ours, with a store for the time; its engine is ended, for the store is written behind its back. */
export async function fill(contestant: Contestant, objects: number, signal: AbortSignal): Promise<void> {
  const home = contestant.environment.STRONGROOM_HOME!;
  await measure(contestant, { ...USUAL, operation: 'find' }, 0.1);
  await stopEngine(home);
  const parts = availableParallelism();
  const bounds = Array.from({ length: parts + 1 }, (_, part) => 2 + Math.floor(((objects - 1) * part) / parts));
  const env = { ...process.env, STRONGROOM_PIN: contestant.pin };
  await Promise.all(
    bounds.slice(1).map((to, part) => {
      const args = [import.meta.filename, '--home', home, '--from', `${bounds[part]}`, '--to', `${to}`];
      return promisify(execFile)(process.execPath, args, { env, signal });
    }),
  );
}

if (import.meta.main) {
  const { values } = parseArgs({ options: { home: { type: 'string' }, from: { type: 'string' }, to: { type: 'string' } } });
  await write(values.home!, process.env.STRONGROOM_PIN!, Number(values.from), Number(values.to));
}
