// Compiles one of test/module/probes with the machine's own compiler, runs it and reads its verdicts.
import { join } from 'node:path';
import { CKR } from '../../src/protocol/constants.ts';
import { modulePath, project } from './paths.ts';
import type { Room } from './room.ts';

const names = new Map<number, string>(Object.entries(CKR).map(([name, rv]) => [rv, name]));

/** The name of each judged call, and of its return value; with how the probe itself ended. */
export interface Verdicts {
  readonly calls: Record<string, string>;
  readonly end: { readonly code: number | null; readonly signal: NodeJS.Signals | null; readonly stderr: string };
}

const WARNINGS = ['-std=gnu11', '-Wall', '-Wextra', '-Werror', '-g'];

/** The program of a probe. @param more a compiler, if another than the machine's own, and what it is told besides. */
export const compile = async (room: Room, name: string, { compiler = 'cc', flags = [] as readonly string[] } = {}): Promise<string> => {
  const program = join(room.folder, name);
  // The room too: a test may write a part of its probe there.
  const folders = [...['native/shared', 'test/module/probes'].map((folder) => join(project, folder)), room.folder];
  const include = folders.flatMap((folder) => ['-I', folder]);
  const source = join(project, 'test/module/probes', `${name}.c`);
  const compiled = await room.run(compiler, [...WARNINGS, ...flags, ...include, '-o', program, source, '-ldl', '-lpthread']);
  if (compiled.code !== 0) throw new Error(compiled.stderr);
  return program;
};

/** @param more what follows the module on the probe's command line. */
export const probe = async (
  room: Room,
  name: string,
  environment: NodeJS.ProcessEnv = {},
  ...more: readonly string[]
): Promise<Verdicts> => {
  const program = await compile(room, name);
  const { code, signal, stdout, stderr } = await room.run(program, [modulePath, ...more], { env: { ...room.env, ...environment } });
  const lines = stdout
    .toString()
    .split('\n')
    .filter(Boolean)
    .map((line) => line.split('\t'));
  return { calls: Object.fromEntries(lines.map(([call, rv]) => [call, names.get(Number(rv)) ?? rv])), end: { code, signal, stderr } };
};
