import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import Database from 'better-sqlite3';
import { expect, it } from 'vitest';
import { openStore } from '../../../src/store/sqlite.ts';
import { folder, key, token } from './fixture.ts';

const committer = fileURLToPath(new URL('./committer.ts', import.meta.url));

/** Kills a committing process after so many acknowledgements; gives the last round that it was told of, by step. */
async function killed(path: string, first: number, after: number): Promise<{ inserted: number; changed: number }> {
  const child = spawn(process.execPath, [committer, path, `${first}`], { stdio: ['ignore', 'pipe', 'inherit'] });
  const gone = once(child, 'close');
  let said = '';
  child.stdout.on('data', (chunk: Buffer) => {
    said += chunk;
    if (said.split('\n').length > after) child.kill('SIGKILL');
  });
  expect((await gone)[1]).toBe('SIGKILL');
  // What was written before the kill is in the pipe and comes before `close`.
  const last = (word: string) =>
    Math.max(first - 1, ...[...said.matchAll(new RegExp(`${word} (\\d+)\n`, 'g'))].map((match) => Number(match[1])));
  return { inserted: last('inserted'), changed: last('changed') };
}

it('a killed engine leaves every acknowledged change and no half of another', async () => {
  const path = join(folder(), 'store.db');
  const setup = openStore(path);
  setup.putToken(token(1));
  setup.close();
  let first = 1;
  for (const after of [1, 2, 7, 20, 33]) {
    const { inserted, changed } = await killed(path, first, after);
    const store = openStore(path);
    const byRound = (round: number) => store.find({ slot: 1, private: false, searchKeys: [key(`round ${round}`)] });
    for (let round = first; round <= inserted + 1; round++) {
      const rows = byRound(round).map((id) => store.object(id));
      const versions = rows.map((row) => row?.version).join();
      // Before the round, after its inserts, after its change: there is no fourth.
      const possible = [...(round > inserted ? [''] : []), ...(round > changed ? ['1,1,1'] : []), '2,1'];
      expect(possible, `round ${round} of ${inserted}/${changed}`).toContain(versions);
      expect(rows.every((row) => row?.body.every((byte) => byte === round % 256))).toBe(true);
    }
    const marked = (version: number) => store.find({ slot: 1, private: false, searchKeys: [key(`version ${version}`)] }).length;
    expect(marked(1) + marked(2)).toBe(store.find({ slot: 1, private: false, searchKeys: [] }).length);
    store.close();
    const db = new Database(path, { readonly: true });
    expect(db.pragma('integrity_check', { simple: true })).toBe('ok');
    db.close();
    first = inserted + 2;
  }
}, 60_000);
