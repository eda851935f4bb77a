// A child that uses what it inherited is told of as its parent's breach, though it never calls C_Initialize, and whatever became of its parent.
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { until } from '../support/engine.ts';
import type { Token } from '../support/module.ts';
import { command } from '../support/paths.ts';
import { probe } from '../support/probe.ts';
import { needs } from '../support/program.ts';
import type { Room } from '../support/room.ts';
import { test } from '../support/token.ts';

needs('cc');

const clean = { code: 0, signal: null, stderr: '' };

interface Line {
  readonly pid: number;
  readonly breach?: string;
  readonly count?: number;
  readonly first?: unknown;
  readonly second?: { readonly thread: number; readonly name: string; readonly function: string; readonly process?: number };
  readonly totals?: Record<string, number>;
  readonly findings?: readonly Line[];
  readonly remedy?: string;
}

const run = (room: Room, token: Token, audit: string, act: string) =>
  probe(room, 'orphans', { PROBE_PIN: token.pin, STRONGROOM_AUDIT: audit }, act);

const audited = async (room: Room): Promise<{ live: Line[]; past: Line[] }> => {
  const { stdout, code, output } = await room.run(command, ['audit', '--json']);
  expect(code, output).toBe(0);
  return JSON.parse(stdout.toString());
};

/** Once the totals of an application are in the file. */
const past = (room: Room) =>
  until('the totals of the application', async () => {
    const lines = (await audited(room)).past;
    return lines.some(({ totals }) => totals) ? lines : undefined;
  });

const exists = (room: Room, name: string) => until(name, async () => existsSync(join(room.folder, name)) || undefined);
const tell = (room: Room, name: string) => writeFileSync(join(room.folder, name), '');

const found = (lines: readonly Line[]) =>
  lines.flatMap(({ breach, second, count }) => (breach ? [`${breach} ${second!.function} ${count}`] : []));
const totals = (lines: readonly Line[]) => lines.flatMap((line) => (line.totals ? [line.totals] : []));

const gone = (room: Room) =>
  until('an engine without applications', async () => {
    const { stdout } = await room.run(command, ['status', '--json']);
    return JSON.parse(stdout.toString()).applications.length === 0 || undefined;
  });

describe('a child that never initialises', () => {
  test('is told of at once, while its parent lives', async ({ room, token }) => {
    const running = run(room, token, 'log', 'stays');
    await exists(room, 'called');
    const [application] = (await audited(room)).live;
    const text = await room.run(command, ['audit']);
    tell(room, 'go');
    const { calls, end } = await running;
    expect({ calls, end }).toEqual({ calls: { child: 'OK', process: expect.any(String), C_Finalize: 'OK' }, end: clean });
    const child = Number(calls.process);
    expect(application).toMatchObject({ totals: { B5: 2 } });
    expect(application!.findings).toEqual([
      {
        breach: 'B5',
        count: 1,
        first: null,
        second: { thread: child, process: child, name: 'orphans', function: 'C_GetInfo', session: 0 },
      },
      { breach: 'B5', count: 1, first: null, second: expect.objectContaining({ process: child, function: 'C_GetSessionInfo' }) },
    ]);
    expect(text.output).toContain(`C_GetInfo, thread ${child} (orphans) of process ${child}`);
    const lines = await past(room);
    expect(found(lines)).toEqual(['B5 C_GetInfo 1', 'B5 C_GetSessionInfo 1']);
    expect(lines[0]).toMatchObject({ pid: application!.pid, remedy: 'Call C_Initialize in the child after fork().' });
  });

  test.for(['count', 'enforce'])('is counted, and answered as ever, with the setting %s', async (audit, { room, token }) => {
    const { calls, end } = await run(room, token, audit, 'cloned');
    expect({ calls, end }).toEqual({ calls: { child: 'OK', C_Finalize: 'OK' }, end: clean });
    const lines = await past(room);
    expect(found(lines)).toEqual(audit === 'count' ? [] : ['B5 C_GetInfo 1', 'B5 C_GetSessionInfo 1']);
    expect(totals(lines)).toEqual([{ B5: 2 }]);
  });

  test('is counted where nothing was asked for, and nothing is kept', async ({ room, token }) => {
    const running = run(room, token, 'off', 'stays');
    await exists(room, 'called');
    expect((await audited(room)).live).toMatchObject([{ totals: { B5: 2 }, findings: [] }]);
    tell(room, 'go');
    expect((await running).end).toEqual(clean);
    await gone(room);
    expect(await audited(room)).toEqual({ live: [], past: [] });
  });

  test('is ended where that is asked for, and says why; its parent goes on', async ({ room, token }) => {
    const { calls, end } = await run(room, token, 'abort', 'aborts');
    expect({ calls, code: end.code }).toEqual({ calls: { child: 'OK', parent: 'OK', C_Finalize: 'OK' }, code: 0 });
    const words = /^strongroom: B5: thread \d+ \(orphans\) called C_GetInfo, session 0, from (\S+)\+(0x\w+)\n$/;
    expect(end.stderr).toMatch(words);
    const [, file, place] = words.exec(end.stderr)!;
    const { stdout } = await room.run('addr2line', ['-f', '-s', '-e', file!, place!]);
    expect(stdout.toString()).toMatch(/^call_and_leave\norphans\.c:\d+/);
    expect(found(await past(room))).toEqual(['B5 C_GetInfo 1']);
  });

  test('is told of when there are many at once, cloned beside a busy thread', async ({ room, token }) => {
    const { calls, end } = await run(room, token, 'log', 'many');
    expect({ calls, end }).toEqual({ calls: { children: 'OK', parent: 'OK', C_Finalize: 'OK' }, end: clean });
    const lines = await past(room);
    expect(found(lines).sort()).toEqual(['B5 C_GetInfo 3200', 'B5 C_GetSessionInfo 32']);
    expect(totals(lines)).toEqual([{ B5: 3232 }]);
  });

  test('is told of as itself, not as the child whose child it is', async ({ room, token }) => {
    const { calls } = await run(room, token, 'log', 'generations');
    expect(calls.child).toBe('OK');
    const lines = await past(room);
    expect(found(lines)).toEqual(['B5 C_GetInfo 2', 'B5 C_GetSessionInfo 1']);
    const [one, other] = lines.map(({ second }) => second!);
    expect(one!.thread).toBe(one!.process);
    expect(other!.thread).toBe(other!.process);
    expect(one!.process).not.toBe(other!.process);
  });

  test('is told of when its parent has finalised, whose sessions do not wait for it', async ({ room, token }) => {
    const running = run(room, token, 'log', 'finalised');
    await exists(room, 'called');
    await gone(room);
    expect((await audited(room)).live).toEqual([]);
    tell(room, 'go');
    const { calls, end } = await running;
    expect({ calls, end }).toEqual({ calls: { C_Finalize: 'OK', child: 'OK' }, end: clean });
    expect(found(await past(room))).toEqual(['B5 C_GetInfo 1', 'B5 C_GetSessionInfo 1']);
  });

  test('is told of when its parent has died', { timeout: 20_000 }, async ({ room, token }) => {
    // The probe's end is its child's: that one has its output.
    const running = run(room, token, 'log', 'died');
    await exists(room, 'called');
    expect((await audited(room)).live).toHaveLength(1);
    tell(room, 'leave');
    await gone(room);
    tell(room, 'go');
    expect((await running).end).toEqual(clean);
    expect(found(await past(room))).toEqual(['B5 C_GetInfo 1', 'B5 C_GetSessionInfo 1']);
  });

  test('has of what its parent and the engine share that page alone', async ({ room, token }) => {
    const { calls } = await run(room, token, 'log', 'mapped');
    expect(calls).toEqual({ '/memfd:orphans': 'OK', child: 'OK', C_Finalize: 'OK' });
  });

  test('is none of the library’s business where it has its parent’s memory', async ({ room, token }) => {
    const { calls, end } = await run(room, token, 'abort', 'borrowed');
    expect({ calls, end }).toEqual({ calls: { 'child of vfork': 'OK', C_Finalize: 'OK' }, end: clean });
    expect((await audited(room)).past).toEqual([]);
  });
});

describe('a child that initialises after it has called', () => {
  test('is told of once, by its parent’s page', async ({ room, token }) => {
    tell(room, 'go');
    const { calls, end } = await run(room, token, 'log', 'initialises');
    expect({ calls, end }).toEqual({ calls: { child: 'OK', C_Finalize: 'OK' }, end: clean });
    expect(totals(await past(room))).toEqual([{ B5: 1 }]);
  });

  test('tells of it itself where the engine that knew its parent has gone', async ({ room, token }) => {
    const running = run(room, token, 'log', 'initialises');
    await exists(room, 'called');
    await room.run(command, ['stop']);
    tell(room, 'go');
    const { calls, end } = await running;
    expect({ calls, end }).toEqual({ calls: { child: 'OK', C_Finalize: 'OK' }, end: clean });
    const lines = await past(room);
    expect(totals(lines)).toEqual([{ B5: 1 }]);
    expect(lines.find(({ second }) => second)!.second!.process).toBeUndefined();
  });
});
