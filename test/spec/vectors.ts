// Project Wycheproof's vectors: every one of a file is judged, and what was judged wrongly is told.

import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect } from 'vitest';
import { project } from '../support/paths.ts';

const folder = resolve(project, '../shared/vectors/wycheproof');
export const present = existsSync(folder);
if (!present) console.warn('Wycheproof: no vectors at ../shared/vectors/wycheproof, nothing is tested against them');

export type Fields = Record<string, string>;
export interface Case extends Fields {
  result: 'valid' | 'invalid' | 'acceptable';
}
export interface Group {
  readonly [name: string]: unknown;
  readonly tests: readonly Case[];
}

/** What the mechanism says of a vector; undefined where it is not to be had here. */
export type Judge = (vector: Case) => boolean | undefined;

/** Every vector of a file; the count is printed, and the ids of those judged wrongly are what the test fails with. */
export function run(file: string, judgeOf: (group: Group) => Judge): void {
  const { testGroups } = JSON.parse(readFileSync(resolve(folder, `${file}_test.json`), 'utf8')) as { testGroups: Group[] };
  const wrong: string[] = [];
  let [passed, left] = [0, 0];
  for (const group of testGroups) {
    const judge = judgeOf(group);
    for (const vector of group.tests) {
      const verdict = judge(vector);
      if (verdict === undefined) left++;
      else if (vector.result === 'acceptable' || verdict === (vector.result === 'valid')) passed++;
      else wrong.push(`${vector.tcId}: ${vector.comment}`);
    }
  }
  console.log(`${file}: ${passed}/${passed + wrong.length}${left > 0 ? `, and ${left} beyond what is supported` : ''}`);
  expect(wrong).toEqual([]);
  expect(passed).toBeGreaterThan(0);
}
