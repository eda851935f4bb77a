// What takes long, done in a loop by another process while signatures are measured: what the targets of issue 5 name. Each is a program of its own.

import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import type { Contestant } from '../../src/cli/speed/meter.ts';

export const SLOW = ['nothing', 'RSA-4096 generation', 'PIN derivation', 'backup', 'creation and checkpoints'] as const;
export type Slow = (typeof SLOW)[number];

/** Goes on until it is stopped; then it says how often it was done. */
export interface Running {
  stop(): Promise<number>;
}

/** What the looping process is told, and what it answers. */
export interface Told {
  readonly slow: Slow;
  readonly contestant: Pick<Contestant, 'module' | 'label' | 'pin'>;
}
export type Says = 'runs' | { readonly done: number };

const says = async (child: ChildProcess): Promise<Says> => {
  const ended = once(child, 'exit').then(([code]) => Promise.reject(new Error(`what was to take long ended with ${code}`)));
  const [message] = (await Promise.race([once(child, 'message'), ended])) as [Says];
  return message;
};

export async function start(slow: Slow, { module, label, pin, environment }: Contestant): Promise<Running> {
  if (slow === 'nothing') return { stop: async () => 0 };
  const child = fork(new URL('./slow-loop.ts', import.meta.url), { env: { ...process.env, ...environment } });
  child.send({ slow, contestant: { module, label, pin } } satisfies Told);
  await says(child);
  return {
    async stop() {
      child.send('stop');
      const answer = await says(child);
      child.disconnect();
      await once(child, 'exit');
      return typeof answer === 'string' ? 0 : answer.done;
    },
  };
}
