// What the standard leaves undefined, done many times over: it ends, and nothing comes of it but listed answers and right results.
// `npm run test:long` does it as often as the second number says.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { probe } from '../support/probe.ts';
import { needs } from '../support/program.ts';
import { sharedTest as test } from '../support/token.ts';

needs('cc');

const long = process.env.STRONGROOM_LONG === '1';
const LIMIT = 600_000;

interface Act {
  readonly sentence: string;
  /** Rounds in the usual run and in the long one. */
  readonly rounds: readonly [number, number];
  readonly threads: number;
}

/** By the probe's own names; in each of the three locking modes. */
const acts: Readonly<Record<string, Act>> = {
  races: { sentence: 'of 64 threads that call C_Initialize at once exactly one gets CKR_OK', rounds: [10, 1000], threads: 64 },
  forks: {
    sentence: 'a process forks, also by clone alone, while its threads work: no child hangs, no parent notices',
    rounds: [40, 1000],
    threads: 8,
  },
  handlers: { sentence: 'a signal handler forks within a call, and the child comes back into it', rounds: [5, 100], threads: 1 },
  hammer: {
    sentence: 'a session that all threads use at once gives right answers or says that it is in use',
    rounds: [100, 5000],
    threads: 8,
  },
  closing: { sentence: 'sessions are closed under those who use them', rounds: [10, 500], threads: 8 },
  finalizing: { sentence: 'the library is finalized and initialised again under those who use it', rounds: [5, 200], threads: 8 },
  destroying: { sentence: 'a key is destroyed under those who sign with it, and no signature is wrong', rounds: [10, 500], threads: 4 },
};

const LOCKINGS = ['none', 'os', 'app'] as const;

describe.for(LOCKINGS)('with locking %s', (locking) => {
  test.for(Object.entries(acts).map(([name, act]) => ({ name, ...act })))(
    '$sentence',
    { timeout: LIMIT },
    async ({ name, rounds, threads }, { room, token }) => {
      const numbers = [rounds[long ? 1 : 0], threads].map(String);
      const { calls, end } = await probe(room, 'storm', { PROBE_PIN: token.pin }, name, ...numbers, locking);
      expect(end).toEqual({ code: 0, signal: null, stderr: '' });
      expect(calls[name]).toBe('OK');
    },
  );
});

const SESSIONS = long ? 10_000 : 2048;

test(`${SESSIONS} sessions are open at once, and each works`, { timeout: LIMIT }, async ({ room, token }) => {
  const { calls, end } = await probe(room, 'storm', { PROBE_PIN: token.pin }, 'sessions', String(SESSIONS));
  expect(end).toEqual({ code: 0, signal: null, stderr: '' });
  expect(calls.sessions).toBe('OK');
});

test.for([
  ['without C_Finalize', '0'],
  ['after C_Finalize', '1'],
])('a program ends %s while its threads and its exit handlers call in', async ([, finalizes], { room, token }) => {
  const { calls, end } = await probe(room, 'storm', { PROBE_PIN: token.pin }, 'leaving', finalizes!, '8');
  expect(end).toEqual({ code: 0, signal: null, stderr: '' });
  expect(calls['the end is reached']).toBe('OK');
});

test('the library is unloaded whole, time after time, also without C_Finalize and before the threads end that used it', {
  timeout: LIMIT,
}, async ({ room, token }) => {
  const { calls, end } = await probe(room, 'storm', { PROBE_PIN: token.pin }, 'loading', long ? '200' : '10');
  expect(end).toEqual({ code: 0, signal: null, stderr: '' });
  expect(calls.loading).toBe('OK');
});

const mutexes = {
  "the application's mutexes are used": 'OK',
  'each is destroyed': 'OK',
  'each lock is given back': 'OK',
  "and none of the system's is touched": 'OK',
  "where the system's are wanted they are seen": 'OK',
  'where none is wanted there is none': 'OK',
  "the callbacks' contract is kept": 'OK',
};

test('an application’s own mutexes are all that is used, each is given back, and none is left', async ({ room, token: _token }) => {
  const { calls, end } = await probe(room, 'mutexes');
  expect(end).toEqual({ code: 0, signal: null, stderr: '' });
  expect(calls).toEqual(mutexes);
});

test('a setting overrules what the application asked for', async ({ room, token: _token }) => {
  const none = await probe(room, 'mutexes', { STRONGROOM_LOCKING: 'none' });
  expect(none.calls).toEqual({
    ...mutexes,
    "the application's mutexes are used": 'GENERAL_ERROR',
    "where the system's are wanted they are seen": 'GENERAL_ERROR',
  });
  // As the user's file has it.
  mkdirSync(join(room.folder, '.config'), { recursive: true });
  writeFileSync(join(room.folder, '.config', 'strongroom.toml'), 'locking = "os"\n', { mode: 0o600 });
  const os = await probe(room, 'mutexes', process.geteuid?.() === 0 ? { STRONGROOM_LOCKING: 'os' } : {});
  expect(os.calls).toEqual({
    ...mutexes,
    "the application's mutexes are used": 'GENERAL_ERROR',
    "and none of the system's is touched": 'GENERAL_ERROR',
    'where none is wanted there is none': 'GENERAL_ERROR',
  });
});
