// What a store's engine could leave behind: a process, a socket, a held lock, shared memory.
import { readdirSync, readFileSync, readlinkSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** What may vanish between looking for it and looking at it (a process, one of its descriptors) counts as empty. */
const ifThere = <T>(look: () => T, otherwise: T): T => {
  try {
    return look();
  } catch {
    return otherwise;
  }
};

const pids = () => readdirSync('/proc').filter((name) => /^\d+$/.test(name));

const descriptors = (pid: string) =>
  ifThere(() => readdirSync(`/proc/${pid}/fd`), []).map((fd) => ifThere(() => readlinkSync(`/proc/${pid}/fd/${fd}`), ''));

const text = (path: string) => ifThere(() => readFileSync(path, 'latin1'), '');

const within = (home: string) => (path: string) => path === home || path.startsWith(`${home}/`);

/** Processes, other than this one, that have a file of the store open, or that were told its path. */
export const processesOf = (home: string): number[] =>
  pids()
    .filter((pid) => Number(pid) !== process.pid)
    .filter(
      (pid) => descriptors(pid).some(within(home)) || ['cmdline', 'environ'].some((name) => text(`/proc/${pid}/${name}`).includes(home)),
    )
    .map(Number);

const filesOf = (home: string): string[] =>
  ifThere(() => readdirSync(home, { recursive: true, encoding: 'utf8' }), []).map((name) => join(home, name));

/** /proc/locks names a locked file by its inode only. */
const isLocked = (path: string): boolean => {
  const inode = ifThere(() => statSync(path).ino, -1);
  return text('/proc/locks')
    .split('\n')
    .some((line) => line.includes(`:${inode} `));
};

/** Sentences, one for each thing that is still there. */
export const leftovers = (home: string): string[] => {
  const files = filesOf(home);
  return [
    ...processesOf(home).map((pid) => `process ${pid} is still there: ${text(`/proc/${pid}/cmdline`).replaceAll('\0', ' ')}`),
    ...files.filter((path) => ifThere(() => statSync(path).isSocket(), false)).map((path) => `socket ${path} is still there`),
    ...files.filter(isLocked).map((path) => `${path} is still locked`),
    ...files.filter((path) => path.endsWith('-shm') || path.endsWith('-wal')).map((path) => `${path} is still there`),
    ...readdirSync('/dev/shm')
      .filter((name) => name.includes('strongroom'))
      .map((name) => `shared memory ${name} is still there`),
  ];
};
