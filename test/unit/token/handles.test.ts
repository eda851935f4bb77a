import { describe, expect, it } from 'vitest';
import { builtInHandle, handleOf, nameOf, SESSION_IDS } from '../../../src/token/handles.ts';
import { fc, test } from './property.ts';

const name = fc.record({ id: fc.integer({ min: 1, max: 2 ** 29 - 1 }), onToken: fc.boolean(), private: fc.boolean() });
const generation = fc.integer({ min: 0, max: 2 ** 31 - 1 });

describe('object handles', () => {
  test('lead back to their object under the same login', [name, generation], (object, login) => {
    expect(nameOf(handleOf(object, login), login)).toEqual(object);
  });

  test('fit 31 bits and are never 0', [name, generation], (object, login) => {
    const handle = handleOf(object, login);
    expect(handle).toBeGreaterThan(0);
    expect(handle).toBeLessThan(2 ** 31);
  });

  test('of public objects outlive a login', [name, generation], (object, login) => {
    const isPublic = { ...object, private: false };
    expect(handleOf(isPublic, login)).toBe(handleOf(isPublic, login + 1));
  });

  it('of private objects lead to none of a thousand objects in a hundred thousand later logins', () => {
    const handle = handleOf({ id: 500, onToken: true, private: true }, 0);
    for (let login = 1; login <= 100_000; login++) expect(nameOf(handle, login)?.id).toSatisfy((id: number) => id === 0 || id > 1000);
  });

  test(
    'of the token’s own objects are no stored object’s',
    [fc.integer({ min: 0, max: 2 ** 18 - 1 }), name, generation],
    (place, object, login) => {
      const handle = builtInHandle(place);
      expect(handle).toBeLessThan(2 ** 31);
      expect(nameOf(handle, login)).toEqual({ id: SESSION_IDS + place, onToken: false, private: false });
      expect(handleOf({ ...object, id: object.onToken ? object.id : object.id % SESSION_IDS }, login)).not.toBe(handle);
    },
  );

  it('that nobody can have had are refused', () => {
    for (const handle of [0, -1, 2 ** 31, 2 ** 64, Number.NaN, 1.5]) expect(nameOf(handle, 0)).toBeUndefined();
  });
});
