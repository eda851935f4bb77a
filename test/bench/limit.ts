// What OpenSSL alone does on this machine: node:crypto works in worker threads, with no PKCS#11 and no process between.

import { createCipheriv, createHash, createHmac, generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';

const BATCH = 16;
/** Of the time asked for, as in the speed meter: caches fill, processors wake up. */
const WARM_UP = 0.2;
const DIGEST = createHash('sha256').update('strongroom').digest();

/** Each makes a key, and tells how it is used once. */
const USES: Readonly<Record<string, () => () => unknown>> = {
  'rsa-2048': () => {
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    return () => sign('sha256', DIGEST, privateKey);
  },
  'p-256': () => {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    return () => sign('sha256', DIGEST, privateKey);
  },
  ed25519: () => {
    const { privateKey } = generateKeyPairSync('ed25519');
    return () => sign(null, DIGEST, privateKey);
  },
  'hmac-sha256': () => {
    const [key, data] = [randomBytes(32), Buffer.alloc(256)];
    return () => createHmac('sha256', key).update(data).digest();
  },
  'aes-gcm': () => {
    const [key, nonce, data] = [randomBytes(32), Buffer.alloc(12), Buffer.alloc(1024)];
    let turn = 0;
    return () => {
      nonce.writeUInt32LE(turn++);
      const cipher = createCipheriv('aes-256-gcm', key, nonce);
      return Buffer.concat([cipher.update(data), cipher.final(), cipher.getAuthTag()]);
    };
  },
};

export const hasLimit = (operation: string): boolean => Object.hasOwn(USES, operation);

interface Task {
  readonly operation: string;
  readonly seconds: number;
  readonly threads: number;
  /** How many are ready: all begin together, so that none is measured while another still makes its key. */
  readonly ready: Int32Array;
}

function together({ ready, threads }: Task): void {
  if (Atomics.add(ready, 0, 1) + 1 === threads) Atomics.notify(ready, 0);
  for (let there = Atomics.load(ready, 0); there < threads; there = Atomics.load(ready, 0)) Atomics.wait(ready, 0, there);
}

function useFor(use: () => unknown, seconds: number): number {
  const start = performance.now();
  let count = 0;
  for (; performance.now() - start < seconds * 1000; count += BATCH) for (let i = 0; i < BATCH; i++) use();
  return (count / (performance.now() - start)) * 1000;
}

function work(task: Task): number {
  const use = USES[task.operation]!();
  together(task);
  useFor(use, WARM_UP * task.seconds);
  return useFor(use, task.seconds);
}

const inWorker = (task: Task) =>
  new Promise<number>((resolve, reject) => {
    new Worker(new URL(import.meta.url), { workerData: task }).once('message', resolve).once('error', reject);
  });

/** Operations a second of so many threads together, each with a key of its own: nothing is shared. */
export async function opensslLimit(operation: string, threads: number, seconds: number): Promise<number> {
  const ready = new Int32Array(new SharedArrayBuffer(4));
  const speeds = await Promise.all(Array.from({ length: threads }, () => inWorker({ operation, seconds, threads, ready })));
  return speeds.reduce((sum, speed) => sum + speed, 0);
}

if (!isMainThread) parentPort?.postMessage(work(workerData as Task));
