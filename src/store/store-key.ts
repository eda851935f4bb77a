// The key that seals what needs no login. It lies beside the database in a file of its own, so that a database that was copied,
// backed up or sent in alone does not open.

import { randomBytes } from 'node:crypto';
import { closeSync, constants, existsSync, fstatSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs';
import { ensure, Pkcs11Error } from '../model/error.ts';
import { KEY_SIZE } from './pin.ts';

/**
 * Whole or not at all. The engine that holds the store's lock is alone here; its permission model knows neither link() nor fsync(), so
 * the file is written synchronously, and the new name reaches the disk with the store's next commit, before anything was sealed.
 */
function create(path: string): void {
  const draft = `${path}.new`;
  const fd = openSync(draft, constants.O_WRONLY | constants.O_CREAT | constants.O_TRUNC | constants.O_SYNC, 0o600);
  writeSync(fd, randomBytes(KEY_SIZE));
  closeSync(fd);
  renameSync(draft, path);
}

function read(path: string): Uint8Array {
  const fd = openSync(path, 'r');
  try {
    ensure((fstatSync(fd).mode & 0o077) === 0, 'DEVICE_ERROR', `${path} may be read by others than its owner`);
    const key = new Uint8Array(readFileSync(fd));
    ensure(key.length === KEY_SIZE, 'DEVICE_ERROR', `${path} is not a store's key`);
    return key;
  } finally {
    closeSync(fd);
  }
}

/** @param mayCreate only for a store without tokens: a new key for an old store would lose what the old key sealed. */
export function loadStoreKey(path: string, mayCreate: boolean): Uint8Array {
  try {
    if (mayCreate && !existsSync(path)) create(path);
    return read(path);
  } catch (cause) {
    if (cause instanceof Pkcs11Error) throw cause;
    throw new Pkcs11Error('DEVICE_ERROR', `${path}: ${(cause as NodeJS.ErrnoException).code}`, { cause });
  }
}
