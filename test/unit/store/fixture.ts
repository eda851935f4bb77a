// Rows and folders for the store's tests.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { NewObjectRow, Store, TokenRow, WrappedKey } from '../../../src/store/store.ts';

export function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'strongroom-store-'));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

export function closing<S extends Store>(store: S): S {
  onTestFinished(() => store.close());
  return store;
}

export const wrapped = (fill: number): WrappedKey => ({
  salt: Buffer.alloc(16, fill),
  cost: { memory: 19_456, passes: 2, parallelism: 1 },
  wrapped: Buffer.alloc(60, fill),
});

export const token = (slot: number, more: Partial<TokenRow> = {}): TokenRow => ({
  slot,
  serial: `serial-of-slot-${slot}`,
  label: Buffer.alloc(32, ' '),
  soPin: wrapped(1),
  userPin: null,
  soTries: 0,
  userTries: 0,
  ...more,
});

/** A search key of 16 bytes for a word. */
export const key = (word: string): Uint8Array => Buffer.from(word.padEnd(16));

export const object = (more: Partial<NewObjectRow> = {}): NewObjectRow => ({
  slot: 1,
  class: 3,
  keyType: 0,
  private: true,
  version: 1,
  uniqueId: 'unique',
  body: Buffer.from('body'),
  searchKeys: [],
  ...more,
});
