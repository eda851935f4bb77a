// C_Initialize and C_Finalize: every kind of argument, and a process that forks.
import { expect } from 'vitest';
import { probe } from '../support/probe.ts';
import { needs } from '../support/program.ts';
import { test } from '../support/token.ts';

needs('cc');

const clean = { code: 0, signal: null, stderr: '' };

test('C_Initialize honours what it is given, or refuses and leaves nothing behind', async ({ room, token: _token }) => {
  const { calls, end } = await probe(room, 'initialize');
  expect(end).toEqual(clean);
  expect(calls).toEqual({
    'C_Finalize before C_Initialize': 'CRYPTOKI_NOT_INITIALIZED',
    'no flag, no callbacks': 'OK',
    CKF_OS_LOCKING_OK: 'OK',
    callbacks: 'OK',
    'callbacks and CKF_OS_LOCKING_OK': 'OK',
    'no threads of its own': 'OK',
    'as NSS does it': 'OK',
    'some of the callbacks': 'ARGUMENTS_BAD',
    'some of the callbacks and CKF_OS_LOCKING_OK': 'ARGUMENTS_BAD',
    'something reserved': 'ARGUMENTS_BAD',
    twice: 'CRYPTOKI_ALREADY_INITIALIZED',
    'and once more': 'CRYPTOKI_ALREADY_INITIALIZED',
    'one C_Finalize ends it': 'OK',
    'and there is no second': 'CRYPTOKI_NOT_INITIALIZED',
  });
});

test('a child is another application, and its parent does not notice', async ({ room, token }) => {
  const { calls, end } = await probe(room, 'fork', { PROBE_PIN: token.pin });
  expect(end).toEqual(clean);
  expect(calls).toEqual({
    'parent: digest across a child that does nothing': 'OK',
    'child: C_GetInfo without C_Initialize': 'CRYPTOKI_NOT_INITIALIZED',
    "child: C_GetSessionInfo of the parent's session": 'CRYPTOKI_NOT_INITIALIZED',
    'child: C_Initialize': 'OK',
    "child: the parent's session afterwards": 'SESSION_HANDLE_INVALID',
    'child: is not logged in': 'OK',
    'child: works': 'OK',
    'child: C_Finalize': 'OK',
    'parent: digest across a child with a life of its own': 'OK',
    'parent: digest across a grandchild with one': 'OK',
    'parent: is still logged in': 'OK',
    'parent: C_Finalize': 'OK',
  });
});
