// What is measured beside the speed meter: OpenSSL alone, and other people's meter.
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import type { Contestant } from '../../../src/cli/speed/meter.ts';
import { hsmSpeed } from '../../bench/hsmspeed.ts';
import { hasLimit, opensslLimit } from '../../bench/limit.ts';

test.each(['rsa-2048', 'p-256', 'ed25519', 'hmac-sha256', 'aes-gcm'])('OpenSSL alone does %s in two threads', async (operation) => {
  expect(hasLimit(operation)).toBe(true);
  expect(await opensslLimit(operation, 2, 0.02)).toBeGreaterThan(0);
});

test('OpenSSL alone has no limit for what is no mathematics', () => {
  expect(hasLimit('session')).toBe(false);
  expect(hasLimit('toString')).toBe(false);
});

/** A program of that name which notes its arguments and its configuration, and tells the same rate each time. */
function pretend(says: string): () => string[] {
  const folder = mkdtempSync(join(tmpdir(), 'sr-hsmspeed-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const program = join(folder, 'ods-hsmspeed');
  writeFileSync(
    program,
    `#!/bin/sh\necho "$@" >>${folder}/calls\ncat "$2" >>${folder}/calls\nenv | grep WHERE >>${folder}/calls\necho "${says}"\n`,
  );
  chmodSync(program, 0o700);
  vi.stubEnv('PATH', `${folder}:${process.env.PATH}`);
  return () => readFileSync(join(folder, 'calls'), 'utf8').split('\n');
}

const contestant = (name: string): Contestant => ({
  name,
  module: '/a/module.so',
  label: 'a token',
  pin: '654321',
  environment: { WHERE: 'here' },
  engine: async () => undefined,
});

test('ods-hsmspeed is told how many signatures fill the time, which a first run finds out', async () => {
  const calls = pretend('4 threads, 9 signatures per thread, 2000.00 sig/s (RSA 2048 bits)');
  expect(await hsmSpeed(contestant('one'), 4, 0.5)).toBe(2000);
  const lines = calls();
  const commands = lines.filter((line) => line.startsWith('-c '));
  expect(commands.map((line) => line.replace(/^-c \S+ /, ''))).toEqual(['-r bench -s 2048 -t 4 -i 16', '-r bench -s 2048 -t 4 -i 250']);
  expect(lines.join('\n')).toContain('<Module>/a/module.so</Module>\n      <TokenLabel>a token</TokenLabel>\n      <PIN>654321</PIN>');
  expect(lines).toContain('WHERE=here');
  await hsmSpeed(contestant('one'), 4, 0.5);
  expect(calls().filter((line) => line.startsWith('-c ')).length).toBe(3);
});

test('an ods-hsmspeed that tells no rate is a failure, in its own words', async () => {
  pretend('hsm_get_error: no such token');
  await expect(hsmSpeed(contestant('two'), 1, 0.5)).rejects.toThrow('no such token');
});
