// One command for all of them, which ends in a time that one waits for.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { results } from '../../../tools/generate/performance-results.ts';
import { BENCHES } from '../../bench/benches.ts';
import { project } from '../../support/paths.ts';

const scripts = (JSON.parse(readFileSync(join(project, 'package.json'), 'utf8')) as { scripts: Record<string, string> }).scripts;

test.each(BENCHES)('bench:$name can be run alone, and the page knows its results', ({ name, takes, limit }) => {
  expect(existsSync(join(project, 'test/bench', `${name}.ts`))).toBe(true);
  expect(scripts[`bench:${name}`]).toBe(`sh tools/prepare.sh && node test/bench/${name}.ts`);
  expect(Object.keys(results())).toContain(name);
  expect(limit).toBeGreaterThan(takes);
});

test('all together take twelve minutes at the most', () => {
  expect(BENCHES.reduce((sum, { takes }) => sum + takes, 0)).toBeLessThanOrEqual(720);
});

test('a bench that there is not is named, beside those that there are', () => {
  const { status, stderr } = spawnSync(process.execPath, [join(project, 'test/bench/bench.ts'), '--only', 'speed,nothing'], {
    encoding: 'utf8',
  });
  expect(status).toBe(2);
  expect(stderr).toBe(`There is no bench "nothing"; there is ${BENCHES.map(({ name }) => name).join(', ')}.\n`);
});
