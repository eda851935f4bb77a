// A thread with its own readonly connection: for each id that it is sent it tells what it sees.

import { parentPort, workerData } from 'node:worker_threads';
import { openStore } from '../../../src/store/sqlite.ts';

const store = openStore(workerData, { readonly: true });
parentPort?.on('message', (id: number) => {
  parentPort?.postMessage({
    version: store.object(id)?.version,
    found: store.find({ slot: 1, private: true, searchKeys: [Buffer.from('seen'.padEnd(16))] }).length,
  });
});
