// Rows for people.

import Table from 'cli-table3';

const PLAIN = {
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  top: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  bottom: '',
  'mid-mid': '',
  'left-mid': '',
  'right-mid': '',
  mid: '',
  left: '',
  right: '',
  middle: '  ',
};

// Labels are other people's bytes: a control character in one must not reach a terminal.
const printable = (text: string) => text.replaceAll(/\p{C}/gu, '\u{FFFD}');

/** Columns from `rightFrom` on hold numbers and are aligned to the right. */
export function table(head: readonly string[], rows: readonly (readonly (string | number | boolean)[])[], rightFrom = head.length): string {
  const colAligns = head.map((_, column) => (column < rightFrom ? 'left' : 'right'));
  const style = { head: [], border: [], 'padding-left': 0, 'padding-right': 0 };
  const drawn = new Table({ head: [...head], chars: PLAIN, colAligns, style });
  drawn.push(...rows.map((row) => row.map((cell) => printable(String(cell)))));
  return drawn.toString().replaceAll(/ +$/gm, '');
}
