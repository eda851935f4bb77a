import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { ftruncateSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { describe, expect, it } from 'vitest';
import { createRegion, detachRegion, peerCredentials, regionSize, ring, sendRegion, TURN } from '../../../src/engine/channel.ts';
import { LANE_DATA, REGION_MAGIC, WIRE_VERSION, WORKERS } from '../../../src/protocol/layout.ts';
import { type Application, HEADER, mappedRegions, regionDescriptors } from './application.ts';
import { desk, region, TABLES, text, WORKER } from './fixture.ts';

describe('a region', () => {
  it('begins with magic, version, tables and workers', () => {
    const { application } = region();
    expect(application.read(HEADER.magic, 8).readBigUInt64LE()).toBe(REGION_MAGIC);
    expect(application.word(HEADER.version)).toBe(WIRE_VERSION);
    expect(application.word(HEADER.tables)).toBe(TABLES);
    expect(application.word(HEADER.workers)).toBe(WORKERS);
    expect(application.word(HEADER.detached)).toBe(0);
    expect(application.size).toBe(regionSize);
  });

  it('cannot be made shorter or longer by the application', () => {
    const { application } = region();
    expect(() => ftruncateSync(application.fd, 0)).toThrow('EPERM');
    expect(() => ftruncateSync(application.fd, regionSize + 4096)).toThrow('EPERM');
  });

  it('tells its application that it was detached, and is attached by no desk afterwards', () => {
    const { id, application } = region();
    detachRegion(id);
    expect(application.word(HEADER.detached)).toBe(1);
    expect(desk().desk.attach(id)).toBe(false);
  });

  it('stays mapped until the last desk has released it', () => {
    const before = mappedRegions();
    const { id } = region();
    const [one, other] = [desk(id), desk(id)];
    detachRegion(id);
    one.desk.release(id);
    expect(mappedRegions()).toBe(before + 1);
    other.desk.release(id);
    expect(mappedRegions()).toBe(before);
  });
});

describe('a socket', () => {
  async function pair(use: (served: Socket, client: Socket) => Promise<void>): Promise<void> {
    const folder = mkdtempSync(join(tmpdir(), 'strongroom-channel-'));
    const server = createServer().listen(join(folder, 'socket'));
    await once(server, 'listening');
    const client = connect(join(folder, 'socket'));
    const [served] = (await once(server, 'connection')) as [Socket];
    await use(served, client);
    client.destroy();
    served.destroy();
    server.close();
    rmSync(folder, { recursive: true });
  }
  const descriptorOf = (socket: Socket) => (socket as unknown as { _handle: { fd: number } })._handle.fd;

  it('tells who is at its other end', () =>
    pair(async (served) => {
      expect(peerCredentials(descriptorOf(served))).toEqual({ pid: process.pid, uid: process.getuid!(), gid: process.getgid!() });
    }));

  it('tells nothing where there is none', () => {
    expect(peerCredentials(-1)).toBeNull();
  });

  it('carries the message with the descriptor, which the engine keeps no longer', () =>
    pair(async (served, client) => {
      const id = createRegion(1, TABLES);
      expect(regionDescriptors()).toHaveLength(1);
      expect(sendRegion(descriptorOf(served), text('welcome'), id)).toBe(true);
      expect(String((await once(client, 'data'))[0])).toBe('welcome');
      expect(regionDescriptors()).toHaveLength(0);
      expect(sendRegion(descriptorOf(served), text('again'), id)).toBe(false);
      detachRegion(id);
    }));
});

describe('a worker without work', () => {
  /** A worker thread that turns so often, and then tells what it got. */
  const code = (path: string, id: number, turns: number) => `
    const { parentPort } = require('node:worker_threads');
    import(${JSON.stringify(path)}).then(({ Desk }) => {
      const request = new ArrayBuffer(${LANE_DATA});
      const desk = new Desk(${WORKER}, request, new ArrayBuffer(64), new Float64Array(2));
      desk.attach(${id});
      parentPort.postMessage(Array.from({ length: ${turns} }, () => desk.turn(-1)));
    });`;
  const start = (id: number, turns: number) => {
    const worker = new Worker(code(new URL('../../../src/engine/channel.ts', import.meta.url).href, id, turns), {
      eval: true,
      execArgv: [],
    });
    // Both from the start: a worker that ends at once tells its message and its end in one go.
    return { told: once(worker, 'message'), ended: once(worker, 'exit') };
  };
  const asleep = async (application: Application) => {
    while (!application.isAsleep(WORKER)) await pause(1);
  };

  it('says that it sleeps, wakes when its doorbell is rung, and says so too', async () => {
    const { id, application } = region();
    const worker = start(id, 1);
    await asleep(application);
    ring(WORKER);
    expect((await worker.told)[0]).toEqual([TURN.MAIL]);
    expect(application.isAsleep(WORKER)).toBe(false);
    await worker.ended;
  });

  it('looks for frames whenever it wakes', async () => {
    const { id, application } = region();
    const worker = start(id, 2);
    await asleep(application);
    application.post(WORKER, 0, text('while you slept'));
    ring(WORKER);
    expect((await worker.told)[0]).toEqual([TURN.MAIL, 15]);
    await worker.ended;
  });
});

describe('a process with workers asleep', () => {
  const code = (path: string) => `
    import { setTimeout } from 'node:timers/promises';
    import { isMainThread, Worker } from 'node:worker_threads';
    import { Desk } from ${JSON.stringify(path)};
    if (isMainThread) {
      const worker = new Worker(new URL(import.meta.url));
      worker.once('message', () => setTimeout(20).then(() => process.exit(7)));
    } else {
      const { parentPort } = await import('node:worker_threads');
      const desk = new Desk(0, new ArrayBuffer(${LANE_DATA}), new ArrayBuffer(64), new Float64Array(2));
      parentPort.postMessage('ready');
      for (;;) desk.turn(-1);
    }`;

  it('can end', () => {
    const folder = mkdtempSync(join(tmpdir(), 'strongroom-channel-'));
    const program = join(folder, 'program.mjs');
    writeFileSync(program, code(new URL('../../../src/engine/channel.ts', import.meta.url).href));
    const { status } = spawnSync(process.execPath, [program], { timeout: 20_000, killSignal: 'SIGKILL' });
    rmSync(folder, { recursive: true });
    expect(status).toBe(7);
  }, 30_000);
});
