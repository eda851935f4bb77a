// A process that commits for ever and says what was acknowledged, until it is killed. Each round is a transaction of several rows:
// inserts that belong together, a replacement and a deletion.

import { writeSync } from 'node:fs';
import { openStore } from '../../../src/store/sqlite.ts';
import type { NewObjectRow } from '../../../src/store/store.ts';

const [path, first] = [process.argv[2]!, Number(process.argv[3])];
const store = openStore(path);
const row = (round: number, version: number): NewObjectRow => ({
  slot: 1,
  class: round,
  keyType: null,
  private: false,
  version,
  uniqueId: `${round}`,
  body: Buffer.alloc(3000, round),
  searchKeys: [Buffer.from(`round ${round}`.padEnd(16)), Buffer.from(`version ${version}`.padEnd(16))],
});

for (let round = first; ; round++) {
  const inserts = [1, 1, 1].map((version) => ({ change: 'insert', row: row(round, version) }) as const);
  const [a, b] = store.commit(inserts);
  writeSync(1, `inserted ${round}\n`);
  store.commit([
    { change: 'replace', row: { ...row(round, 2), id: a! }, expected: 1 },
    { change: 'delete', id: b!, expected: 1 },
  ]);
  writeSync(1, `changed ${round}\n`);
}
