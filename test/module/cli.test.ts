// The command against the library and the engine, as a shell sees it.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { request } from '../support/engine.ts';
import { command } from '../support/paths.ts';
import type { Finished } from '../support/program.ts';
import { type Room, sharedTest, test } from '../support/room.ts';

const PIN = '123456';
const SO_PIN = '87654321';
const pins = { STRONGROOM_PIN: PIN, STRONGROOM_SO_PIN: SO_PIN };

interface Shown {
  readonly class: string;
  readonly type: string;
  readonly id: string;
  readonly flags: readonly string[];
}

const run = (room: Room, args: readonly string[], { env = {}, input = '' }: { env?: NodeJS.ProcessEnv; input?: string } = {}) =>
  room.run(command, args, { env: { ...room.env, ...env }, input });

/** Standard output as JSON, of a run that has to succeed. */
const json = async (running: Promise<Finished>) => {
  const { code, stdout, output } = await running;
  expect(code, output).toBe(0);
  return JSON.parse(stdout.toString());
};

const makeToken = (room: Room, label = 'one') => json(run(room, ['init-token', '--label', label, '--json'], { env: pins }));

describe('tokens', () => {
  test('are made in the free slot, listed, and deleted', async ({ room }) => {
    const made = await makeToken(room);
    await makeToken(room, 'two');
    expect((await run(room, ['init-token', '--label', 'three'], { env: pins })).stdout.toString()).not.toContain('--serial');
    const again = await run(room, ['init-token', '--label', 'three'], { env: pins });
    expect(again.stdout.toString()).toMatch(/Other tokens have this label too: say which one by --serial [0-9a-f]{16}\n$/);
    const listed = await json(run(room, ['tokens', '--json']));
    expect(listed.map((each: { label: string }) => each.label)).toEqual(['one', 'two', 'three', 'three', '']);
    expect(listed[0]).toMatchObject({ slot: made.slot, serial: made.serial, initialised: true });
    expect(listed[0].flags).toContain('user-pin-set');
    expect(listed[4].flags).toEqual(['uninitialised']);

    expect(await json(run(room, ['delete-token', '--token', 'one', '--force', '--json']))).toMatchObject({ deleted: true, label: 'one' });
    const left = await json(run(room, ['tokens', '--json']));
    expect(left.map((each: { label: string }) => each.label).sort()).toEqual(['', 'three', 'three', 'two']);
  });

  test('take SoftHSM’s options, with a warning that others can read the PINs', async ({ room }) => {
    const made = await run(room, ['--init-token', '--free', '--label', 'old', '--so-pin', SO_PIN, '--pin', PIN]);
    expect(made.code, made.output).toBe(0);
    expect(made.stderr).toMatch(/Warning: .*--so-pin-file/);
    expect(made.output).not.toContain(PIN);
    const slots = await run(room, ['--show-slots']);
    expect(slots.stdout.toString()).toMatch(/Slot \d+\n {4}Token info:[\s\S]*Initialized: +yes[\s\S]*Label: +old/);
    const deleted = await run(room, ['--delete-token', '--token', 'old']);
    expect(deleted.code, deleted.output).toBe(0);
  });

  test('read their PINs from a file and from standard input, SO first', async ({ room }) => {
    const made = await run(room, ['init-token', '--label', 'one', '--so-pin-file', '-', '--pin-file', '-'], {
      input: `${SO_PIN}\n${PIN}\n`,
    });
    expect(made.code, made.output).toBe(0);
    const file = join(room.folder, 'pin');
    writeFileSync(file, `${PIN}\n`, { mode: 0o600 });
    expect(await json(run(room, ['objects', '--pin-file', file, '--json']))).toEqual([]);
  });

  test('are not made new without --force and the right SO PIN', async ({ room }) => {
    await makeToken(room);
    const refused = await run(room, ['init-token', '--token', 'one', '--label', 'new'], { env: pins });
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain('--force');
    const wrong = await run(room, ['init-token', '--token', 'one', '--label', 'new', '--force'], {
      env: { ...pins, STRONGROOM_SO_PIN: '11112222' },
    });
    expect(wrong.stderr).toContain('The PIN is wrong');
    const right = await run(room, ['init-token', '--token', 'one', '--label', 'new', '--force'], { env: pins });
    expect(right.code, right.output).toBe(0);
    expect((await json(run(room, ['tokens', '--json'])))[0].label).toBe('new');
  });
});

describe('keys', () => {
  for (const type of ['rsa:2048', 'ec:p256', 'ec:p384', 'ed25519', 'aes:256', 'generic:32']) {
    test(`of type ${type} are generated and shown as that type, private and sensitive`, async ({ room }) => {
      await makeToken(room);
      const made = await json(run(room, ['keygen', '--label', 'k', '--type', type, '--id', 'A1b2', '--json'], { env: pins }));
      expect(made).toEqual({ token: 'one', label: 'k', id: 'a1b2', type });

      const seen: Shown[] = await json(run(room, ['objects', '--json']));
      const all: Shown[] = await json(run(room, ['objects', '--json'], { env: pins }));
      expect(all.every((each) => each.type === type)).toBe(true);
      const own = all.find((each) => each.class !== 'public-key');
      expect(own?.flags).toEqual(expect.arrayContaining(['private', 'sensitive']));
      expect(own?.flags).not.toContain('extractable');
      expect(own?.id).toBe('a1b2');
      expect(seen.map((each) => each.class)).toEqual(all.length === 2 ? ['public-key'] : []);
    });
  }
});

describe('the engine', () => {
  test('is told apart from none: status exits with 3, stop with 0', async ({ room }) => {
    const status = await run(room, ['status', '--json']);
    expect(status.code).toBe(3);
    expect(JSON.parse(status.stdout.toString())).toEqual({ running: false, home: room.home });
    const stop = await run(room, ['stop']);
    expect(stop.code).toBe(0);
    expect(stop.stdout.toString()).toContain('No engine is running');
  });

  test('is described while it runs, and gone when stop has answered', async ({ room }) => {
    await makeToken(room);
    const status = await json(run(room, ['status', '--json']));
    expect(status).toMatchObject({ running: true, home: room.home, tokens: 1, applications: [] });
    expect(status.version).toMatch(/^\d+\.\d+\.\d+/);
    expect(await json(run(room, ['stop', '--json']))).toEqual({ stopped: true, pid: status.pid, home: room.home });
    expect(() => process.kill(status.pid, 0)).toThrow('ESRCH');
    expect(await request(room.home, 'status')).toBeUndefined();
  });
});

describe('bad input', () => {
  const cases: [string, string[], number, RegExp][] = [
    ['an unknown command', ['frobnicate'], 2, /[Uu]nknown command/],
    ['an unknown option', ['tokens', '--frob'], 2, /[Uu]nknown option/],
    ['an argument too many', ['tokens', 'all'], 2, /got 1: all; see `strongroom tokens --help`\.$/m],
    ['a label that is missing', ['init-token'], 2, /--label.*`strongroom init-token --help`/],
    ['a label that is too long', ['init-token', '--label', 'x'.repeat(33)], 2, /32 bytes/],
    ['a key type that there is not', ['keygen', '--label', 'k', '--type', 'rsa:7'], 2, /rsa:2048/],
    ['an id that is no hexadecimal', ['keygen', '--label', 'k', '--type', 'ed25519', '--id', 'xyz'], 2, /hexadecimal/],
    ['a token that there is not', ['objects', '--token', 'none'], 1, /No token has the label "none"/],
    ['no token at all', ['objects'], 1, /init-token/],
    ['a slot that is no number', ['objects', '--slot', 'first'], 2, /--slot is a number/],
    ['a slot that there is not', ['objects', '--slot', '77'], 1, /strongroom tokens/],
    ['nothing named to delete', ['delete-token', '--force'], 2, /--token/],
  ];
  for (const [name, args, code, words] of cases) {
    sharedTest(`is one sentence: ${name}`, async ({ room }) => {
      const plain = await run(room, args);
      expect(plain.stderr).toMatch(words);
      expect(plain.stderr.trimEnd().split('\n')).toHaveLength(1);
      expect(plain.stdout.toString()).toBe('');
      expect(plain.code).toBe(code);
      const asked = await run(room, [...args, '--json']);
      expect(JSON.parse(asked.stdout.toString()).error).toMatch(words);
      expect(asked.code).toBe(code);
    });
  }

  sharedTest('in a setting is one sentence that names it', async ({ room }) => {
    const { code, stderr } = await run(room, ['config'], { env: { STRONGROOM_WORKERS: 'many' } });
    expect(stderr).toBe('strongroom: workers must be a whole number from 1 to 64; change it in STRONGROOM_WORKERS.\n');
    expect(code).toBe(1);
  });

  sharedTest('never waits for a PIN that nobody can type', async ({ room }) => {
    const { code, stderr } = await run(room, ['init-token', '--label', 'one']);
    expect(stderr).toContain('STRONGROOM_SO_PIN');
    expect(code).toBe(2);
  });
});
