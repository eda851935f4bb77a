// fast-check in vitest: a property is a test whose arguments are drawn.

import * as fc from 'fast-check';
import { it } from 'vitest';

export { fc };

export function test<T extends [unknown, ...unknown[]]>(
  title: string,
  arbitraries: { [K in keyof T]: fc.Arbitrary<T[K]> },
  judge: (...drawn: T) => void,
): void {
  it(title, () => fc.assert(fc.property(...arbitraries, judge)));
}
