import { expect, it } from 'vitest';
import { table } from '../../../src/cli/tables.ts';

it('a table has aligned columns, no frame and no blanks at the end of a line', () => {
  expect(
    table(
      ['A', 'B'],
      [
        ['long', 1],
        ['x', ''],
      ],
    ),
  ).toBe('A     B\nlong  1\nx');
});

it('a control character in a label never reaches the terminal', () => {
  expect(table(['A'], [['\u001b[31mred\u0007\u0000']])).toBe('A\n\uFFFD[31mred\uFFFD\uFFFD');
});
