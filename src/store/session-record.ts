// A session object as the workers tell each other of it, and whose it is.

import { SEARCH_KEY_SIZE } from './schema.ts';
import type { NewObjectRow } from './store.ts';

/** Who made it, and with what it goes. */
export interface Owner {
  /** The one that changes and removes it: where its session lives. */
  readonly worker: number;
  readonly application: number;
  readonly session: number;
  /** The session's: C_CloseAllSessions ends it. */
  readonly epoch: number;
  /** The login's that it was made under: a private object does not outlive it. */
  readonly generation: number;
}

export interface NewSessionRow extends NewObjectRow {
  readonly owner: Owner;
}
export interface SessionRow extends NewSessionRow {
  readonly id: number;
}

/** The numbers that a record begins with: a removal has the first alone. */
const NUMBERS = [
  'id',
  'slot',
  'class',
  'keyType',
  'private',
  'version',
  'application',
  'session',
  'epoch',
  'generation',
  'uniqueId',
  'searchKeys',
] as const;
const NUMBER = 8;
const HEAD = NUMBERS.length * NUMBER;
const NO_KEY_TYPE = -1;

/** Whose object a record tells of. */
export const idIn = (record: Uint8Array): number => numbers(record).getFloat64(0, true);

export const isRemoval = (record: Uint8Array): boolean => record.length === NUMBER;

export function removal(id: number): Uint8Array {
  const record = new Uint8Array(NUMBER);
  numbers(record).setFloat64(0, id, true);
  return record;
}

export function recordOf(row: SessionRow): Uint8Array {
  const { owner, searchKeys, uniqueId, body } = row;
  const record = new Uint8Array(HEAD + uniqueId.length + searchKeys.length * SEARCH_KEY_SIZE + body.length);
  const head = numbers(record);
  const told = [
    row.id,
    row.slot,
    row.class,
    row.keyType ?? NO_KEY_TYPE,
    Number(row.private),
    row.version,
    owner.application,
    owner.session,
    owner.epoch,
    owner.generation,
    uniqueId.length,
    searchKeys.length,
  ];
  for (let n = 0; n < told.length; n++) head.setFloat64(n * NUMBER, told[n]!, true);
  let at = HEAD;
  for (let n = 0; n < uniqueId.length; n++) record[at++] = uniqueId.charCodeAt(n);
  for (const key of searchKeys) {
    record.set(key, at);
    at += SEARCH_KEY_SIZE;
  }
  record.set(body, at);
  return record;
}

/** @param record of memory that nothing else is in: the row keeps it. */
export function rowOf(record: Uint8Array, worker: number): SessionRow {
  const head = numbers(record);
  const number = (name: (typeof NUMBERS)[number]): number => head.getFloat64(NUMBERS.indexOf(name) * NUMBER, true);
  const keysAt = HEAD + number('uniqueId');
  const bodyAt = keysAt + number('searchKeys') * SEARCH_KEY_SIZE;
  const keyType = number('keyType');
  return {
    id: number('id'),
    slot: number('slot'),
    class: number('class'),
    keyType: keyType === NO_KEY_TYPE ? null : keyType,
    private: number('private') === 1,
    version: number('version'),
    uniqueId: String.fromCharCode(...record.subarray(HEAD, keysAt)),
    searchKeys: Array.from({ length: number('searchKeys') }, (_, n) =>
      record.subarray(keysAt + n * SEARCH_KEY_SIZE, keysAt + (n + 1) * SEARCH_KEY_SIZE),
    ),
    body: record.subarray(bodyAt),
    owner: {
      worker,
      application: number('application'),
      session: number('session'),
      epoch: number('epoch'),
      generation: number('generation'),
    },
  };
}

const numbers = (record: Uint8Array): DataView => new DataView(record.buffer, record.byteOffset, record.length);
