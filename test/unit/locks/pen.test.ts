import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { Pen, penMemory } from '../../../src/locks/pen.ts';

const pens = () => {
  const memory = penMemory();
  return { worker: new Pen(memory), other: new Pen(memory), supervisor: new Pen(memory) };
};

/** The supervisor writes so often, each time for so many milliseconds. */
function writing(pen: Pen, times: number, milliseconds: number): void {
  let now = 0;
  const clock = vi.spyOn(performance, 'now').mockImplementation(() => now);
  for (let n = 0; n < times; n++) {
    pen.within(() => {
      now += milliseconds;
    });
  }
  clock.mockRestore();
}

afterEach(() => {
  vi.restoreAllMocks();
});

describe('the pen', () => {
  it('is one thread’s at a time, and a worker hears at once that it is another’s', () => {
    const { worker, other, supervisor } = pens();
    expect(worker.take()).toBe(true);
    expect(other.take()).toBe(false);
    worker.release();
    supervisor.within(() => expect(worker.take()).toBe(false));
    expect(other.take()).toBe(true);
  });

  it('is free again where what was written failed', () => {
    const { worker, supervisor } = pens();
    const fail = () => {
      throw new Error('refused');
    };
    expect(() => supervisor.within(fail)).toThrow('refused');
    expect(worker.take()).toBe(true);
  });

  it('comes to the supervisor from the hands of workers that write without a pause, and never to two at once', async () => {
    const [memory, count] = [penMemory(), new SharedArrayBuffer(8)];
    const times = 2000;
    const workers = [1, 2].map(() => new Worker(new URL('./pen-writer.ts', import.meta.url), { workerData: { memory, count, times } }));
    const done = workers.map((worker) => once(worker, 'message'));
    const supervisor = new Pen(memory);
    const counter = new Int32Array(count);
    while (counter[0] === 0) await new Promise((resolve) => setImmediate(resolve));
    for (let n = 0; n < 200; n++) {
      supervisor.within(() => {
        counter[0]!++;
      });
    }
    await Promise.all(done);
    expect(counter[0]).toBe(2 * times + 200);
  });
});

describe('workers may take the pen', () => {
  it('where the disk is known to be quick', () => {
    const { worker, supervisor } = pens();
    expect(worker.isForWorkers).toBe(false);
    writing(supervisor, 1, 0.2);
    expect(worker.isForWorkers).toBe(true);
  });

  it('not on a slow disk, and again once it is quick', () => {
    const { worker, supervisor } = pens();
    writing(supervisor, 20, 4);
    expect(worker.isForWorkers).toBe(false);
    writing(supervisor, 20, 0.2);
    expect(worker.isForWorkers).toBe(true);
  });

  it('on a quick disk that was slow for once', () => {
    const { worker, supervisor } = pens();
    writing(supervisor, 20, 0.2);
    writing(supervisor, 1, 5000);
    expect(worker.isForWorkers).toBe(true);
  });

  it('so often, and then after the supervisor, who moves the log', () => {
    const { worker, supervisor } = pens();
    writing(supervisor, 20, 0.2);
    let written = 0;
    for (; worker.isForWorkers && written < 1000; written++) if (worker.take()) worker.release();
    expect(written).toBeGreaterThan(1);
    expect(written).toBeLessThan(1000);
    writing(supervisor, 20, 0.2);
    expect(worker.isForWorkers).toBe(true);
  });
});
