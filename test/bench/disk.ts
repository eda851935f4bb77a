// What the disk does by itself: one small write made safe after the other, in a file beside the stores that are measured.

import { closeSync, fsyncSync, openSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';

const PAGE = Buffer.alloc(4096, 7);
/** Pages of the file that is written over, again and again. */
const FILE = 1024;

export interface DiskRate {
  /** Writes a second that make a file longer, as new records do. */
  readonly append: number;
  /** Writes a second into a file that keeps its length: the file system has less to note. */
  readonly rewrite: number;
}

function writesFor(seconds: number, fd: number, place: (n: number) => number): number {
  const start = performance.now();
  let done = 0;
  for (; performance.now() - start < seconds * 1000; done++) {
    writeSync(fd, PAGE, 0, PAGE.length, place(done) * PAGE.length);
    fsyncSync(fd);
  }
  return (done / (performance.now() - start)) * 1000;
}

/** 4 KiB and an fsync at a time, each for so long. */
export function diskRate(folder: string, seconds: number): DiskRate {
  const path = join(folder, 'disk-rate');
  const fd = openSync(path, 'wx', 0o600);
  try {
    for (let page = 0; page < FILE; page++) writeSync(fd, PAGE);
    fsyncSync(fd);
    return { rewrite: writesFor(seconds, fd, (n) => n % FILE), append: writesFor(seconds, fd, (n) => FILE + n) };
  } finally {
    closeSync(fd);
    rmSync(path);
  }
}
