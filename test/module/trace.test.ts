// The setting `trace`: the stages of calls, from the application's thread to the engine and back. How long they take is for `npm run bench:stages`.
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { STAGES } from '../../src/engine/trace.ts';
import { command, modulePath } from '../support/paths.ts';
import { type Room, test } from '../support/room.ts';

const meter = join(import.meta.dirname, '..', '..', 'build', 'Release', 'speed');

interface Stage {
  readonly stage: string;
  readonly p50: number;
  readonly p99: number;
  readonly mean: number;
}
interface Status {
  readonly stages?: readonly { readonly function: string; readonly calls: number; readonly stages: readonly Stage[] }[];
}

/** Signs in two threads for a moment, and answers with what the engine says of itself then, and how many signatures it were. */
async function sign(room: Room, env: NodeJS.ProcessEnv): Promise<{ status: Status; shown: string; done: number }> {
  const options = { env: { ...room.env, ...env, STRONGROOM_PIN: '123456' } };
  const base = ['--module', modulePath, '--label', 'traced'];
  expect((await room.run(meter, [...base, '--prepare'], options)).code).toBe(0);
  const { stdout } = await room.run(meter, [...base, '--operation', 'p-256', '--threads', '2', '--seconds', '0.2'], options);
  const { done } = JSON.parse(stdout.toString()) as { done: number };
  const status = JSON.parse((await room.run(command, ['status', '--json'], options)).stdout.toString()) as Status;
  return { status, shown: (await room.run(command, ['status'], options)).stdout.toString(), done };
}

describe('with the setting `trace`', () => {
  test('status tells the stages of each function: they add up to the whole call', async ({ room }) => {
    const { status, shown, done } = await sign(room, { STRONGROOM_TRACE: 'true' });
    const traced = status.stages?.find((each) => each.function === 'C_Sign');
    expect(traced?.stages.map(({ stage }) => stage)).toEqual(STAGES);
    // Each call is counted when its lane is used the next time.
    expect(traced?.calls).toBeGreaterThanOrEqual(done - 2);
    const means = traced!.stages.map(({ mean }) => mean);
    const whole = means.pop()!;
    expect(means.reduce((sum, mean) => sum + mean)).toBeCloseTo(whole, 1);
    expect(traced!.stages.find(({ stage }) => stage === 'OpenSSL')?.p50).toBeGreaterThan(1);
    for (const { p50, p99 } of traced!.stages) expect(p50).toBeLessThanOrEqual(p99);
    expect(shown).toContain(`C_Sign (${traced!.calls})`);
  });

  test('without it there is nothing to tell', async ({ room }) => {
    const { status, shown } = await sign(room, {});
    expect(status.stages).toBeUndefined();
    expect(shown).not.toContain('C_Sign');
  });
});
