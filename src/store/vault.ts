// What lies on the disk is made and read here: an object's body, sealed where it must be, and its blind search keys.
// Pure: it knows no database, and which attributes are sensitive it is told.
//
// A body is: format (1 byte), length of the open part (4), the open part, nonce (12), the sealed part, tag (16). An object that needs
// a login is sealed whole, under the token's secret keys. Of a public one the sensitive values are sealed, under the store's keys;
// its open part is associated data, so that nobody who lacks the store's key can make a key extractable or a certificate trusted.

import { hkdfSync } from 'node:crypto';
import { Aead } from '../crypto/aead.ts';
import { KeptMac } from '../crypto/mac.ts';
import { fillRandom } from '../crypto/native.ts';
import type { Attributes } from '../model/attribute.ts';
import { ensure } from '../model/error.ts';
import { CKA } from '../protocol/constants.ts';
import { decodeAttributes, type Entry, encodedLength, encodeInto } from './encoding.ts';
import { KEY_SIZE, NONCE_SIZE, TAG_SIZE } from './pin.ts';
import { SEARCH_KEY_SIZE } from './schema.ts';
import type { NewObjectRow } from './store.ts';

export { defaultCost, newMasterKey, unwrapKey, wrapKey } from './pin.ts';

export interface TokenKeys {
  readonly serial: string;
  readonly sealing: Aead;
  readonly search: KeptMac;
}

/** `secret`: there while somebody is logged in. */
export interface Keys {
  readonly open: TokenKeys;
  readonly secret?: TokenKeys | undefined;
}

export interface PlainObject extends Omit<NewObjectRow, 'body' | 'searchKeys'> {
  readonly attributes: Attributes;
}

const FORMAT = 1;
const OPEN_PART = 5;
const DIGEST_SIZE = 32;

/** What applications look for objects by; no other attribute gets a search key, and no sensitive value ever does. */
export const searchable: ReadonlySet<number> = new Set([
  CKA.LABEL,
  CKA.ID,
  CKA.SUBJECT,
  CKA.ISSUER,
  CKA.SERIAL_NUMBER,
  CKA.UNIQUE_ID,
  CKA.MODULUS,
  CKA.EC_POINT,
  CKA.OBJECT_ID,
  CKA.APPLICATION,
  CKA.PUBLIC_KEY_INFO,
]);

function deriveKeys(from: Uint8Array, serial: string, domain: string): TokenKeys {
  ensure(from.length === KEY_SIZE, 'GENERAL_ERROR', 'a key to derive from has the wrong length');
  const subkey = (use: string) => new Uint8Array(hkdfSync('sha256', from, serial, `strongroom ${domain} ${use} 1`, KEY_SIZE));
  return {
    serial,
    sealing: new Aead('aes-256-gcm', subkey('sealing')),
    search: new KeptMac('HMAC', 'sha256', subkey('search'), DIGEST_SIZE),
  };
}

/** For what needs a login. */
export const tokenKeys = (masterKey: Uint8Array, serial: string): TokenKeys => deriveKeys(masterKey, serial, 'secret');

/** For what needs none; the store's key keeps a copy of the database alone from telling sensitive values. */
export const openKeys = (storeKey: Uint8Array, serial: string): TokenKeys => deriveKeys(storeKey, serial, 'open');

/** What PINs are mixed with, so that trying them takes the store's key beside its database. */
export const pepperOf = (storeKey: Uint8Array): Uint8Array =>
  new Uint8Array(hkdfSync('sha256', storeKey, '', 'strongroom pin 1', KEY_SIZE));

/** After the last logout: the keys are not left to the garbage collector's leisure. */
export function forgetKeys(keys: TokenKeys): void {
  keys.sealing.forget();
  keys.search.forget();
}

/** A blind index: who lacks the key can tell that two objects of a token have the same label, and not which. */
export const searchKey = (keys: TokenKeys, type: number, value: Uint8Array): Uint8Array => codeOf(keys, type, value).slice();

/** Good until the next one. */
function codeOf(keys: TokenKeys, type: number, value: Uint8Array): Uint8Array {
  const typed = 4 + value.length <= typedShort.length ? typedShort.subarray(0, 4 + value.length) : new Uint8Array(4 + value.length);
  for (let at = 0; at < 4; at++) typed[at] = type >>> (8 * at);
  typed.set(value, 4);
  return keys.search.code(typed).subarray(0, SEARCH_KEY_SIZE);
}

/** Most labels and ids fit: memory that OpenSSL may read where it is (steady.ts). */
const typedShort = new Uint8Array(new ArrayBuffer(128));

type Sealable = Omit<NewObjectRow, 'body' | 'searchKeys'>;

/** Everything of a row that stands in the clear: a body that was moved to another row, or whose row was edited, does not open. */
function bound(keys: TokenKeys, row: Sealable, open: Uint8Array): Uint8Array {
  const columns = Buffer.from(JSON.stringify([FORMAT, keys.serial, row.uniqueId, row.version, row.class, row.keyType, row.private]));
  return open.length === 0 ? columns : Buffer.concat([columns, open]);
}

function keysFor(keys: Keys, isPrivate: boolean): TokenKeys {
  const chosen = isPrivate ? keys.secret : keys.open;
  ensure(chosen !== undefined, 'USER_NOT_LOGGED_IN', 'a private object is opened by a login only');
  return chosen;
}

/** @param sensitive types whose values are sealed in a public object too. */
export function sealObject(keys: Keys, { attributes, ...row }: PlainObject, sensitive: ReadonlySet<number>): NewObjectRow {
  const chosen = keysFor(keys, row.private);
  const open: Entry[] = [];
  const secret: Entry[] = [];
  const found: Entry[] = [];
  for (const entry of attributes) {
    const isSensitive = sensitive.has(entry[0]);
    (row.private || isSensitive ? secret : open).push(entry);
    if (!isSensitive && searchable.has(entry[0])) found.push(entry);
  }
  return { ...row, body: sealed(chosen, row, open, secret), searchKeys: searchKeysOf(chosen, found) };
}

/** The body: encoded where it stands, and encrypted there. */
function sealed(keys: TokenKeys, row: Sealable, open: readonly Entry[], secret: readonly Entry[]): Uint8Array {
  const openLength = encodedLength(open);
  const nonceAt = OPEN_PART + openLength;
  const body = new Uint8Array(nonceAt + NONCE_SIZE + encodedLength(secret) + TAG_SIZE);
  body[0] = FORMAT;
  for (let at = 0; at < 4; at++) body[1 + at] = openLength >>> (8 * at);
  encodeInto(body, OPEN_PART, open);
  const nonce = body.subarray(nonceAt, nonceAt + NONCE_SIZE);
  fillRandom(nonce);
  try {
    encodeInto(body, nonceAt + NONCE_SIZE, secret);
    const place = body.subarray(nonceAt + NONCE_SIZE);
    keys.sealing.seal(nonce, bound(keys, row, body.subarray(OPEN_PART, nonceAt)), place.subarray(0, -TAG_SIZE), place);
  } catch (error) {
    body.fill(0);
    throw error;
  }
  return body;
}

/** In one piece of memory, and nothing else in it: a row goes to other threads with all that its bytes are a part of. */
function searchKeysOf(keys: TokenKeys, found: readonly Entry[]): Uint8Array[] {
  const all = new Uint8Array(found.length * SEARCH_KEY_SIZE);
  return found.map(([type, value], at) => {
    const place = all.subarray(at * SEARCH_KEY_SIZE, (at + 1) * SEARCH_KEY_SIZE);
    place.set(codeOf(keys, type, value));
    return place;
  });
}

/** @throws CKR_DEVICE_ERROR where the stored bytes are not what was sealed for this object in this version. */
export function openObject(keys: Keys, row: Omit<NewObjectRow, 'searchKeys'>): Map<number, Uint8Array> {
  const chosen = keysFor(keys, row.private);
  const body = new Uint8Array(row.body.buffer, row.body.byteOffset, row.body.length);
  ensure(body.length >= OPEN_PART + NONCE_SIZE + TAG_SIZE && body[0] === FORMAT, 'DEVICE_ERROR', 'a stored object has an unknown format');
  const length = new DataView(body.buffer, body.byteOffset).getUint32(1, true);
  const nonceAt = OPEN_PART + length;
  ensure(nonceAt + NONCE_SIZE + TAG_SIZE <= body.length, 'DEVICE_ERROR', 'a stored object ends early');
  const open = body.subarray(OPEN_PART, nonceAt);
  const nonce = body.subarray(nonceAt, nonceAt + NONCE_SIZE);
  const sealed = body.subarray(nonceAt + NONCE_SIZE, -TAG_SIZE);
  const plain = new Uint8Array(sealed.length);
  const isWhole = chosen.sealing.open(nonce, bound(chosen, row, open), sealed, body.subarray(-TAG_SIZE), plain);
  ensure(isWhole, 'DEVICE_ERROR', 'a stored object is not what was sealed');
  return decodeAttributes(plain, decodeAttributes(open));
}
