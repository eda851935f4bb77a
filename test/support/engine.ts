// The engine of a test's store, from outside: its process and its control socket.
import { connect } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { leftovers, processesOf } from './leftovers.ts';
import { patience } from './sanitizer.ts';

/** The answer to one control request, or undefined where no engine listens. */
export const request = (home: string, name: string, more: Readonly<Record<string, unknown>> = {}): Promise<unknown> =>
  new Promise((resolve, reject) => {
    const socket = connect(`${home}/engine.sock`);
    let answer = '';
    socket.setEncoding('utf8').setTimeout(10_000, () => socket.destroy(new Error(`the engine did not answer ${name}`)));
    socket.on('connect', () => socket.write(`${JSON.stringify({ request: name, ...more })}\n`));
    socket.on('data', (piece: string) => (answer += piece));
    socket.on('close', () => resolve(answer === '' ? undefined : JSON.parse(answer)));
    socket.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT' || error.code === 'ECONNREFUSED' || error.code === 'ECONNRESET') resolve(undefined);
      else reject(error);
    });
  });

/** Looks every few milliseconds until `look` finds something. */
export const until = async <T>(what: string, look: () => T | Promise<T>, limit = 15_000): Promise<NonNullable<T>> => {
  for (const end = Date.now() + patience(limit); ; await pause(20)) {
    const found = await look();
    if (found) return found;
    if (Date.now() > end) throw new Error(`waited ${limit / 1000} s in vain: ${what}`);
  }
};

/** Asks the engine to stop and answers with what is left of it once there is nothing to wait for, or no more time to. */
export const stopEngine = async (home: string, limit = 10_000): Promise<string[]> => {
  await request(home, 'stop');
  for (const end = Date.now() + limit; ; await pause(20)) {
    const left = leftovers(home);
    if (left.length === 0 || Date.now() > end) return left;
  }
};

/** For a test that ends badly: nothing it started may outlive it. */
export const killAll = (home: string): void => {
  for (const pid of processesOf(home)) process.kill(pid, 'SIGKILL');
};
