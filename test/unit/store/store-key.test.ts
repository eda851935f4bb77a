import { chmodSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadStoreKey } from '../../../src/store/store-key.ts';
import { folder } from './fixture.ts';

describe('the store’s key', () => {
  it('is made once, readable by its owner alone, and then stays', () => {
    const path = join(folder(), 'store.key');
    const made = loadStoreKey(path, true);
    expect(made).toHaveLength(32);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(loadStoreKey(path, true)).toEqual(made);
    expect(loadStoreKey(path, false)).toEqual(made);
    expect(loadStoreKey(join(folder(), 'store.key'), true)).not.toEqual(made);
  });

  it('leaves nothing beside it, and is made where an earlier attempt died', () => {
    const place = folder();
    writeFileSync(join(place, 'store.key.new'), 'half', { mode: 0o600 });
    expect(loadStoreKey(join(place, 'store.key'), true)).toHaveLength(32);
    expect(readdirSync(place)).toEqual(['store.key']);
  });

  it('is not made anew where tokens were sealed under a lost one', () => {
    const place = folder();
    expect(() => loadStoreKey(join(place, 'store.key'), false)).toThrow(/^CKR_DEVICE_ERROR: .*ENOENT$/);
    expect(readdirSync(place)).toEqual([]);
  });

  it('is refused when others may read it', () => {
    const path = join(folder(), 'store.key');
    loadStoreKey(path, true);
    chmodSync(path, 0o640);
    expect(() => loadStoreKey(path, true)).toThrow(/may be read by others than its owner/);
  });

  it.each([0, 31, 33])('is refused with %i bytes', (length) => {
    const path = join(folder(), 'store.key');
    writeFileSync(path, Buffer.alloc(length), { mode: 0o600 });
    expect(() => loadStoreKey(path, true)).toThrow(/is not a store's key/);
  });
});
