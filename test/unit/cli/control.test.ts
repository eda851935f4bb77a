import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ask, socketOf } from '../../../src/cli/control.ts';

let home: string;
let server: Server | undefined;

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'control-'));
});
afterEach(async () => {
  await new Promise<void>((resolve) => (server ? server.close(() => resolve()) : resolve()));
  server = undefined;
  rmSync(home, { recursive: true });
});

/** An engine that does one thing with whoever connects. */
const engine = async (answer: (socket: Socket, request: string) => void, folder = home) => {
  server = createServer((socket) => socket.on('error', () => {}).once('data', (data) => answer(socket, String(data))));
  await new Promise<void>((resolve) => server?.listen(socketOf(folder), resolve));
};

describe('the control socket', () => {
  it('is asked one line and answers one line', async () => {
    let asked = '';
    await engine((socket, request) => {
      asked = request;
      socket.end('{"deleted":true}\n');
    });
    expect(await ask(home, 'delete-token', { slot: 7 })).toEqual({ deleted: true });
    expect(asked).toBe('{"request":"delete-token","slot":7}\n');
  });

  it('may answer in pieces', async () => {
    await engine((socket) => {
      socket.write('{"stop');
      setImmediate(() => socket.end('ping":true}\n{"more"'));
    });
    expect(await ask(home, 'stop')).toEqual({ stopping: true });
  });

  it('passes the engine’s sentence on', async () => {
    await engine((socket) => socket.end('{"error":"The token is in use."}\n'));
    await expect(ask(home, 'stop')).rejects.toThrow('The token is in use.');
  });

  it('without an engine is no failure: no folder, no socket', async () => {
    expect(await ask(home, 'status')).toBeUndefined();
    expect(await ask(join(home, 'none'), 'status')).toBeUndefined();
  });

  it.each(['hello\n', 'null\n', '7\n'])('of another program is told apart: %j', async (line) => {
    await engine((socket) => socket.end(line));
    await expect(ask(home, 'status')).rejects.toThrow('no engine of Strongroom');
  });

  it('that hangs up without an answer is a failure', async () => {
    await engine((socket) => socket.end());
    await expect(ask(home, 'status')).rejects.toThrow('hung up');
  });

  it('may lie deeper than a socket’s path can say', async () => {
    const deep = join(home, 'x'.repeat(120));
    mkdirSync(deep);
    const before = process.cwd();
    process.chdir(deep);
    server = createServer((socket) => socket.once('data', () => socket.end('{"stopping":true}\n')));
    await new Promise<void>((resolve) => server?.listen('engine.sock', resolve));
    process.chdir(before);
    expect(await ask(deep, 'stop')).toEqual({ stopping: true });
  });
});
