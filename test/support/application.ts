// A second application beside the test's own: the module's functions, each answered by another process.
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { PKCS11 } from 'pkcs11js';
import type { Room } from './room.ts';

type Remote = {
  readonly [Name in keyof PKCS11]: PKCS11[Name] extends (...args: infer Args) => infer Value
    ? (...args: Args) => Promise<Awaited<Value>>
    : never;
};

export interface Application {
  readonly module: Remote;
  readonly process: ChildProcess;
  /** Ends the process as kill -9 does. */
  kill(): Promise<void>;
}

interface Answer {
  readonly id: number;
  readonly value?: unknown;
  readonly message?: string;
  readonly code?: number;
}

type Waiting = Pick<PromiseWithResolvers<unknown>, 'resolve' | 'reject'>;

const remote = (child: ChildProcess): Remote => {
  const waiting = new Map<number, Waiting>();
  let last = 0;
  child.on('message', ({ id, value, message, code }: Answer) => {
    if (message === undefined) waiting.get(id)?.resolve(value);
    else waiting.get(id)?.reject(Object.assign(new Error(message), { code }));
    waiting.delete(id);
  });
  child.once('exit', () => {
    for (const { reject } of waiting.values()) reject(new Error('the application has ended'));
  });
  const call = (name: string, args: readonly unknown[]) => {
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    last += 1;
    waiting.set(last, { resolve, reject });
    child.send({ id: last, name, args });
    return promise;
  };
  return new Proxy(
    {},
    {
      get:
        (_, name: string) =>
        (...args: readonly unknown[]) =>
          call(name, args),
    },
  ) as Remote;
};

/** @param before a command line that the process is started by, in front of its own. */
export const startApplication = ({ env, folder, atEnd }: Room, before: readonly string[] = []): Application => {
  const [execPath = process.execPath, ...execArgv] = [...before, process.execPath];
  const path = fileURLToPath(new URL('./application-process.ts', import.meta.url));
  const child = fork(path, [], { env, cwd: folder, execPath, execArgv: before.length > 0 ? execArgv : [], serialization: 'advanced' });
  const kill = async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGKILL');
    await once(child, 'exit');
  };
  atEnd(kill);
  return { module: remote(child), process: child, kill };
};
