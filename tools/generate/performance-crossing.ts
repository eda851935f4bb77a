// What is left to be had where threads sleep and wake: rates beside those of a bare crossing.

import { figure } from '../../src/cli/speed/report.ts';
import { CROSSING, OURS, ratioOf, seriesOf, THEIRS, taken } from '../../test/bench/speed-result.ts';
import { table } from './markdown.ts';
import type { Results } from './performance-results.ts';
import { NOT_MEASURED, nameOf } from './performance-words.ts';

export function crossing({ speed }: Results): string {
  const cases = speed?.cases.filter((each) => seriesOf(each, CROSSING) !== undefined) ?? [];
  if (cases.length === 0) return NOT_MEASURED;
  const rows = cases.map((each) => {
    const bare = seriesOf(each, CROSSING);
    const ratio = (one: string) => ratioOf(seriesOf(each, one), bare)?.median;
    const timesTheirs = ratioOf(bare, seriesOf(each, THEIRS))?.median;
    return [
      nameOf(each.operation),
      each.threads,
      figure(taken(each, CROSSING, 'rate')!.median),
      ratio(OURS)?.toFixed(2) ?? '',
      timesTheirs?.toFixed(2) ?? '',
    ];
  });
  return table(
    ['operation', 'threads', 'the bare crossing, a second', 'Strongroom for each of those', 'those for each of SoftHSM’s'],
    rows,
  );
}
