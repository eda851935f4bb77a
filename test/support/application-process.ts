// Another application: a process that loads the module and makes the calls that its parent (application.ts) asks for.
import { load } from './module.ts';

interface Request {
  readonly id: number;
  readonly name: string;
  readonly args: readonly unknown[];
}

const module = load() as unknown as Record<string, (...args: readonly unknown[]) => unknown>;

process.on('message', async ({ id, name, args }: Request) => {
  try {
    process.send!({ id, value: await module[name]!(...args) });
  } catch (error) {
    const { message, code } = error as Error & { code?: number };
    process.send!({ id, message, code });
  }
});
// The parent has gone, or wants no more: what is open is left open, as by a program that just ends.
process.on('disconnect', () => process.exit());
