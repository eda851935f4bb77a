// An attacker who has the library in his own process: every function, every argument of it wrong in every way that its kind can be.
// Each call gets a code that the function has, none reads or writes what is not there, and the module works on for everybody.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { codesOf } from '../../src/engine/return-value.ts';
import type { CallName } from '../../src/protocol/calls.ts';
import { CKA, CKK, CKO } from '../../src/protocol/constants.ts';
import { note } from '../support/figures.ts';
import { type HostileCall, hostileCalls, hostileParameters, hostileSource, uninitializedCalls } from '../support/hostile-calls.ts';
import { openSession, slotOf } from '../support/module.ts';
import { probe } from '../support/probe.ts';
import { needs } from '../support/program.ts';
import { test } from '../support/token.ts';

needs('cc');

const isDue = ({ function: name, due }: HostileCall, answered: string | undefined): boolean => {
  const allowed: ReadonlySet<string> = codesOf(name);
  if (answered === undefined || !allowed.has(answered)) return false;
  if (typeof due === 'string') return due === 'anything' || answered !== 'OK';
  return due.includes(answered);
};

test('every function bears every wrong argument', { timeout: 120_000 }, async ({ task, room, token, module, session }) => {
  const key = [
    { type: CKA.CLASS, value: CKO.SECRET_KEY },
    { type: CKA.KEY_TYPE, value: CKK.AES },
    { type: CKA.VALUE, value: Buffer.alloc(16, 1) },
    { type: CKA.EXTRACTABLE, value: true },
    ...[CKA.ENCRYPT, CKA.SIGN, CKA.WRAP, CKA.DERIVE].map((type) => ({ type, value: true })),
  ];
  module.C_CreateObject(session, [...key, { type: CKA.TOKEN, value: true }, { type: CKA.LABEL, value: 'permits everything' }]);
  // The other application's own: a session, and an object that goes with it.
  const sessions = Array.from({ length: 8 }, () => openSession(module, slotOf(module, token.label)));
  const object = module.C_CreateObject(session, key);
  writeFileSync(join(room.folder, 'hostile-calls.h'), hostileSource());
  const { calls, end } = await probe(room, 'hostile', {
    PROBE_PIN: token.pin,
    FOREIGN_SESSION: String(sessions.at(-1)!.readBigUInt64LE()),
    FOREIGN_OBJECT: String(object.readBigUInt64LE()),
  });
  const wrong = [...hostileCalls, ...uninitializedCalls]
    .filter((call) => !isDue(call, calls[call.name]))
    .map(({ name, due }) => `${name}: ${calls[name]}, not ${due}`);
  const parameters: HostileCall[] = hostileParameters.flatMap(({ name }) =>
    (['C_EncryptInit', 'C_SignInit', 'C_WrapKey', 'C_DeriveKey', 'C_GenerateKey'] satisfies CallName[]).map((each) => ({
      name: `${each} ${name}`,
      function: each,
      code: '',
      due: / of 2\^63$/.test(name) ? 'an error' : 'anything',
    })),
  );
  wrong.push(...parameters.filter((call) => !isDue(call, calls[call.name])).map(({ name, due }) => `${name}: ${calls[name]}, not ${due}`));
  expect(wrong).toEqual([]);
  const wrongArguments = hostileCalls.length + uninitializedCalls.length;
  for (const [name, count] of [
    ['with a wrong argument', wrongArguments],
    ['with a wrong parameter', parameters.length],
  ] as const)
    note(task, { family: 'Hostile calls', name, passed: count, total: count, exceptions: {} });
  expect(end).toEqual({ code: 0, signal: null, stderr: '' });
});
