import { describe, expect, it } from 'vitest';
import { curveNamed, EVERY_TYPE, keyTypeNamed, recipeFor } from '../../../src/cli/keytypes.ts';
import { CKA, CKK, CKM } from '../../../src/protocol/constants.ts';

describe('a key type', () => {
  it.each(EVERY_TYPE)('%s has a mechanism, a size and a use', (typed) => {
    const { mechanism, size, uses } = recipeFor(typed);
    expect(Object.values(CKM)).toContain(mechanism);
    expect(size.every(({ value }) => (Buffer.isBuffer(value) ? value.length > 0 : Number(value) > 0))).toBe(true);
    expect(uses.length).toBeGreaterThan(0);
  });

  it('counts AES in bits and a generic secret in bytes', () => {
    expect(recipeFor('aes:256').size).toEqual([{ type: CKA.VALUE_LEN, value: 32 }]);
    expect(recipeFor('generic:32').size).toEqual([{ type: CKA.VALUE_LEN, value: 32 }]);
  });

  it.each(['rsa', 'rsa:', 'rsa:512', 'RSA:2048', 'ec:p-256', 'ed25519:', '', 'des'])(
    'is refused with the ones there are: "%s"',
    (typed) => {
      expect(() => recipeFor(typed)).toThrow('rsa:2048');
    },
  );

  it('is found again from what the token says', () => {
    expect(curveNamed(Buffer.from('06082a8648ce3d030107', 'hex'))).toBe('p256');
    expect(curveNamed(Buffer.from('0500', 'hex'))).toBeUndefined();
    expect(keyTypeNamed(CKK.RSA)).toBe('rsa');
    expect(keyTypeNamed(CKK.EC_EDWARDS)).toBeUndefined();
  });
});
