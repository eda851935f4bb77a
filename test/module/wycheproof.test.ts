// Project Wycheproof's vectors through the C functions: every valid one accepted with its results, every invalid one refused.
import { describe, expect } from 'vitest';
import { note } from '../support/figures.ts';
import { sharedTest as test } from '../support/user.ts';
import { familyOf } from './wycheproof/families.ts';
import { files, read, run } from './wycheproof/vectors.ts';

if (files.length === 0) console.warn('Wycheproof: no vectors at ../shared/vectors/wycheproof, nothing is tested against them');

describe.runIf(files.length > 0)('Wycheproof', () => {
  test.for(files)('%s', { timeout: 120_000 }, (name, { user, task }) => {
    const file = read(name);
    const { failures, passed, total, exceptions } = run(name, file, familyOf(file), user);
    note(task, { family: 'Wycheproof', name, passed, total, exceptions });
    expect(failures).toEqual([]);
    expect(passed).toBeGreaterThan(0);
  });
});
