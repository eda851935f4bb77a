// The contract auditor: what applications break is noticed, told, and refused where that was asked for; what they keep is not.
import { readFileSync } from 'node:fs';
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

interface Caller {
  readonly thread: number;
  readonly name: string;
  readonly function: string;
  readonly session: number;
}

interface Line {
  readonly breach?: string;
  readonly case: number;
  readonly locks: string;
  readonly first?: Caller | null;
  readonly second?: Caller;
  readonly totals?: Record<string, number>;
  readonly clause?: string;
  readonly remedy?: string;
}

/** What `strongroom audit` knows of the applications that have gone. */
const past = async (room: Room): Promise<Line[]> => {
  const { stdout, code, output } = await room.run(command, ['audit', '--json']);
  expect(code, output).toBe(0);
  return JSON.parse(stdout.toString()).past;
};

/** Once the engine has seen the application go. */
const told = (room: Room) =>
  until('the totals of the application', async () => {
    const lines = await past(room);
    return lines.some(({ totals }) => totals) ? lines : undefined;
  });

const run = (room: Room, token: Token, audit: string, act: string, more: NodeJS.ProcessEnv = {}) =>
  probe(room, 'audit', { PROBE_PIN: token.pin, STRONGROOM_AUDIT: audit, ...more }, act);

const pairs = (lines: readonly Line[]) =>
  lines.flatMap(({ breach, first, second }) => (breach ? [`${breach} ${first?.function ?? 'nobody'} ${second!.function}`] : []));

const handOff = { 'one session, handed on': 'OK' };

describe('the auditor', () => {
  test('says nothing of a session a thread, nor of one that is handed from thread to thread', async ({ room, token }) => {
    const { calls, end } = await run(room, token, 'abort', 'keep');
    expect({ calls, end }).toEqual({
      calls: { 'a session a thread': 'OK', ...handOff, 'nothing to tell': 'OK', C_Finalize: 'OK' },
      end: clean,
    });
    expect(await past(room)).toEqual([]);
  });

  test('notices each breach of the contract, and every call ends as well as it can', async ({ room, token }) => {
    const { calls, end } = await run(room, token, 'log', 'break');
    expect(end).toEqual(clean);
    expect(calls).toEqual({
      'before it is told nothing': 'OK',
      'a second thread in the session': 'OK',
      'the first one': 'OK',
      'another session tells of nothing': 'OK',
      'closing a session under a call': 'OK',
      'the call': 'SESSION_HANDLE_INVALID',
      'closing all sessions under a call': 'OK',
      'the call of another': 'SESSION_HANDLE_INVALID',
      'destroying a key with which a busy session signs': 'OK',
      'its call': 'OK',
      'a call that a handler interrupts with another': 'OK',
      'the other': 'OK',
      'a child without C_Initialize, then with': 'OK',
      'C_Finalize under a call': 'OK',
      'the call of before': 'OK',
      'the first that waited': 'CRYPTOKI_NOT_INITIALIZED',
      'the second': 'CRYPTOKI_NOT_INITIALIZED',
    });
    const lines = await told(room);
    expect(pairs(lines)).toEqual(
      expect.arrayContaining([
        'B2 C_GenerateKey C_GenerateRandom',
        'B3 C_GenerateKey C_Finalize',
        'B4 C_WaitForSlotEvent C_WaitForSlotEvent',
        'B5 nobody C_GetInfo',
        'B6 C_GenerateKey C_CloseSession',
        'B6 C_GenerateKey C_CloseAllSessions',
        'B7 C_GenerateKey C_DestroyObject',
        'B8 C_GenerateKey C_GetInfo',
      ]),
    );
    const two = lines.find(({ second }) => second?.function === 'C_GenerateRandom')!;
    expect(two).toMatchObject({ case: 2, locks: 'os', first: { name: 'first' }, second: { name: 'audit' } });
    expect(two.first!.thread).not.toBe(two.second!.thread);
    expect(two.first!.session).toBe(two.second!.session);
    expect(two.remedy).toContain('session of its own');
    const totals = lines.filter((line) => line.totals).map((line) => line.totals!);
    expect(totals).toHaveLength(1);
    expect(totals[0]).toMatchObject({ B3: 1, B4: 1, B5: 1, B6: 2, B7: 1, B8: 1 });
    expect(readFileSync(join(room.home, 'audit.jsonl'), 'utf8')).not.toContain(token.pin);
  });

  test('notices two threads where one was promised, whichever their sessions', async ({ room, token }) => {
    const { calls, end } = await run(room, token, 'count', 'alone');
    expect({ calls, end }).toEqual({ calls: { ...handOff, 'the other': 'OK', C_Finalize: 'OK' }, end: clean });
    // Counted, but nobody asked who it was.
    const lines = await told(room);
    expect(pairs(lines)).toEqual([]);
    expect(lines[0]).toMatchObject({ case: 1, locks: 'none', totals: { B1: expect.any(Number) } });
    expect(Object.keys(lines[0]!.totals!)).toEqual(['B1']);
  });

  test('refuses the second call of a session where that is asked for, and the session goes on', async ({ room, token }) => {
    const { calls, end } = await run(room, token, 'enforce', 'refused');
    expect(end).toEqual(clean);
    expect(calls).toEqual({
      'another call meanwhile': 'OPERATION_ACTIVE',
      'the first one': 'OK',
      'another call afterwards': 'OK',
      C_Finalize: 'OK',
    });
    expect(pairs(await told(room))).toContain('B2 C_GenerateKey C_DigestInit');
  });

  test('refuses the second of two threads where one was promised and is held to it', async ({ room, token }) => {
    const { calls, end } = await run(room, token, 'count', 'strict', { STRONGROOM_LOCKING: 'strict' });
    expect(end).toEqual(clean);
    expect(calls).toEqual({
      'another call meanwhile': 'FUNCTION_FAILED',
      'the first one': 'OK',
      'another call afterwards': 'OK',
      C_Finalize: 'OK',
    });
    expect((await told(room))[0]!.totals).toMatchObject({ B1: 1 });
  });

  const over = {
    'the first one': 'OK',
    'C_DigestFinal afterwards': 'OPERATION_NOT_INITIALIZED',
    'C_SignInit afterwards': 'OK',
    'C_DigestInit afterwards': 'OK',
    'C_DigestFinal of that': 'OK',
    C_Finalize: 'OK',
  };

  test('ends what a refused call would have ended, once nobody is in the session', async ({ room, token }) => {
    const { calls, end } = await run(room, token, 'enforce', 'ended');
    expect(end).toEqual(clean);
    expect(calls).toEqual({ 'C_DigestFinal meanwhile': 'OPERATION_ACTIVE', 'C_SignFinal meanwhile': 'OPERATION_ACTIVE', ...over });
  });

  test('ends it too where one thread was promised, and the sessions are not the same', async ({ room, token }) => {
    const { calls, end } = await run(room, token, 'count', 'ended alone', { STRONGROOM_LOCKING: 'strict' });
    expect(end).toEqual(clean);
    expect(calls).toEqual({
      'C_DigestFinal meanwhile': 'FUNCTION_FAILED',
      'C_SignFinal meanwhile': 'FUNCTION_FAILED',
      ...over,
      'C_Digest meanwhile': 'FUNCTION_FAILED',
      'C_Digest afterwards': 'OPERATION_NOT_INITIALIZED',
      'all of it': 'OK',
    });
  });

  test('ends nothing for a refused call that would have ended nothing', async ({ room, token }) => {
    const { calls } = await run(room, token, 'enforce', 'kept');
    expect(calls).toEqual({
      'C_GenerateRandom meanwhile': 'OPERATION_ACTIVE',
      'the first one': 'OK',
      'C_DigestFinal afterwards': 'OK',
      C_Finalize: 'OK',
    });
  });

  test('does not end the operation that another thread is carrying out', async ({ room, token }) => {
    const { calls, end } = await run(room, token, 'enforce', 'spared');
    expect(end).toEqual(clean);
    expect(calls).toEqual({
      'C_DigestFinal meanwhile': 'OPERATION_ACTIVE',
      'the first one': 'OK',
      'its result': 'OK',
      'all of it': 'OK',
      C_Finalize: 'OK',
    });
  });

  test('notices a C_Finalize beside a call that waits for a lock and has reached no engine', async ({ room, token }) => {
    const { calls, end } = await run(room, token, 'log', 'waiting');
    expect({ calls, end }).toEqual({ calls: { C_Finalize: 'OK' }, end: clean });
    expect(pairs(await told(room))).toEqual(['B3 nobody C_Finalize']);
  });

  test('is not begun with a level that there is not', async ({ room, token }) => {
    const { end } = await run(room, token, 'everything', 'keep');
    expect(end.stderr).toBe('C_Initialize: 0x6\n');
  });

  test('ends the program where that is asked for, and says why', async ({ room, token }) => {
    const { end } = await run(room, token, 'abort', 'refused');
    expect(end.signal).toBe('SIGABRT');
    const words =
      /^strongroom: B2: thread \d+ \(audit\) called C_DigestInit, session \d+, from (\S+)\+(0x\w+); thread \d+ \(first\) was in C_GenerateKey, session \d+, from (\S+)\+(0x\w+)\n$/;
    expect(end.stderr).toMatch(words);
    const [, second, at, first, where] = words.exec(end.stderr)!;
    expect([first, second]).toEqual([join(room.folder, 'audit'), join(room.folder, 'audit')]);
    // Which functions of the application that is.
    const { stdout } = await room.run('addr2line', ['-f', '-s', '-e', first!, where!, at!]);
    expect(stdout.toString().split('\n')).toEqual([
      'slow',
      expect.stringMatching(/^audit\.c:\d+$/),
      'refused',
      expect.stringMatching(/^audit\.c:\d+/),
      '',
    ]);
    expect(pairs(await told(room))).toEqual(['B2 C_GenerateKey C_DigestInit']);
  });

  test('counts where nothing was asked for, and tells of it to those who look', async ({ room, token, module, session }) => {
    // This process promised several threads and keeps to it.
    module.C_GetSessionInfo(session);
    const { stdout } = await room.run(command, ['audit', '--json']);
    expect(JSON.parse(stdout.toString()).live).toMatchObject([
      { pid: process.pid, case: 2, locks: 'os', audit: 'off', totals: {}, findings: [] },
    ]);
    const text = await room.run(command, ['audit']);
    expect(text.output).toContain(String(process.pid));
    expect(text.output).toContain('No finding is kept');
    expect(token.label).not.toBe('');
  });
});
