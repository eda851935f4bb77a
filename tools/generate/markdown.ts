// Markdown that is made of figures, and pages of which a part is.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';

type Cell = string | number;

const row = (cells: readonly Cell[]): string => `| ${cells.join(' | ')} |`;

export const table = (head: readonly string[], rows: readonly (readonly Cell[])[]): string =>
  [row(head), row(head.map(() => '---')), ...rows.map(row)].join('\n');

export const pageAt = (path: string): string => readFileSync(join(import.meta.dirname, '..', '..', path), 'utf8');

/** The page with new text between two marks; the marks stay. */
export function between(page: string, path: string, [begin, end]: readonly [string, string], text: string): string {
  const [before, rest] = [page.split(begin)[0]!, page.split(begin)[1]];
  const after = rest?.slice(rest.indexOf(end));
  if (after === undefined || !rest?.includes(end))
    throw new Error(`${path} lacks the marks "${begin}" and "${end}", between which the figures stand.`);
  return `${before}${begin}\n${text}\n${after}`;
}
