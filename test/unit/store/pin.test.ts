import { describe, expect, it } from 'vitest';
import { defaultCost, newMasterKey, unwrapKey, wrapKey } from '../../../src/store/pin.ts';
import type { WrappedKey } from '../../../src/store/store.ts';

/** The least that Argon2 takes: these tests are not about its cost. */
const cheap = { memory: 8, passes: 1, parallelism: 1 };
const pin = Buffer.from('1234');

describe('a master key', () => {
  it('is 32 bytes that no other is', () => {
    expect(newMasterKey()).toHaveLength(32);
    expect(newMasterKey()).not.toEqual(newMasterKey());
  });

  it('comes back for its PIN, at the default cost, and for no other', async () => {
    const master = newMasterKey();
    const row = await wrapKey(pin, master);
    expect(row.cost).toEqual(defaultCost);
    expect(await unwrapKey(pin, row)).toEqual(master);
    expect(await unwrapKey(Buffer.from('1235'), row)).toBeNull();
  });

  it.each(['', '12345', '123', '1234\0', ' 1234'])('does not come back for a PIN that is only similar: "%s"', async (other) => {
    const row = await wrapKey(pin, newMasterKey(), cheap);
    expect(await unwrapKey(Buffer.from(other), row)).toBeNull();
  });

  it('is wrapped differently each time, and never lies in the row', async () => {
    const master = newMasterKey();
    const [a, b] = await Promise.all([wrapKey(pin, master, cheap), wrapKey(pin, master, cheap)]);
    expect(a.salt).not.toEqual(b.salt);
    expect(a.wrapped).not.toEqual(b.wrapped);
    expect(Buffer.from(a.wrapped).includes(master)).toBe(false);
  });

  it('wrapped with a pepper does not come back without it', async () => {
    const master = newMasterKey();
    const row = await wrapKey(pin, master, cheap, Buffer.from('pepper'));
    expect(await unwrapKey(pin, row, Buffer.from('pepper'))).toEqual(master);
    expect(await unwrapKey(pin, row, Buffer.from('salt'))).toBeNull();
    expect(await unwrapKey(pin, row)).toBeNull();
  });

  it('does not come back from a row in which any one bit was changed', async () => {
    const row = await wrapKey(pin, newMasterKey(), cheap);
    for (const part of ['salt', 'wrapped'] as const) {
      for (let at = 0; at < row[part].length; at++) {
        const bytes = Uint8Array.from(row[part]);
        bytes[at]! ^= 1 << (at % 8);
        expect(await unwrapKey(pin, { ...row, [part]: bytes }), `${part} ${at}`).toBeNull();
      }
    }
  });

  it('keeps the caller’s PIN and key as they were', async () => {
    const [mine, master] = [Buffer.from(pin), newMasterKey()];
    const copy = Uint8Array.from(master);
    await unwrapKey(mine, await wrapKey(mine, master, cheap));
    expect(mine).toEqual(pin);
    expect(master).toEqual(copy);
  });
});

describe('a row that nobody here has written', () => {
  const row: WrappedKey = { salt: new Uint8Array(16), cost: cheap, wrapped: new Uint8Array(60) };

  it.each<[string, Partial<WrappedKey>]>([
    ['a cost that would exhaust the memory', { cost: { ...cheap, memory: 2 ** 31 } }],
    ['a cost that would take for ever', { cost: { ...cheap, passes: 1_000_000 } }],
    ['more lanes than there are cores anywhere', { cost: { ...cheap, memory: 1 << 20, parallelism: 1000 } }],
    ['less memory than Argon2 needs', { cost: { ...cheap, parallelism: 2 } }],
    ['no passes', { cost: { ...cheap, passes: 0 } }],
    ['half a pass', { cost: { ...cheap, passes: 1.5 } }],
    ['a short salt', { salt: new Uint8Array(15) }],
    ['a short key', { wrapped: new Uint8Array(59) }],
    ['nothing', { salt: new Uint8Array(0), wrapped: new Uint8Array(0) }],
  ])('is refused before anything is computed: %s', async (_, part) => {
    await expect(unwrapKey(pin, { ...row, ...part })).rejects.toThrow(/^CKR_DEVICE_ERROR: a stored wrapped key is malformed$/);
  });
});
