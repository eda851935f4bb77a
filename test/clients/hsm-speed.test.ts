// The program of 2008 that began it all: C_Initialize(NULL), which promises one thread, and then a session a thread and one key for all.
import type { KeyObject } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { generateKeyPair, type KindName, kinds } from '../support/key-pair.ts';
import { logIn, type Token, visit } from '../support/module.ts';
import { modulePath, speedMeter } from '../support/paths.ts';
import type { Room } from '../support/room.ts';
import { sharedTest as test } from '../support/token.ts';

const text = Buffer.from('Hello, World!');

/** The meter writes each signature after its length; one that repeats a thread's first it writes once. */
const signaturesIn = (path: string): Buffer[] => {
  const bytes = readFileSync(path);
  const signatures: Buffer[] = [];
  for (let at = 0; at < bytes.length; at += 4 + bytes.readUInt32LE(at))
    signatures.push(bytes.subarray(at + 4, at + 4 + bytes.readUInt32LE(at)));
  return signatures;
};

const makeKey = (token: Token, kind: KindName): KeyObject => visit((module) => generateKeyPair(module, logIn(module, token), kind).key);

interface Load {
  readonly kind: KindName;
  readonly threads: number;
  readonly iterations: number;
}

/** Runs the meter and answers with what went wrong: nothing, if it ended well and every signature is right. */
const wrongs = async (room: Room, token: Token, key: KeyObject, { kind, threads, iterations }: Load): Promise<string[]> => {
  const file = join(room.folder, 'signatures');
  const { code, signal, output } = await room.run(
    speedMeter,
    [
      ...['--module', modulePath, '--label', token.label, '--key', 'a key', '--mechanism', kind],
      ...['--threads', `${threads}`, '--iterations', `${iterations}`, '--signatures', file, '--json'],
    ],
    { env: { ...room.env, STRONGROOM_PIN: token.pin } },
  );
  if (code !== 0) return [`ended with ${code ?? signal}: ${output}`];
  const made = JSON.parse(output).signatures;
  const signatures = signaturesIn(file);
  const right = signatures.filter((signature) => kinds[kind].isSignature(key, text, signature));
  return [
    ...(made === threads * iterations ? [] : [`${made} signatures instead of ${threads * iterations}`]),
    ...(signatures.length >= (kind === 'ecdsa' ? made : threads) ? [] : [`only ${signatures.length} signatures were written`]),
    ...(right.length === signatures.length ? [] : [`${signatures.length - right.length} wrong signatures`]),
  ];
};

describe('every signature is right', () => {
  for (const kind of ['rsa', 'ecdsa', 'eddsa'] as const) {
    for (const threads of [1, 2, 8, 64, 2048]) {
      test(`${kind}, ${threads} threads`, async ({ room, token }) => {
        const iterations = Math.max(2, Math.floor(256 / threads));
        expect(await wrongs(room, token, makeKey(token, kind), { kind, threads, iterations })).toEqual([]);
      });
    }
  }
});

test('the seed: 8 threads under C_Initialize(NULL), 100 times, and never a crash or a wrong signature', async ({ room, token }) => {
  const key = makeKey(token, 'rsa');
  const bad: string[] = [];
  for (let round = 0; round < 100; round += 1) {
    bad.push(...(await wrongs(room, token, key, { kind: 'rsa', threads: 8, iterations: 5 })));
  }
  expect(bad).toEqual([]);
});
