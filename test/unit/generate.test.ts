// What is generated is committed, and is what the tables say today.
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { calls } from '../../src/protocol/calls.ts';
import { fnv1a, TABLES } from '../../src/protocol/hash.ts';
import { middle, RESULT, reasonOf } from '../../tools/generate/locking-result.ts';
import type { LockingResult } from '../bench/locking-result.ts';
import type { SpeedResult } from '../bench/speed-result.ts';
import { project } from '../support/paths.ts';

const generate = (root: string, ...args: string[]) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(root, 'tools/generate.ts'), ...args], { encoding: 'utf8' });
  return { status, stdout, stderr };
};

const read = (path: string) => readFileSync(join(project, path), 'utf8');

/** What the generator reads and writes, in a folder of the test's own. */
const copy = (): string => {
  const root = mkdtempSync(join(tmpdir(), 'sr-generate-'));
  onTestFinished(() => rmSync(root, { recursive: true }));
  // src and docs whole: generators read more than the protocol's tables, and their outputs stand in docs too.
  for (const folder of ['tools', 'src', 'docs', 'native/shared', 'native/pkcs11', 'test/bench', 'README.md']) {
    cpSync(join(project, folder), join(root, folder), { recursive: true });
  }
  cpSync(join(project, 'package.json'), join(root, 'package.json'));
  for (const folder of ['node_modules', 'build']) symlinkSync(join(project, folder), join(root, folder));
  return root;
};

test('the committed outputs are what the tables make today', () => {
  expect(generate(project, '--check')).toEqual({ status: 0, stdout: '', stderr: '' });
});

test('an output that was changed by hand is called stale, and written again', () => {
  const root = copy();
  const path = join(root, 'native/shared/layout.h');
  const right = readFileSync(path, 'utf8');
  writeFileSync(path, right.replace('#define LANES 64u', '#define LANES 63u'));
  expect(generate(root, '--check')).toEqual({
    status: 1,
    stdout: '',
    stderr: 'native/shared/layout.h is stale: run "node tools/generate.ts" and commit the result.\n',
  });
  expect(generate(root)).toEqual({ status: 0, stdout: 'wrote native/shared/layout.h\n', stderr: '' });
  expect(readFileSync(path, 'utf8')).toBe(right);
});

describe('docs/locking.md', () => {
  const marked = /<!-- GENERATED .*? -->[\s\S]*<!-- end of what is generated -->/;

  test('has the figures that were kept, and is stale when they change', () => {
    const root = copy();
    const path = join(root, RESULT);
    const kept: LockingResult = JSON.parse(readFileSync(path, 'utf8'));
    const promised = kept.promised.map((each) => ({
      ...each,
      runs: 4321,
      failed: ['C_Sign answered 0x5 in thread 3.', 'it was ended by SIGSEGV'],
    }));
    writeFileSync(path, JSON.stringify({ ...kept, quick: !kept.quick, promised }));
    expect(generate(root, '--check').stderr).toBe('docs/locking.md is stale: run "node tools/generate.ts" and commit the result.\n');
    expect(generate(root)).toMatchObject({ status: 0, stdout: 'wrote docs/locking.md\n' });
    const page = readFileSync(join(root, 'docs/locking.md'), 'utf8');
    expect(page).toContain('| 4321 | 4319 | CKR_GENERAL_ERROR from C_Sign (1), SIGSEGV (1) |');
    expect(page.includes('A quick run')).toBe(!kept.quick);
    expect(page.replace(marked, '')).toBe(read('docs/locking.md').replace(marked, ''));
  });

  test('gives a median with an interval that one wild round does not move', () => {
    const rates = Array.from({ length: 29 }, (_, n) => 0.99 + n / 1000);
    const calm = middle(rates);
    expect(calm.median).toBeCloseTo(1.004, 9);
    expect([calm.least, calm.most].map((value) => value.toFixed(3))).toEqual(['0.999', '1.010']);
    expect(middle([...rates.slice(1, 28), 0.1, 9])).toMatchObject({ least: calm.least, most: calm.most });
    // So few that anything may be.
    expect(middle([3, 1, 2])).toEqual({ median: 2, least: 1, most: 3 });
  });

  test('has no figure that was written by hand', () => {
    const byHand = read('docs/locking.md')
      .replace(marked, '')
      .replaceAll(/\[[^\]]*\]\([^)]*\)/g, '');
    expect(byHand.match(/\b\d[\d.,]*\b/g)).toEqual(['2008']);
  });

  test.each([
    ['C_SignInit answered 0x5 in thread 1.', 'CKR_GENERAL_ERROR from C_SignInit'],
    ['C_Sign answered 0xabcdef in thread 12.', '0xabcdef from C_Sign'],
    ['it was ended by SIGABRT', 'SIGABRT'],
    ['it was ended by SIGKILL', 'hung'],
    ['double free or corruption (out)', 'double free or corruption (out)'],
  ])('a run that ended with "%s" is told as "%s"', (failed, told) => {
    expect(reasonOf(failed)).toBe(told);
  });
});

describe('docs/performance.md', () => {
  const marked = /<!-- GENERATED (\w+): [\s\S]*?<!-- end of \1 -->/g;

  test('has the figures that were kept, and is stale when they change', () => {
    const root = copy();
    const path = join(root, 'test/bench/results/speed.json');
    const kept: SpeedResult = JSON.parse(readFileSync(path, 'utf8'));
    const cases = kept.cases.map((each) => {
      if (each.operation !== 'p-256' || each.threads !== 8) return each;
      const rates = { strongroom: 8_765_432, softhsm: 1_000_000, openssl: 1 };
      return {
        ...each,
        series: each.series.map(({ name, samples }) => ({
          name,
          samples: samples.map((one) => ({ ...one, rate: rates[name as keyof typeof rates] })),
        })),
      };
    });
    writeFileSync(path, JSON.stringify({ ...kept, quick: true, cases }));
    expect(generate(root, '--check').stderr).toMatch(/^docs\/performance.md is stale/);
    expect(generate(root).stdout).toMatch(/^wrote docs\/performance.md\nwrote docs\/performance\/rates.svg\nwrote README.md\n$/);
    const page = readFileSync(join(root, 'docs/performance.md'), 'utf8');
    expect(page).toContain('| P-256 | 8 | 8,765,432 | 1,000,000 | 8.77 (8.77 to 8.77) |');
    expect(page).toContain('**a quick run: not to be believed**');
    expect(page.replace(marked, '')).toBe(read('docs/performance.md').replace(marked, ''));
  });

  test('has no figure that was written by hand', () => {
    const byHand = read('docs/performance.md')
      .replace(marked, '')
      .replaceAll(/```[\s\S]*?```|`[^`]*`|\[[^\]]*\]\([^)]*\)/g, '');
    expect(byHand.match(/(?<![\w#-])\d[\d.,]*\b/g)).toEqual(['1', '1', '1']);
  });
});

test.each(['native/shared/pkcs11.h', 'native/shared/layout.h', 'native/pkcs11/calls.c', 'native/pkcs11/parameters.c'])(
  '%s says in its first line that it is generated',
  (path) => {
    expect(read(path).split('\n')[0]).toMatch(/^\/\/ GENERATED from .* by tools\/generate\.ts; do not edit\.$/);
  },
);

test('every row with entry "call" has its function in calls.c, and no other has', () => {
  const rows = Object.entries(calls).filter(([, { entry }]) => entry === 'call');
  const functions = [...read('native/pkcs11/calls.c').matchAll(/^CK_RV (C_\w+)\(/gm)].map(([, name]) => name);
  expect(functions).toEqual(rows.map(([name]) => name));
});

test('both languages have the same hash of the tables', () => {
  expect(read('native/shared/layout.h')).toContain(`#define STRONGROOM_TABLES 0x${TABLES.toString(16)}u\n`);
});

test('the hash is FNV-1a', () => {
  expect(fnv1a('')).toBe(0x811c9dc5);
  expect(fnv1a('foobar')).toBe(0xbf9cf968);
});
