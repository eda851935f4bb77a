// `strongroom lockcheck`: every case of the conformance kit on our library; and on other people's, whose faults are known, so that the kit is
// seen to find faults where there are any.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import type { Examined, Verdict } from '../../src/cli/lockcheck/verdicts.ts';
import { command, modulePath } from '../support/paths.ts';
import { compile } from '../support/probe.ts';
import { unavailable } from '../support/program.ts';
import { type Room, test } from '../support/room.ts';

/** Which Debian package brings a module. */
const MODULES = {
  softhsm: ['/usr/lib/softhsm/libsofthsm2.so', 'libsofthsm2'],
  opensc: [`/usr/lib/${process.arch === 'arm64' ? 'aarch64' : 'x86_64'}-linux-gnu/opensc-pkcs11.so`, 'opensc-pkcs11'],
  trust: [`/usr/lib/${process.arch === 'arm64' ? 'aarch64' : 'x86_64'}-linux-gnu/pkcs11/p11-kit-trust.so`, 'p11-kit-modules'],
  proxy: [`/usr/lib/${process.arch === 'arm64' ? 'aarch64' : 'x86_64'}-linux-gnu/p11-kit-proxy.so`, 'p11-kit-modules'],
} as const;

/** However it ends, nothing is left of it: neither the folder nor, as the room sees to, an engine. */
async function lockcheck(room: Room, ...args: string[]) {
  const finished = await room.run(command, ['lockcheck', ...args], { env: { ...room.env, TMPDIR: room.folder }, limit: 280_000 });
  expect(readdirSync(room.folder).filter((name) => name.startsWith('strongroom-lockcheck'))).toEqual([]);
  return finished;
}

async function examine(room: Room, ...args: string[]): Promise<readonly Examined[]> {
  const { stdout, stderr } = await lockcheck(room, ...args, '--json');
  expect(stderr).toBe('');
  return JSON.parse(stdout.toString()) as Examined[];
}

/** The verdicts by case. */
const verdicts = ({ results }: Examined): Record<number, Verdict> =>
  Object.fromEntries(results.map((result) => [result.case, result.verdict]));

const observed = ({ results }: Examined, number: number): string => results.find((result) => result.case === number)?.observation ?? '';

/** What is wrong, in words that say why. */
const faults = (all: readonly Examined[]): string[] =>
  all.flatMap(({ name, results }) =>
    results.filter(({ verdict }) => verdict === 'FAIL').map((result) => `${name}, case ${result.case}: ${result.observation}`),
  );

describe('our library', () => {
  test('does what each case demands', { timeout: 300_000 }, async ({ room }) => {
    const all = await examine(room);
    expect(faults(all)).toEqual([]);
    const [{ results, noToken }] = all as [Examined];
    expect(noToken).toBe('');
    const listed = JSON.parse((await lockcheck(room, '--list', '--json')).stdout.toString()) as unknown[];
    expect(listed).toHaveLength(88);
    expect(results.map((result) => result.case).sort((a, b) => a - b)).toEqual(Array.from({ length: 88 }, (_, at) => at + 1));
    expect(results.filter((result) => result.class === 'M')).toHaveLength(50);
    expect(results.filter((result) => result.class === 'S')).toHaveLength(5);
    const must = results.filter((result) => result.class !== 'Q');
    expect(must.filter(({ verdict }) => verdict !== 'PASS').map((result) => `${result.case} ${result.verdict}`)).toEqual([]);
    expect(results.filter(({ verdict }) => verdict === 'N/A').map((result) => result.case)).toEqual([]);
  });

  test('does so in each of its modes where a case takes locks', { timeout: 300_000 }, async ({ room }) => {
    const all = await examine(room, '--mode', 'none,os,strict', '--case', '4,5,29,32,36,38,43,44,45,58,60,67,69,78,85');
    expect(all.map(({ name }) => name)).toEqual(['strongroom, none', 'strongroom, os', 'strongroom, strict']);
    expect(faults(all)).toEqual([]);
    // Told to use the system's locks it uses them, whatever the application asked for.
    expect(all.map((examined) => verdicts(examined)[43])).toEqual(['PASS', 'N/A', 'PASS']);
    expect(observed(all[0]!, 29)).toContain(' 0 mutexes');
  });
});

describe('the kit finds the known faults of', () => {
  const known = (name: keyof typeof MODULES, args: readonly string[], judge: (examined: Examined) => void) =>
    test(name, { timeout: 180_000 }, async ({ room, skip }) => {
      const [module, debian] = MODULES[name];
      if (!existsSync(module)) unavailable(skip, `${module} is missing (Debian package ${debian}).`);
      const [examined] = await examine(room, '--module', module, ...args);
      judge(examined!);
    });

  known('softhsm', ['--case', '1,6,20,34,36,38,43,44'], (softhsm) => {
    expect(verdicts(softhsm)).toEqual({ 1: 'PASS', 6: 'PASS', 20: 'PASS', 34: 'FAIL', 36: 'FAIL', 38: 'FAIL', 43: 'PASS', 44: 'FAIL' });
    // Every one of its mutexes may fail to be made, and it says that all is well.
    expect(observed(softhsm, 36)).toMatch(/CKR_OK (\d+) of \1 times/);
    expect(observed(softhsm, 38)).toMatch(/whose LockMutex failed answered CKR_OK/);
    expect(observed(softhsm, 43)).toMatch(/other libraries used [1-9]/);
    expect(observed(softhsm, 44)).toMatch(/207\.0 locks/);
  });

  test('softhsm, which crashes where threads meet', { timeout: 180_000 }, async ({ room, skip }) => {
    const [module, debian] = MODULES.softhsm;
    if (!existsSync(module)) unavailable(skip, `${module} is missing (Debian package ${debian}).`);
    const [softhsm] = await examine(room, '--module', module, '--case', '58,73,74,75,78,79,82,84,85,86');
    // A crash is a matter of luck, but not of that much.
    const crashes = softhsm!.results.filter(({ observation }) => /crashed with SIG/.test(observation));
    expect(crashes.length, JSON.stringify(verdicts(softhsm!))).toBeGreaterThanOrEqual(3);
    expect(verdicts(softhsm!)).toMatchObject({ 84: 'UNDEFINED-BUT-SAFE', 85: 'FAIL', 86: 'FAIL' });
    expect(observed(softhsm!, 85)).toContain('CKR_CRYPTOKI_ALREADY_INITIALIZED, not CKR_OK');
  });

  known('opensc', ['--case', '6,7,18,36,48,50'], (opensc) => {
    expect(verdicts(opensc)).toEqual({ 6: 'FAIL', 7: 'PASS', 18: 'FAIL', 36: 'FAIL', 48: 'FAIL', 50: 'FAIL' });
    expect(observed(opensc, 6)).toContain('0 of 56');
    expect(observed(opensc, 36)).toContain('crashed with SIGSEGV');
    expect(observed(opensc, 48)).toContain('2 threads');
  });

  known('trust', ['--case', '2,4,6,7,14,18,23,28'], (trust) => {
    expect(verdicts(trust)).toEqual({ 2: 'FAIL', 4: 'N/A', 6: 'FAIL', 7: 'FAIL', 14: 'FAIL', 18: 'FAIL', 23: 'FAIL', 28: 'FAIL' });
    expect(observed(trust, 6)).toContain('28 of 56');
  });

  known('proxy', ['--case', '6,7,14,22,23'], (proxy) => {
    expect(verdicts(proxy)).toEqual({ 6: 'FAIL', 7: 'FAIL', 14: 'FAIL', 22: 'PASS', 23: 'FAIL' });
    expect(observed(proxy, 6)).toContain('0 of 56');
  });
});

describe('the kit finds in a module that is careless in one thing', () => {
  const found = (number: number, what: RegExp) =>
    test(`${number}`, { timeout: 120_000 }, async ({ room }) => {
      const module = await compile(room, 'careless', { flags: ['-shared', '-fPIC', '-fvisibility=hidden', '-D_GNU_SOURCE'] });
      const env = { ...room.env, TMPDIR: room.folder, CARELESS_MODULE: modulePath };
      const examined = async (careless: number) => {
        const { stdout, stderr } = await room.run(
          command,
          ['lockcheck', '--module', module, '--make-token', '--store', room.home, '--case', `${number}`, '--json'],
          { env: { ...env, CARELESS_CASE: `${careless}` }, limit: 110_000 },
        );
        expect(stderr).toBe('');
        return (JSON.parse(stdout.toString()) as readonly Examined[])[0]!;
      };
      expect(faults([await examined(0)])).toEqual([]);
      const careless = await examined(number);
      expect(verdicts(careless), observed(careless, number)).toEqual({ [number]: 'FAIL' });
      expect(observed(careless, number)).toMatch(what);
    });

  found(49, /cycles leave files in TMPDIR, \S+left-/);
  found(50, /after dlclose 1 functions of the module are registered still/);
  found(54, /the application's queue of errors is another/);
  found(56, /crashed with SIGABRT/);
  found(58, /signing answered CKR_OPERATION_ACTIVE/);
  found(61, /with 1 thread the system's locks cost \d\d/);
  found(87, /two ECDSA signatures have the same nonce/);
});

describe('what it shows', () => {
  test('a page of modules against cases, with nothing from outside', async ({ room }) => {
    const file = join(room.folder, 'page.html');
    const { code, output } = await lockcheck(room, '--mode', 'auto,none', '--case', '1,6', '--html', file);
    expect(code, output).toBe(0);
    const page = readFileSync(file, 'utf8');
    expect(page).not.toMatch(/https?:|<script|<link|@import|url\(/);
    for (const piece of ['strongroom, auto', 'strongroom, none', 'id="case-6"', '56 of 56']) expect(page).toContain(piece);
  });

  test('TAP, a line for each case', async ({ room }) => {
    const { stdout } = await lockcheck(room, '--case', '20,22', '--tap');
    const lines = stdout.toString().split('\n');
    expect(lines.slice(0, 3)).toEqual(['TAP version 14', '1..2', 'ok 1 - strongroom: case 20, C_Finalize before C_Initialize']);
  });

  test('a sentence where it cannot begin', async ({ room }) => {
    for (const [args, words] of [
      [['--case', '99'], '--case has no "99"'],
      [['--group', 'X'], '--group has no "X"'],
      [['--mode', 'fast'], '--mode has no "fast"'],
      [['--patience', '0'], '--patience is a number'],
      [['--module', '/nowhere.so'], 'There is no module /nowhere.so'],
    ] as const) {
      const { code, stderr } = await lockcheck(room, ...args);
      expect(code).not.toBe(0);
      expect(stderr).toContain(words);
    }
  });

  test('a fault, and says so by its exit code', async ({ room }) => {
    // No PKCS#11 module at all: each case says what is missing.
    const { code, stdout } = await lockcheck(room, '--module', join(modulePath, '..', 'lockcheck-interposer.so'), '--case', '1');
    expect(code).toBe(1);
    expect(stdout.toString()).toContain('the module has no C_GetFunctionList');
  });
});
