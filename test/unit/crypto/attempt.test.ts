import { createDecipheriv, createPrivateKey } from 'node:crypto';
import { expect, test } from 'vitest';
import { attempt } from '../../../src/crypto/attempt.ts';

test('what OpenSSL refuses is undefined: bad padding, a wrong tag, no key', () => {
  const nothing = Buffer.alloc(16);
  const padded = createDecipheriv('aes-128-cbc', nothing, nothing);
  padded.update(nothing);
  expect(attempt(() => padded.final())).toBeUndefined();

  const sealed = createDecipheriv('aes-128-gcm', nothing, nothing);
  sealed.setAuthTag(nothing);
  expect(attempt(() => sealed.final())).toBeUndefined();

  expect(attempt(() => createPrivateKey({ key: nothing, format: 'der', type: 'pkcs8' }))).toBeUndefined();
});

test('a defect is not taken for a refusal', () => {
  const defect = () => (undefined as unknown as Buffer).length;
  expect(() => attempt(defect)).toThrow(TypeError);
  expect(() => attempt(() => createDecipheriv('aes-128-cbc', 'text' as unknown as Buffer, 7 as unknown as Buffer))).toThrow(TypeError);
});

test('a result passes through', () => {
  expect(attempt(() => 7)).toBe(7);
});
