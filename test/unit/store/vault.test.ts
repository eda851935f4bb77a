import { createCipheriv, createHmac } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CKA } from '../../../src/protocol/constants.ts';
import {
  forgetKeys,
  openKeys,
  openObject,
  sealObject,
  searchable,
  searchKey,
  type TokenKeys,
  tokenKeys,
} from '../../../src/store/vault.ts';

const serial = '0123456789abcdef';
const [master, storeKey] = [Buffer.alloc(32, 1), Buffer.alloc(32, 2)];
const keys = { open: openKeys(storeKey, serial), secret: tokenKeys(master, serial) };
const sensitive = new Set<number>([CKA.VALUE, CKA.PRIVATE_EXPONENT]);

const bytes = (text: string): Uint8Array => new Uint8Array(Buffer.from(text));
const secret = bytes('the secret value of this key');
const attributes = new Map<number, Uint8Array>([
  [CKA.LABEL, bytes('a label of some length')],
  [CKA.ID, bytes('id')],
  [CKA.EXTRACTABLE, Uint8Array.of(0)],
  [CKA.VALUE, secret],
  [CKA.SUBJECT, new Uint8Array(0)],
]);
const object = (isPrivate: boolean) => ({ slot: 1, class: 4, keyType: 0x1f, private: isPrivate, version: 3, uniqueId: 'u-1', attributes });
const refused = /^CKR_DEVICE_ERROR/;

describe.each([
  ['a private object', true],
  ['a public object', false],
])('%s', (_, isPrivate) => {
  const row = sealObject(keys, object(isPrivate), sensitive);

  it('comes back as it was', () => {
    expect(new Map([...openObject(keys, row)].sort(([a], [b]) => a - b))).toEqual(new Map([...attributes].sort(([a], [b]) => a - b)));
  });

  it('takes nothing along to another thread but itself', () => {
    expect(row.body.buffer.byteLength).toBe(row.body.length);
    for (const { buffer } of row.searchKeys) expect(buffer.byteLength).toBe(16 * row.searchKeys.length);
  });

  it('is sealed anew each time', () => {
    expect(sealObject(keys, object(isPrivate), sensitive).body).not.toEqual(row.body);
  });

  it('does not open when any one byte of it was changed', () => {
    for (let at = 0; at < row.body.length; at++) {
      const body = Uint8Array.from(row.body);
      body[at]! ^= 1 << (at % 8);
      expect(() => openObject(keys, { ...row, body }), `byte ${at}`).toThrow(refused);
    }
  });

  it('does not open when it was cut or lengthened anywhere', () => {
    for (let length = 0; length < row.body.length; length++) {
      expect(() => openObject(keys, { ...row, body: row.body.subarray(0, length) }), `${length} bytes`).toThrow(refused);
    }
    expect(() => openObject(keys, { ...row, body: Buffer.concat([row.body, Buffer.alloc(1)]) })).toThrow(refused);
  });

  it.each([
    ['an older or a newer version', { version: 2 }],
    ['another object', { uniqueId: 'u-2' }],
    ['another class', { class: 3 }],
    ['another key type', { keyType: 0 }],
    ['no key type', { keyType: null }],
  ])('does not open in the row of %s', (_what, change) => {
    expect(() => openObject(keys, { ...row, ...change })).toThrow(refused);
  });

  it('does not open as one of the other kind', () => {
    expect(() => openObject(keys, { ...row, private: !isPrivate })).toThrow(refused);
  });

  it('does not open under another token’s keys, be they of the same master key', () => {
    const other = { open: openKeys(storeKey, 'another serial'), secret: tokenKeys(master, 'another serial') };
    expect(() => openObject(other, row)).toThrow(refused);
    const renamed = { open: { ...keys.open, serial: 'x' }, secret: { ...keys.secret, serial: 'x' } };
    expect(() => openObject(renamed, row)).toThrow(refused);
  });

  it('shows no sensitive value in its bytes', () => {
    expect(Buffer.from(row.body).includes(secret)).toBe(false);
    expect(Buffer.from(row.body).includes('a label')).toBe(!isPrivate);
  });

  it('opens from a view into a larger buffer', () => {
    const larger = Buffer.concat([Buffer.alloc(7), row.body, Buffer.alloc(7)]);
    expect(openObject(keys, { ...row, body: larger.subarray(7, -7) }).get(CKA.VALUE)).toEqual(secret);
  });

  it('has one search key for each searchable attribute, under its own kind of keys', () => {
    const own = isPrivate ? keys.secret : keys.open;
    const wanted = [CKA.LABEL, CKA.ID, CKA.SUBJECT].map((type) => searchKey(own, type, attributes.get(type)!));
    expect(row.searchKeys).toEqual(wanted);
  });

  it('keeps any attributes, whole', () => {
    const any = fc.uniqueArray(fc.tuple(fc.integer({ min: 0, max: 2 ** 32 - 1 }), fc.uint8Array({ maxLength: 300 })), {
      selector: ([t]) => t,
    });
    fc.assert(
      fc.property(any, fc.integer({ min: 1, max: 2 ** 31 }), (list, version) => {
        const sealed = sealObject(keys, { ...object(isPrivate), version, attributes: new Map(list) }, sensitive);
        const opened = openObject(keys, sealed);
        expect(opened.size).toBe(list.length);
        for (const [type, value] of list) expect(opened.get(type)).toEqual(value);
      }),
    );
  });
});

describe('the sealed values of two objects', () => {
  it('cannot be exchanged, nor can an open part be put before another’s sealed part', () => {
    const [a, b] = [object(false), { ...object(false), attributes: new Map([...attributes, [CKA.EXTRACTABLE, Uint8Array.of(1)]]) }];
    const [rowA, rowB] = [sealObject(keys, a, sensitive), sealObject(keys, b, sensitive)];
    const sealedFrom = 5 + new DataView(rowA.body.buffer, rowA.body.byteOffset).getUint32(1, true);
    const mixed = Buffer.concat([rowB.body.subarray(0, sealedFrom), rowA.body.subarray(sealedFrom)]);
    expect(() => openObject(keys, { ...rowA, body: mixed })).toThrow(refused);
  });
});

describe('keys', () => {
  it('of a private object are needed to open and to make one', () => {
    const row = sealObject(keys, object(true), sensitive);
    expect(() => openObject({ open: keys.open }, row)).toThrow(/^CKR_USER_NOT_LOGGED_IN/);
    expect(() => sealObject({ open: keys.open }, object(true), sensitive)).toThrow(/^CKR_USER_NOT_LOGGED_IN/);
    expect(openObject({ open: keys.open }, sealObject({ open: keys.open }, object(false), sensitive)).get(CKA.VALUE)).toEqual(secret);
  });

  /** What a pair does, since nobody sees what it is. */
  const deeds = ({ sealing, search }: TokenKeys): string[] => {
    const sealed = Buffer.alloc(48);
    sealing.seal(new Uint8Array(12), new Uint8Array(0), new Uint8Array(32), sealed);
    return [sealed, Buffer.from(search.code(new Uint8Array(1)))].map((deed) => deed.toString('hex'));
  };

  it('differ by master key, by token, by use and by kind', () => {
    const sets = [tokenKeys(master, serial), tokenKeys(storeKey, serial), tokenKeys(master, 'other'), openKeys(master, serial)];
    expect(new Set(sets.map((set) => deeds(set)[0])).size).toBe(4);
    expect(new Set(sets.map((set) => deeds(set)[1])).size).toBe(4);
    expect(deeds(tokenKeys(master, serial))).toEqual(deeds(keys.secret));
    // Were the two of a pair one key, it would say the same as an HMAC key.
    const derived = Buffer.from('8c9d113b9e982d15bab5e84c748edfe47b895c050ecfa982f96db493eee09078', 'hex');
    expect(deeds(keys.secret)[1]).not.toBe(createHmac('sha256', derived).update(new Uint8Array(1)).digest('hex'));
  });

  it('stay what they were derived as: a store of today opens tomorrow', () => {
    const derived = Buffer.from('8c9d113b9e982d15bab5e84c748edfe47b895c050ecfa982f96db493eee09078', 'hex');
    const cipher = createCipheriv('aes-256-gcm', derived, new Uint8Array(12));
    const sealed = Buffer.concat([cipher.update(new Uint8Array(32)), cipher.final(), cipher.getAuthTag()]);
    expect(deeds(keys.secret)[0]).toBe(sealed.toString('hex'));
    expect(Buffer.from(searchKey(keys.open, CKA.LABEL, bytes('label'))).toString('hex')).toBe('6cd4e91c3a199c54704e6de583d88d2f');
  });

  it.each([
    [true, '01000000006d35df4daa427a04a09bd5343a8afbe40c55fdfd0f7a03005fec259dd91efa85118e387e6fe6d1074a0fecdceceb'],
    [false, '010900000003000000010000006c805cd11dbe4e85b3e7ec390e9b1b04968d0fc082ef16250acba79ac96c0daae51dedcb3b78'],
  ])('open what was sealed in format 1 (private: %s)', (isPrivate, hex) => {
    const opened = openObject(keys, { ...object(isPrivate), body: Buffer.from(hex, 'hex') });
    expect([...opened].map(([type, value]) => [type, Buffer.from(value).toString()])).toEqual([
      [CKA.LABEL, 'l'],
      [CKA.VALUE, 'v'],
    ]);
  });

  it('are of no use to anybody once they are forgotten', () => {
    const own = tokenKeys(master, serial);
    const found = searchKey(own, CKA.LABEL, bytes('a'));
    const row = sealObject({ open: own, secret: own }, object(true), new Set());
    forgetKeys(own);
    expect(searchKey(own, CKA.LABEL, bytes('a'))).not.toEqual(found);
    expect(() => openObject({ open: own, secret: own }, row)).toThrow(refused);
    expect(() => sealObject({ open: own, secret: own }, object(true), new Set())).toThrow('no cipher set');
    const again = tokenKeys(master, serial);
    expect(openObject({ open: again, secret: again }, row)).toEqual(object(true).attributes);
  });

  it('are not made from something of another length', () => {
    expect(() => tokenKeys(new Uint8Array(16), serial)).toThrow(/^CKR_GENERAL_ERROR/);
  });
});

describe('a search key', () => {
  it('is 16 bytes that depend on keys, type and value', () => {
    const some = [
      searchKey(keys.open, CKA.LABEL, bytes('a')),
      searchKey(keys.secret, CKA.LABEL, bytes('a')),
      searchKey(keys.open, CKA.ID, bytes('a')),
      searchKey(keys.open, CKA.LABEL, bytes('b')),
      searchKey(keys.open, CKA.LABEL, bytes('')),
    ];
    expect(some.map((key) => key.length)).toEqual([16, 16, 16, 16, 16]);
    expect(new Set(some.map((key) => Buffer.from(key).toString('hex'))).size).toBe(5);
    expect(searchKey(keys.open, CKA.LABEL, bytes('a'))).toEqual(some[0]);
  });

  it('is never made of a sensitive value, whatever the table says', () => {
    expect([...sensitive].some((type) => searchable.has(type))).toBe(false);
    expect(sealObject(keys, object(true), new Set([CKA.LABEL, CKA.ID, CKA.SUBJECT])).searchKeys).toEqual([]);
  });
});
