// The standard's attribute tables, read from its Markdown where somebody has it: OASIS's text is not part of this project.

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface StandardRow {
  /** CKA_ and the rest, as the table has it. */
  readonly name: string;
  readonly notes: readonly number[];
  readonly type: string;
  readonly meaning: string;
}

const continued = (row: StandardRow, line: string): StandardRow => ({ ...row, meaning: row.meaning + line });

/** Most tables have their caption below them; some stand under a title instead. */
const CAPTION = /^table:\s*(.*?)\s*$/;
const TITLE = /^_Table \d+, (.*?)_$/;

/** Tables by their captions. `folder`: the specification's; the historical mechanisms' lies beside it. */
export function attributeTables(folder: string): ReadonlyMap<string, readonly StandardRow[]> {
  const folders = [join(folder, '../hist'), folder].filter((each) => existsSync(each));
  const files = folders.flatMap((each) => readdirSync(each).map((name) => join(each, name)));
  return new Map(files.filter((file) => file.endsWith('.md')).flatMap((file) => tablesOf(readFileSync(file, 'utf8'))));
}

function tablesOf(text: string): (readonly [string, readonly StandardRow[]])[] {
  const tables: (readonly [string, readonly StandardRow[]])[] = [];
  let rows: StandardRow[] = [];
  let title: string | undefined;
  for (const line of `${text}\n`.split('\n')) {
    const row = /^\|\s*(CKA_\w+)\s*(?:\^([\d,]+)\^)?\s*\|\s*([^|]*?)\s*\|(.*)$/.exec(line);
    const caption = CAPTION.exec(line)?.[1];
    title = TITLE.exec(line)?.[1] ?? title;
    if (row) rows.push({ name: row[1]!, notes: (row[2] ?? '').split(',').filter(Boolean).map(Number), type: row[3]!, meaning: row[4]! });
    // A cell may go on in the next line; everything else that is no table ends one.
    else if (rows.length > 0 && /^\s+\S/.test(line)) rows.push(continued(rows.pop()!, line));
    else if (!line.startsWith('|')) {
      const name = caption ?? (rows.length > 0 ? title : undefined);
      if (name !== undefined) tables.push([name, rows]);
      rows = [];
      if (name !== undefined) title = undefined;
    }
  }
  return tables;
}

/** Every CKR_ code, without its prefix, that a function's "Return values" names. */
export function returnValues(folder: string): ReadonlyMap<string, ReadonlySet<string>> {
  const files = readdirSync(folder).filter((name) => name.endsWith('.md'));
  return new Map(files.flatMap((name) => functionsOf(`${readFileSync(join(folder, name), 'utf8')}\n\n`)));
}

/** A chapter of functions has a section for each, in which one paragraph begins so. */
function functionsOf(text: string): (readonly [string, ReadonlySet<string>])[] {
  return text.split(/^### (?=C_)/m).flatMap((section) => {
    const name = /^C_\w+/.exec(section)?.[0];
    const paragraph = /^Return values:.*?\n\n/ims.exec(section)?.[0];
    if (name === undefined || paragraph === undefined) return [];
    return [[name, new Set(Array.from(paragraph.matchAll(/CKR_(\w+)/g), ([, code]) => code!))] as const];
  });
}
