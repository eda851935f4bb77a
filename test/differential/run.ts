// `npm run test:differential -- --runs N`: Strongroom against SoftHSM and OpenSSL, N random operations of each kind. `--json` is for
// test/module/differential.test.ts, which runs the short form.
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { CKM } from '../../src/protocol/constants.ts';
import { stopEngine } from '../support/engine.ts';
import { compare, type Outcome, type Parties } from './compare.ts';
import { configure, gather, sharedMechanisms, softhsm } from './parties.ts';
import { rows } from './rows.ts';

const { values: options } = parseArgs({
  options: {
    runs: { type: 'string', default: '100' },
    seed: { type: 'string', default: String(Date.now() % 2 ** 31) },
    only: { type: 'string', default: '' },
    json: { type: 'boolean', default: false },
  },
});

/** Mechanisms of both that no row is about. */
const forgotten = (parties: Parties): string[] => {
  const compared = new Set(rows.flatMap(({ mechanisms }) => mechanisms.map((name): number => CKM[name])));
  const names = new Map<number, string>(Object.entries(CKM).map(([name, type]) => [type, name]));
  return sharedMechanisms(parties)
    .filter((type) => !compared.has(type))
    .map((type) => names.get(type) ?? String(type));
};

const line = ({ title, runs, passed, known, report }: Outcome): string => {
  const verdict = passed ? (known ? `differs, as is known: ${known}` : 'equal') : `FAILED\n${report}`;
  return `${title}: ${runs} runs, ${verdict}`;
};

const runAll = (parties: Parties): boolean => {
  const outcomes: Outcome[] = [];
  for (const row of rows.filter(({ title }) => title.includes(options.only))) {
    const outcome = compare(row, parties, Number(options.runs), Number(options.seed));
    outcomes.push(outcome);
    if (!options.json) console.log(line(outcome));
  }
  const missing = forgotten(parties);
  const sum = outcomes.reduce((all, { runs }) => all + runs, 0);
  const failed = outcomes.filter(({ passed }) => !passed);
  if (options.json) console.log(JSON.stringify({ outcomes, missing }));
  else
    console.log(
      `${outcomes.length} rows, ${sum} runs, ${failed.length} failed, seed ${options.seed}; not compared: ${missing.join(', ') || 'none'}`,
    );
  return failed.length === 0 && missing.length === 0;
};

const main = async (): Promise<void> => {
  if (softhsm === undefined) throw new Error('SoftHSM is not installed (Debian package softhsm2).');
  const folder = mkdtempSync(join(tmpdir(), 'sr-'));
  const home = join(folder, 'home');
  mkdirSync(home, { mode: 0o700 });
  Object.assign(process.env, configure(folder), { STRONGROOM_HOME: home });
  try {
    const { parties, leave } = gather();
    process.exitCode = runAll(parties) ? 0 : 1;
    leave();
  } finally {
    await stopEngine(home);
    rmSync(folder, { recursive: true, force: true });
  }
};

await main();
