// An engine whose workers are not as they should be: a copy of ours, with another worker's program.
import { cpSync, mkdirSync, readFileSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { project } from './paths.ts';
import type { Room } from './room.ts';

/** @returns what STRONGROOM_ENGINE is to be. */
export const alteredEngine = (room: Room, alter: (worker: string) => string): string => {
  const root = join(room.folder, 'altered');
  for (const part of ['bin', 'build/bundle', 'build/Release/channel.node', 'package.json'])
    cpSync(join(project, part), join(root, part), { recursive: true });
  mkdirSync(join(root, 'src'));
  symlinkSync(join(project, 'node_modules'), join(root, 'node_modules'));
  const worker = join(root, 'build/bundle/worker.cjs');
  writeFileSync(worker, alter(readFileSync(worker, 'utf8')));
  // Newer than the bundle's, the folder would have the engine run from sources that are not there.
  utimesSync(join(root, 'src'), 0, 0);
  return join(root, 'bin/strongroom');
};
