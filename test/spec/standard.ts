// The standard's attribute tables, read from its Markdown where somebody has it: OASIS's text is not part of this project.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface StandardRow {
  /** CKA_ and the rest, as the table has it. */
  readonly name: string;
  readonly notes: readonly number[];
  readonly type: string;
  readonly meaning: string;
}

const continued = (row: StandardRow, line: string): StandardRow => ({ ...row, meaning: row.meaning + line });

/** Tables by their captions. */
export function attributeTables(folder: string): ReadonlyMap<string, readonly StandardRow[]> {
  const tables = new Map<string, StandardRow[]>();
  for (const file of readdirSync(folder).filter((name) => name.endsWith('.md'))) {
    let rows: StandardRow[] = [];
    for (const line of readFileSync(join(folder, file), 'utf8').split('\n')) {
      const row = /^\|\s*(CKA_\w+)\s*(?:\^([\d,]+)\^)?\s*\|\s*([^|]*?)\s*\|(.*)$/.exec(line);
      const caption = /^table:\s*(.*?)\s*$/.exec(line)?.[1];
      if (row) rows.push({ name: row[1]!, notes: (row[2] ?? '').split(',').filter(Boolean).map(Number), type: row[3]!, meaning: row[4]! });
      // A cell may go on in the next line; everything else that is no table ends one.
      else if (rows.length > 0 && /^\s+\S/.test(line)) rows.push(continued(rows.pop()!, line));
      else if (caption !== undefined) {
        tables.set(caption, rows);
        rows = [];
      } else if (!line.startsWith('|')) rows = [];
    }
  }
  return tables;
}
