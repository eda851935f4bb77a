// Several speed meters at once: none begins before the last of them is ready.
import { expect, test } from 'vitest';
import { LIBRARY } from '../../src/cli/library.ts';
import { gather } from '../../src/cli/speed/contestants.ts';
import { measure, measureTogether, USUAL } from '../../src/cli/speed/meter.ts';

const what = { ...USUAL, operation: 'p-256' };

test('applications that are measured together all sign, and one that cannot start does not hold up the others', async () => {
  await using contest = await gather({ modules: [LIBRARY], token: undefined });
  const contestant = contest.contestants[0]!;
  await measure(contestant, what, 0.1);
  const ends = await measureTogether(contestant, what, 0.5, 3);
  const samples = ends.map((end) => (end.status === 'fulfilled' ? end.value : undefined));
  expect(samples.map((sample) => sample!.done > 0)).toEqual([true, true, true]);
  const lost = await measureTogether({ ...contestant, label: 'no such token' }, what, 0.5, 2);
  expect(lost.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  expect((lost[0] as PromiseRejectedResult).reason.stderr).toContain('no token is called "no such token"');
}, 120_000);
