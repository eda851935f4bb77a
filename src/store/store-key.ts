// The key that seals what needs no login. It lies beside the database in a file of its own, so that a database that was copied,
// backed up or sent in alone does not open.

import { randomBytes, randomUUID } from 'node:crypto';
import { closeSync, existsSync, fstatSync, fsyncSync, linkSync, openSync, readFileSync, unlinkSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { ensure, Pkcs11Error } from '../model/error.ts';
import { KEY_SIZE } from './pin.ts';

function sync(path: string): void {
  const fd = openSync(path, 'r');
  fsyncSync(fd);
  closeSync(fd);
}

/** Whole or not at all, and never in place of one that is there: link() fails where rename() would replace. */
function create(path: string): void {
  const draft = `${path}.${randomUUID()}`;
  const fd = openSync(draft, 'wx', 0o600);
  writeSync(fd, randomBytes(KEY_SIZE));
  fsyncSync(fd);
  closeSync(fd);
  try {
    linkSync(draft, path);
  } catch (error) {
    // Another engine was first; its key is the store's.
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    unlinkSync(draft);
  }
  sync(dirname(path));
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
