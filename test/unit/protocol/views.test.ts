import { expect, test } from 'vitest';
import { Views } from '../../../src/protocol/views.ts';

const bytes = Uint8Array.from({ length: 2048 }, (_, at) => at);

test('a view is of the place and the length that are asked for, whatever was asked for before', () => {
  const views = new Views(bytes);
  const asked = [
    [8, 3],
    [8, 4],
    [8, 0],
    [0, 3],
    [8, 3],
    [504, 8],
    [512, 8],
    [1024, 1024],
    [2048, 0],
    [512, 8],
  ] as const;
  for (const [offset, length] of asked) expect(views.at(offset, length)).toEqual(bytes.slice(offset, offset + length));
});

test('it is the same one for calls of one form, and shows what stands there by then', () => {
  const memory = new Uint8Array(64);
  const views = new Views(memory);
  const first = views.at(16, 4);
  memory.fill(7);
  expect(views.at(16, 4)).toBe(first);
  expect(first).toEqual(Uint8Array.of(7, 7, 7, 7));
});
