import { describe, expect, it } from 'vitest';
import { Versions, versionMemory } from '../../../src/locks/versions.ts';

describe('the version table', () => {
  it('tells every thread that an object has changed', () => {
    const memory = versionMemory();
    const [writer, reader] = [new Versions(memory), new Versions(memory)];
    const before = reader.versionOf(42);
    expect(reader.versionOf(42)).toBe(before);
    writer.bump(42);
    expect(reader.versionOf(42)).not.toBe(before);
  });

  it('leaves the neighbours of a changed object as they are', () => {
    const versions = new Versions(versionMemory());
    const near = Array.from({ length: 2000 }, (_, n) => n + 1);
    const before = near.map((id) => versions.versionOf(id));
    versions.bump(1000);
    expect(near.filter((id, at) => versions.versionOf(id) !== before[at])).toEqual([1000]);
  });

  it('has an answer for every id, and counts round', () => {
    const memory = versionMemory();
    const versions = new Versions(memory);
    new Int32Array(memory).fill(2 ** 31 - 1);
    for (const id of [1, 65_535, 65_536, 2 ** 31 - 1]) {
      const before = versions.versionOf(id);
      versions.bump(id);
      expect(versions.versionOf(id)).not.toBe(before);
    }
  });

  it('can tell that nothing holds any more', () => {
    const versions = new Versions(versionMemory());
    versions.bump(3);
    const before = [1, 2, 3, 65_535].map((id) => versions.versionOf(id));
    versions.bumpAll();
    expect([1, 2, 3, 65_535].filter((id, at) => versions.versionOf(id) === before[at])).toEqual([]);
  });
});
