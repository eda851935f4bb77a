// A thread of slow-keys.test.ts: signs in a session of its own, and counts what is done.
import { workerData } from 'node:worker_threads';
import { must, ulong } from '../support/cryptoki.ts';

const { session, key, mechanism, times, done } = workerData as {
  session: number;
  key: number;
  mechanism: Buffer;
  times: number;
  done: Int32Array;
};
for (let n = 0; n < times; n += 1) {
  must('C_SignInit', session, mechanism, key);
  must('C_Sign', session, Buffer.from('some data'), 9, Buffer.alloc(1024), ulong(1024));
  Atomics.add(done, 0, 1);
}
