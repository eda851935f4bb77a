// Who changes an object waits for his turn with others who do, in whichever application they are, and nobody else waits for any of them.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect } from 'vitest';
import { CKR } from '../../src/protocol/constants.ts';
import { request, until } from '../support/engine.ts';
import { generateKeyPair } from '../support/key-pair.ts';
import { command, modulePath } from '../support/paths.ts';
import { compile } from '../support/probe.ts';
import { type Finished, finished, needs } from '../support/program.ts';
import type { Room } from '../support/room.ts';
import { test } from '../support/token.ts';

needs('cc');

interface Met {
  readonly role: 'change' | 'sign' | 'read';
  readonly done: number;
  /** Signatures that are wrong; changes that were seen half done. */
  readonly wrong: number;
  readonly last: number;
}

interface Running {
  readonly process: ChildProcess;
  readonly end: Promise<Finished>;
}

const LABEL = 'a key';

/** @returns once each of its threads has come once. @param times that each of them comes before the key is destroyed. */
const start = async (room: Room, program: string, pin: string, ...times: string[]): Promise<Running> => {
  const process = spawn(program, [modulePath, LABEL, ...times], { env: { ...room.env, PROBE_PIN: pin } });
  const end = finished(process);
  room.atEnd(async () => {
    process.kill('SIGKILL');
    await end;
  });
  await Promise.race([once(process.stderr, 'data'), end]);
  return { process, end };
};

const metBy = async ({ end }: Running): Promise<readonly Met[]> => {
  const { code, signal, stdout, stderr } = await end;
  expect({ code, signal, stderr }).toEqual({ code: 0, signal: null, stderr: 'ready\n' });
  return JSON.parse(stdout.toString()) as readonly Met[];
};

const of = (all: readonly Met[], role: Met['role']) => all.filter((met) => met.role === role);

/** Everybody went on until the key was gone, was told so, and saw nothing that was wrong; CKR_FUNCTION_FAILED would be a turn that did not come. */
const expectOrder = (all: readonly Met[]) => {
  // The last one: of a C_Sign whose key went after C_SignInit (decision 004).
  const gone: readonly number[] = [CKR.OBJECT_HANDLE_INVALID, CKR.KEY_HANDLE_INVALID, CKR.OPERATION_NOT_INITIALIZED];
  expect(all.filter(({ last }) => !gone.includes(last))).toEqual([]);
  expect(all.reduce((sum, { wrong }) => sum + wrong, 0)).toBe(0);
};

const contended = async (home: string) =>
  ((await request(home, 'status')) as { contended: readonly { object: number; times: number }[] }).contended;

test('two applications, several threads each, change one key while others sign with it, until one destroys it', {
  timeout: 180_000,
}, async ({ room, token, module, session }) => {
  generateKeyPair(module, session, 'rsa', LABEL);
  const program = await compile(room, 'contention');
  const applications = [await start(room, program, token.pin), await start(room, program, token.pin, '15')];
  const all = (await Promise.all(applications.map(metBy))).flat();
  expect(all).toHaveLength(14);
  expectOrder(all);
  expect(all.filter(({ done }) => done === 0)).toEqual([]);
  // First come, first served: nobody has many more turns than another.
  const changes = of(all, 'change').map(({ done }) => done);
  expect(Math.max(...changes) / Math.min(...changes)).toBeLessThan(10);
  const [object] = await contended(room.home);
  expect(object!.times).toBeGreaterThan(0);
  const status = await room.run(command, ['status']);
  expect(status.output).toMatch(new RegExp(`contended objects +${object!.object} \\(\\d+\\)`));
});

test('an application that is killed while it changes a key, or waits for its turn, takes no turn with it', {
  timeout: 180_000,
}, async ({ room, token, module, session }) => {
  generateKeyPair(module, session, 'rsa', LABEL);
  const program = await compile(room, 'contention');
  const survivor = await start(room, program, token.pin);
  for (let n = 0; n < 3; n += 1) {
    const before = (await contended(room.home))[0]?.times ?? 0;
    const victim = await start(room, program, token.pin);
    await until('the two have met', async () => ((await contended(room.home))[0]?.times ?? 0) > before + 10, 60_000);
    victim.process.kill('SIGKILL');
    expect((await victim.end).signal).toBe('SIGKILL');
  }
  const last = await start(room, program, token.pin, '5');
  const [own, other] = await Promise.all([survivor, last].map(metBy));
  expectOrder([...own!, ...other!]);
  expect(own!.filter(({ done }) => done === 0)).toEqual([]);
});
