// `strongroom speed`: that what it shows was measured, that nothing is left of it, and what it says when it cannot. How fast is for `npm run bench`.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { measure, USUAL } from '../../src/cli/speed/meter.ts';
import { CKF } from '../../src/protocol/constants.ts';
import { generateKeyPair } from '../support/key-pair.ts';
import { createToken, freshToken, logIn, slotOf, visit } from '../support/module.ts';
import { command, modulePath } from '../support/paths.ts';
import { type Room, test } from '../support/room.ts';

/** However it ends, the store that it made for the time is gone. */
async function run(room: Room, ...args: string[]) {
  const finished = await room.run(command, ['speed', ...args], { env: { ...room.env, TMPDIR: room.folder } });
  expect(readdirSync(room.folder).filter((name) => name.startsWith('strongroom-speed'))).toEqual([]);
  return finished;
}

const quick = ['--module', modulePath, '--seconds', '0.1', '--rounds', '2'];

interface Answer {
  readonly measured: readonly {
    readonly operation: string;
    readonly threads: number;
    readonly series: readonly { readonly failed?: string; readonly samples: readonly Record<string, number>[] }[];
  }[];
}

describe('strongroom speed', () => {
  test('measures each operation with each number of threads, in a store of its own', async ({ room }) => {
    const { code, output, stdout } = await run(room, ...quick, '--operation', 'p-256,find,attribute,random', '--threads', '1,3', '--json');
    expect(code, output).toBe(0);
    const { measured } = JSON.parse(stdout.toString()) as Answer;
    expect(measured.map(({ operation, threads }) => `${operation} ${threads}`)).toEqual(
      ['p-256', 'find', 'attribute', 'random'].flatMap((operation) => [`${operation} 1`, `${operation} 3`]),
    );
    for (const { series } of measured) {
      expect(series[0]?.failed).toBeUndefined();
      expect(series[0]?.samples).toHaveLength(2);
      for (const { done, rate, seconds, p50, p99, longest, fairness, refused } of series[0]!.samples) {
        expect(rate).toBeCloseTo(done! / seconds!, -1);
        expect(p50).toBeLessThanOrEqual(p99!);
        expect(longest).toBeGreaterThan(0);
        expect(fairness).toBeLessThanOrEqual(1);
        expect(refused).toBe(0);
      }
    }
  });

  test('counts the locks of an application that gave its own: none for a signature', async ({ room }) => {
    const { stdout } = await run(
      room,
      ...quick,
      '--operation',
      'p-256',
      '--threads',
      '2',
      '--init',
      'app',
      '--sessions',
      'own,pool',
      '--json',
    );
    const { measured } = JSON.parse(stdout.toString()) as Answer;
    expect(measured.map(({ series }) => series[0]?.samples.map(({ locks }) => locks))).toEqual([
      [0, 0],
      [0, 0],
    ]);
  });

  test('draws a page that needs nothing beside it', async ({ room }) => {
    const page = join(room.folder, 'page.html');
    const { code, output } = await run(room, ...quick, '--operation', 'p-256', '--threads', '1', '--html', page);
    expect(code, output).toBe(0);
    expect(output).toMatch(/^p-256 +1 +strongroom +[\d,]+/m);
    const html = readFileSync(page, 'utf8');
    expect(html).toContain('<svg');
    expect(html).not.toMatch(/src=|href="(?!#)|https?:\/\/(?!www\.w3\.org)/);
    // At a glance, drawn, and in figures: SoftHSM was there too, where it is installed.
    const modules = output.match(/^p-256 +1 +(strongroom|softhsm)/gm)!.length;
    expect(html.match(/<svg/g)).toHaveLength(2);
    expect(html.match(/<td class="name">/g)).toHaveLength(modules);
    expect(html.match(/<table class="glance">/g) ?? []).toHaveLength(modules - 1);
    for (const [, target] of html.matchAll(/href="#([^"]+)"/g)) expect(html).toContain(`id="${target}"`);
  });

  test('prints the line of ods-hsmspeed', async ({ room }) => {
    const { output } = await run(room, ...quick, '--operation', 'rsa-2048', '--threads', '2', '--like', 'hsm-speed');
    expect(output).toMatch(/^2 threads, \d+ signatures per thread, [\d.]+ sig\/s \(RSA 2048 bits\)$/m);
  });

  test('takes what it created away again after each run, and its keys after the last', async ({ room }) => {
    const token = freshToken();
    const countIn = () =>
      visit((module) => {
        const session = logIn(module, token);
        module.C_FindObjectsInit(session, []);
        return module.C_FindObjects(session, 1000).length;
      });
    visit((module) => createToken(module, token));
    const builtIn = countIn();
    visit((module) => generateKeyPair(module, logIn(module, token), 'ecdsa'));
    const environment = { ...room.env };
    const contestant = { ...token, name: 'named', module: modulePath, environment, engine: async () => undefined };
    for (const sharing of ['own', 'pool'] as const) {
      const { done } = await measure(contestant, { ...USUAL, operation: 'create-aes', threads: 3, sharing }, 0.1);
      expect(done).toBeGreaterThan(0);
      // The pair, and the key that the meter has for AES.
      expect(countIn()).toBe(builtIn + 3);
    }
    const args = ['--token', token.label, '--operation', 'create-aes', '--threads', '2', '--json'];
    const { code, output, stdout } = await room.run(command, ['speed', ...quick, ...args], {
      env: { ...room.env, STRONGROOM_PIN: token.pin },
    });
    expect(code, output).toBe(0);
    expect((JSON.parse(stdout.toString()) as Answer).measured[0]?.series[0]?.samples).toHaveLength(2);
    expect(countIn()).toBe(builtIn + 2);
  });

  test('tries a wrong PIN once, however much there is to measure', async ({ room }) => {
    const token = freshToken();
    visit((module) => createToken(module, token));
    const { code, stderr } = await run({ ...room, env: { ...room.env, STRONGROOM_PIN: 'wrong' } }, '--token', token.label);
    expect(stderr).toMatch(/cannot be measured: C_Login answered CKR_PIN_INCORRECT\.$/m);
    expect(code).toBe(1);
    expect(visit((module) => module.C_GetTokenInfo(slotOf(module, token.label)).flags & CKF.USER_PIN_FINAL_TRY)).toBe(0);
    visit((module) => logIn(module, token));
  });

  test('fails where no module can do anything of it, and says why', async ({ room }) => {
    const args = [...quick, '--operation', 'p-256', '--threads', '8', '--init', 'null'];
    const { code, stderr } = await run({ ...room, env: { ...room.env, STRONGROOM_LOCKING: 'strict' } }, ...args);
    expect(stderr).toMatch(/^strongroom: Nothing could be measured\. strongroom: C_[A-Za-z]+ answered CKR_[A-Z_]+ in thread \d\.$/m);
    expect(code).toBe(1);
  });

  test.for([
    ['an operation that there is not', ['--operation', 'nothing'], /has no "nothing"/],
    ['a module that there is not', ['--module', '/no/such.so'], /There is no module/],
    ['a number of threads that is none', ['--threads', 'many'], /--threads is a whole number/],
    ['half a thread', ['--threads', '0.5'], /--threads is a whole number from 1/],
    ['no time', ['--seconds', '0'], /--seconds is a number above 0/],
    ['a page that cannot be written', ['--html', '/no/such/folder/page.html'], /cannot be written/],
    [
      'a token that there is not',
      ['--token', 'none', '--pin-file', '/proc/version', '--rounds', '1', '--operation', 'random'],
      /The token "none" of .* cannot be measured: no token is called "none"/,
    ],
    ['a module whose token was not named', ['--module', '/bin/sh'], /--token/],
  ] as const)('is one sentence for %s', async ([, args, sentence], { room }) => {
    const { code, stderr } = await run(room, ...args);
    expect(code).not.toBe(0);
    expect(stderr).toMatch(sentence);
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
  });
});
