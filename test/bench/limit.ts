// What OpenSSL alone does on this machine: node:crypto signs in worker threads, with no PKCS#11 and no process between.

import { createHash, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';

const BATCH = 16;
const DATA = createHash('sha256').update('strongroom').digest();

interface Task {
  readonly mechanism: 'rsa' | 'ecdsa' | 'eddsa';
  readonly seconds: number;
}

const PAIRS: Readonly<Record<Task['mechanism'], () => KeyObject>> = {
  rsa: () => generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey,
  ecdsa: () => generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey,
  eddsa: () => generateKeyPairSync('ed25519').privateKey,
};

function signFor({ mechanism, seconds }: Task): number {
  const key = PAIRS[mechanism]();
  const hash = mechanism === 'eddsa' ? null : 'sha256';
  const start = performance.now();
  let count = 0;
  for (; performance.now() - start < seconds * 1000; count += BATCH) for (let i = 0; i < BATCH; i++) sign(hash, DATA, key);
  return (count / (performance.now() - start)) * 1000;
}

const inWorker = (task: Task) =>
  new Promise<number>((resolve, reject) => {
    new Worker(new URL(import.meta.url), { workerData: task }).once('message', resolve).once('error', reject);
  });

/** Signatures a second of so many threads together, each with a key of its own: nothing is shared. */
export async function opensslLimit(mechanism: Task['mechanism'], threads: number, seconds: number): Promise<number> {
  const speeds = await Promise.all(Array.from({ length: threads }, () => inWorker({ mechanism, seconds })));
  return speeds.reduce((sum, speed) => sum + speed, 0);
}

if (!isMainThread) parentPort?.postMessage(signFor(workerData as Task));
