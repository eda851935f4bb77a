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

export function table(head: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  const drawn = new Table({ head: [...head], chars: PLAIN, style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0 } });
  drawn.push(...rows.map((row) => row.map((cell) => printable(String(cell)))));
  return drawn.toString().replaceAll(/ +$/gm, '');
}
