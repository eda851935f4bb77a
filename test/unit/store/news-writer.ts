// A thread that writes news as fast as it can, for news.test.ts: records that tell their number and have it in every byte.
import { parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads';
import { NewsWriter } from '../../../src/store/news.ts';

const { first, count, most } = workerData as { first: SharedArrayBuffer; count: number; most: number };
const port = parentPort!;
const writer: NewsWriter = new NewsWriter(first, {
  ask: (bytes) => port.postMessage(bytes),
  look: () => {
    for (let given = receiveMessageOnPort(port); given !== undefined; given = receiveMessageOnPort(port)) writer.give(given.message);
  },
});
for (let n = 0; n < count; n++) {
  const record = new Uint8Array(4 + ((n * 7919) % most)).fill(n);
  new DataView(record.buffer).setUint32(0, n);
  writer.append([record]);
}
port.postMessage('written');
