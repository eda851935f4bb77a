// Programs in C that a bench brings itself: test/bench/NAME.c, compiled into a folder that goes with the bench.

import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { ROOT } from '../../src/cli/library.ts';

/** @returns the program's path. */
export function compiled(name: string, folder: string): string {
  const program = join(folder, name);
  const [source, include] = [join(import.meta.dirname, `${name}.c`), join(ROOT, 'native', 'shared')];
  execFileSync('cc', ['-std=c11', '-D_GNU_SOURCE', '-O2', `-I${include}`, '-o', program, source, '-ldl', '-lpthread'], {
    stdio: 'inherit',
  });
  return program;
}
