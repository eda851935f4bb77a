// The workers' threads. Node needs as long to set up one as for the rest of the engine together: the first is started before that is
// loaded, and loads its own side meanwhile (worker.ts); the others, which nobody waits for, when there is a processor again.

import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';

export const startThread = (worker: number): Worker =>
  new Worker(new URL(`./worker${extname(import.meta.url)}`, import.meta.url), { workerData: worker });

export const startOthers = (first: Worker, count: number): Worker[] => [
  first,
  ...Array.from({ length: count - 1 }, (_, n) => startThread(n + 1)),
];
