// The short form of test/differential: a few random operations of each kind, by Strongroom, by SoftHSM and by OpenSSL.
import { join } from 'node:path';
import { expect } from 'vitest';
import type { Outcome } from '../differential/compare.ts';
import { note } from '../support/figures.ts';
import { project } from '../support/paths.ts';
import { needs } from '../support/program.ts';
import { test } from '../support/room.ts';

needs('softhsm2-util');

const RUNS = 5;
/** SoftHSM is bound to Node's OpenSSL, which has single DES in its legacy provider. */
const flags = ['--openssl-legacy-provider', '--disable-warning=ExperimentalWarning'];

interface Report {
  readonly outcomes: readonly Outcome[];
  readonly missing: readonly string[];
}

test('what SoftHSM and OpenSSL offer, too, is done alike', { timeout: 180_000 }, async ({ room, task }) => {
  const script = join(project, 'test/differential/run.ts');
  const args = [...flags, script, '--json', '--runs', String(RUNS)];
  const { stdout, stderr } = await room.run(process.execPath, args, { limit: 170_000 });
  expect(stderr).toBe('');
  const { outcomes, missing } = JSON.parse(stdout.toString()) as Report;
  const passed = outcomes.filter((outcome) => outcome.passed);
  const known = passed.flatMap((outcome) => outcome.known ?? []);
  const exceptions = Object.fromEntries(known.map((reason) => [reason, known.filter((other) => other === reason).length]));
  note(task, { family: 'Differential', name: 'kinds of operations', passed: passed.length, total: outcomes.length, exceptions });
  expect(outcomes.filter((outcome) => !outcome.passed).map(({ title, report }) => `${title}: ${report}`)).toEqual([]);
  expect(missing).toEqual([]);
});
