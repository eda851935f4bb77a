// The canary: checkers of other people's programs see two calls in one session that nothing orders, though they never overlap.
import { describe, expect } from 'vitest';
import { modulePath } from '../support/paths.ts';
import { compile } from '../support/probe.ts';
import { needs } from '../support/program.ts';
import type { Room } from '../support/room.ts';
import { test } from '../support/token.ts';

/** Whether the checker complained of the probe, and what it wrote. */
type Check = (room: Room, ...args: readonly string[]) => Promise<{ complained: boolean; output: string }>;

const threadSanitizer: Check = async (room, ...args) => {
  const program = await compile(room, 'canary', { compiler: 'clang', flags: ['-fsanitize=thread'] });
  const env = { ...room.env, STRONGROOM_AUDIT: 'count', TSAN_OPTIONS: 'exitcode=66' };
  const { code, output } = await room.run(program, [modulePath, ...args], { env });
  expect([0, 66], output).toContain(code);
  return { complained: code === 66, output };
};

const helgrind: Check = async (room, ...args) => {
  const program = await compile(room, 'canary');
  const env = { ...room.env, STRONGROOM_AUDIT: 'count' };
  const { code, output } = await room.run('valgrind', ['--tool=helgrind', '--error-exitcode=66', program, modulePath, ...args], { env });
  expect([0, 66], output).toContain(code);
  return { complained: code === 66, output };
};

const checkers: readonly (readonly [name: string, needed: readonly ('cc' | 'clang' | 'valgrind')[], check: Check])[] = [
  ['ThreadSanitizer', ['clang'], threadSanitizer],
  ['Helgrind', ['cc', 'valgrind'], helgrind],
];

describe.for(checkers)('%s', ([, needed, check]) => {
  needs(...needed);

  test('sees two threads in one session that nothing orders, and where they called', async ({ room, token: _token }) => {
    const { complained, output } = await check(room, 'unordered');
    expect(complained, output).toBe(true);
    expect(output).toMatch(/use \(?.*canary\.c/);
  });

  test('says nothing where a mutex orders them, nor where each has its session', async ({ room, token: _token }) => {
    const all = [await check(room, 'ordered'), await check(room, 'own')];
    expect(all.filter(({ complained }) => complained)).toEqual([]);
  });

  test('sees two threads where one was promised, though each has its session', async ({ room, token: _token }) => {
    const { complained, output } = await check(room, 'own', 'alone');
    expect(complained, output).toBe(true);
  });
});
