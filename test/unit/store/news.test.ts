// News between threads: whole, in order, at once, and however much of them there is.
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { expect, test } from 'vitest';
import { FIRST_SEGMENT, NewsReader, NewsWriter, recordsOf } from '../../../src/store/news.ts';

const read = (reader: NewsReader): Uint8Array[] => reader.read().flatMap((part) => [...recordsOf(part)]);
const lengths = (records: readonly Uint8Array[]): number[] => records.map(({ length }) => length);

/** A writer and a reader of one thread. */
function pair(give = true) {
  const first = new SharedArrayBuffer(FIRST_SEGMENT);
  const asked: number[] = [];
  const reader = new NewsReader(first, () => {});
  const writer: NewsWriter = new NewsWriter(first, {
    ask: (bytes) => {
      asked.push(bytes);
      const segment = new SharedArrayBuffer(bytes);
      reader.give(segment);
      if (give) writer.give(segment);
    },
    look: () => {},
  });
  return { writer, reader, asked };
}

test('what was written is there at once, and once', () => {
  const { writer, reader } = pair();
  expect(reader.read()).toEqual([]);
  writer.append([Uint8Array.of(1, 2, 3)]);
  writer.append([Uint8Array.of(4), new Uint8Array(0)]);
  expect(read(reader).map((record) => [...record])).toEqual([[1, 2, 3], [4], []]);
  expect(reader.read()).toEqual([]);
});

test('a reader that comes late reads everything, through many segments and records larger than one', () => {
  const { writer, reader } = pair();
  const written = [3, 60_000, 300_000, 9, 2_000_000, 1_000_000, 7, ...Array.from({ length: 5000 }, (_, n) => n)];
  for (const length of written) writer.append([new Uint8Array(length)]);
  expect(lengths(read(reader))).toEqual(written);
});

test('what is written together comes in one segment', () => {
  const { writer, reader } = pair();
  writer.append([new Uint8Array(FIRST_SEGMENT - 100)]);
  writer.append([new Uint8Array(80), new Uint8Array(80)]);
  expect(reader.read().map((part) => lengths([...recordsOf(part)]))).toEqual([[FIRST_SEGMENT - 100], [80, 80]]);
});

test('the next segment is asked for before it is needed, and once', () => {
  const { writer, asked } = pair();
  for (let n = 0; n < 10; n++) writer.append([new Uint8Array(1000)]);
  expect(asked).toHaveLength(1);
});

test('a thread reads every record of another as it was written, while it writes', { timeout: 60_000 }, async () => {
  const first = new SharedArrayBuffer(FIRST_SEGMENT);
  const reader = new NewsReader(first, () => {});
  const count = 100_000;
  const thread = new Worker(new URL('./news-writer.ts', import.meta.url), { workerData: { first, count, most: 900 } });
  let isWritten = false;
  thread.on('message', (message: number | string) => {
    if (typeof message === 'string') {
      isWritten = true;
      return;
    }
    const segment = new SharedArrayBuffer(message);
    reader.give(segment);
    thread.postMessage(segment);
  });
  let next = 0;
  while (next < count) {
    const wasWritten = isWritten;
    for (const record of read(reader)) {
      const number = new DataView(record.buffer, record.byteOffset).getUint32(0);
      if (number !== next || record.subarray(4).some((byte) => byte !== (number & 0xff))) throw new Error(`record ${number} at ${next}`);
      next += 1;
    }
    if (wasWritten) break;
    await new Promise((resolve) => setImmediate(resolve));
  }
  expect(next).toBe(count);
  if (thread.threadId !== -1) await Promise.race([once(thread, 'exit'), thread.terminate()]);
});
