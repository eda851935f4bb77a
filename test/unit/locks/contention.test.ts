import { expect, test } from 'vitest';
import { Contention } from '../../../src/locks/contention.ts';

test('contention is counted by object, the most contended first; a thousand objects are remembered', () => {
  const contention = new Contention();
  for (const object of [5, 6, 6]) contention.count(object);
  expect(contention.most(20)).toEqual([
    { object: 6, times: 2 },
    { object: 5, times: 1 },
  ]);
  expect(contention.most(1)).toHaveLength(1);
  for (let object = 10; object < 1010; object++) contention.count(object);
  expect(contention.most(2000)).toHaveLength(1000);
  expect(contention.most(2000).some(({ object }) => object === 5)).toBe(false);
});
