// bin/strongroom with a Node that only says how it was called.
import { execFileSync, spawnSync } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { command, project } from '../../support/paths.ts';

let folder: string;
let root: string;

beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'launcher-')));
  root = join(folder, 'a root');
  for (const path of ['bin', 'node_modules/node/bin', 'node_modules/commander']) mkdirSync(join(root, path), { recursive: true });
  copyFileSync(command, join(root, 'bin', 'strongroom'));
  const node = '#!/bin/sh\nprintf "%s\\n" "cache=$NODE_COMPILE_CACHE" "$@"\n';
  writeFileSync(join(root, 'node_modules/node/bin/node'), node, { mode: 0o755 });
});
afterEach(() => rmSync(folder, { recursive: true }));

const start = (args: string[], env = {}, program = join(root, 'bin', 'strongroom')) =>
  execFileSync(program, args, { encoding: 'utf8', env: { PATH: process.env.PATH, HOME: folder, ...env } })
    .trimEnd()
    .split('\n');

describe('the launcher', () => {
  it('runs the pinned Node on the command, arguments untouched', () => {
    expect(start(['init-token', '--label', 'two words', '*'])).toEqual([
      'cache=',
      `${root}/src/cli/main.ts`,
      'init-token',
      '--label',
      'two words',
      '*',
    ]);
  });

  it('finds its folder through symbolic links, absolute and relative', () => {
    mkdirSync(join(folder, 'links'));
    symlinkSync(join(root, 'bin', 'strongroom'), join(folder, 'links', 'first'));
    symlinkSync('links/first', join(folder, 'second'));
    expect(start([], {}, join(folder, 'second'))[1]).toBe(`${root}/src/cli/main.ts`);
  });

  it('runs the bundle where it is newer than every source, however deep, and the sources where it is not', () => {
    for (const path of ['build/bundle', 'src/cli/speed']) mkdirSync(join(root, path), { recursive: true });
    const [bundle, source] = [join(root, 'build/bundle/main.cjs'), join(root, 'src/cli/speed/meter.ts')];
    for (const path of [bundle, source]) writeFileSync(path, '');
    for (const path of ['src', 'src/cli', 'src/cli/speed', 'src/cli/speed/meter.ts']) utimesSync(join(root, path), 1000, 1000);
    expect(start([])[1]).toBe(bundle);
    expect(start(['serve'], { STRONGROOM_HOME: join(folder, 'home') })).toContain(`${root}/build/bundle/serve.cjs`);
    utimesSync(bundle, 2000, 2000);
    utimesSync(source, 2001, 2001);
    expect(start([])[1]).toBe(`${root}/src/cli/main.ts`);
    expect(globSync('*/*/*/*', { cwd: join(project, 'src') })).toEqual([]);
  });

  it('says what to do where the dependencies are missing', () => {
    rmSync(join(root, 'node_modules'), { recursive: true });
    const { status, stderr } = spawnSync(join(root, 'bin', 'strongroom'), ['tokens'], { encoding: 'utf8' });
    expect(stderr).toBe(`strongroom: its dependencies are missing; run \`npm install\` in ${root}.\n`);
    expect(status).toBe(1);
  });

  it('gives the engine its permissions, and makes the store’s folder for its owner alone', () => {
    const home = join(folder, 'my store');
    const said = start(['serve', '--on-demand'], { STRONGROOM_HOME: home });
    expect(said).toContain('--permission');
    expect(said.filter((line) => line.startsWith('--allow-fs-write'))).toEqual([`--allow-fs-write=${home}`]);
    expect(said.slice(-2)).toEqual([`${root}/src/serve.ts`, '--on-demand']);
    expect(said[0]).toBe(`cache=${home}/cache`);
    expect(statSync(home).mode & 0o777).toBe(0o700);
  });

  it('leaves `serve` to the command as long as nobody said where the store is, and with any other option', () => {
    expect(start(['serve'])).toContain(`${root}/src/cli/main.ts`);
    expect(start(['serve', '--help'], { STRONGROOM_HOME: join(folder, 'none') })).toContain(`${root}/src/cli/main.ts`);
    expect(existsSync(join(folder, 'none'))).toBe(false);
  });
});
