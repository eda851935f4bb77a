// The workers' threads. Node needs as long to set up each as for the rest of the engine together: they are started before that is loaded,
// and load their own side meanwhile (worker.ts).

import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';

export const startThreads = (count: number): Worker[] =>
  Array.from(
    { length: count },
    (_, worker) => new Worker(new URL(`./worker${extname(import.meta.url)}`, import.meta.url), { workerData: worker }),
  );
