// A thread that writes as workers do: takes the pen where it is free, and counts up what nothing but the pen guards.

import { parentPort, workerData } from 'node:worker_threads';
import { Pen } from '../../../src/locks/pen.ts';

const { memory, count, times } = workerData as { memory: SharedArrayBuffer; count: SharedArrayBuffer; times: number };
const pen = new Pen(memory);
const counter = new Int32Array(count);
for (let written = 0; written < times; ) {
  if (!pen.take()) continue;
  const before = counter[0]!;
  // Long enough that a second writer would be in between.
  for (let n = 0; n < 2000; n++) Atomics.load(counter, 1);
  counter[0] = before + 1;
  written++;
  pen.release();
}
parentPort?.postMessage('written');
