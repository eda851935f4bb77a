// What the library shows to the linker and to C_GetInterface: the standard's functions, all of them and nothing else.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { calls } from '../../src/protocol/calls.ts';
import { modulePath, project } from '../support/paths.ts';
import { probe } from '../support/probe.ts';
import { needs } from '../support/program.ts';
import { test } from '../support/room.ts';

needs('cc');

const header = readFileSync(join(project, 'native/shared/pkcs11.h'), 'utf8');

test('exactly the functions of the standard are exported', async ({ room }) => {
  const { code, stdout } = await room.run('nm', ['-D', '--defined-only', '--format=posix', modulePath]);
  expect(code).toBe(0);
  const exported = stdout
    .toString()
    .trim()
    .split('\n')
    .map((line) => line.split(' ').slice(0, 2).join(' '));
  expect(exported.toSorted()).toEqual(
    Object.keys(calls)
      .map((name) => `${name} T`)
      .toSorted(),
  );
});

test('the library needs libc and nothing else, and is bound and sealed when it is loaded', async ({ room }) => {
  const dynamic = (await room.run('readelf', ['-dW', modulePath])).stdout.toString();
  const needed = [...dynamic.matchAll(/NEEDED.*\[(.*)\]/g)].map(([, name]) => name?.split('.so')[0]);
  // The loader is a part of libc: what a thread has of its own is asked of it.
  expect(needed.filter((name) => !/^ld-linux-/.test(name ?? ''))).toEqual(['libc']);
  expect(dynamic).toMatch(/BIND_NOW/);
  expect((await room.run('readelf', ['-lW', modulePath])).stdout.toString()).toMatch(/GNU_RELRO/);
});

test('the three function lists are as long as their versions want: 68, 92 and 104', () => {
  const lists = ['2_40', '3_0', '3_2'].map((version) => header.split(`#define CK_FUNCTIONS_${version}(X)`)[1]?.split('\n\n')[0] ?? '');
  expect(lists.map((list) => list.match(/X\(C_/g)?.length)).toEqual([68, 24, 12]);
});

test('every list and interface has the same functions, and C_GetInterface finds them by the rules', async ({ room }) => {
  const { calls: said, end } = await probe(room, 'exports');
  expect(end).toEqual({ code: 0, signal: null, stderr: '' });
  expect(said).toEqual({
    'list: version': 'is 240',
    'list: strangers': 'is 0',
    'how many': 'OK',
    count: 'is 3',
    'too little room': 'BUFFER_TOO_SMALL',
    'count then': 'is 3',
    'room enough': 'OK',
    'no count': 'ARGUMENTS_BAD',
    '0: version': 'is 302',
    '1: version': 'is 300',
    '2: version': 'is 240',
    '0: flags': 'is 0',
    '1: flags': 'is 0',
    '2: flags': 'is 0',
    '0: strangers': 'is 0',
    '1: strangers': 'is 0',
    '2: strangers': 'is 0',
    'the default': 'OK',
    'the default differs from 0': 'is 0',
    '0: by name and version': 'OK',
    '1: by name and version': 'OK',
    '2: by name and version': 'OK',
    '0: differs': 'is 0',
    '1: differs': 'is 0',
    '2: differs': 'is 0',
    'no such version': 'FUNCTION_FAILED',
    'no such name': 'FUNCTION_FAILED',
    'safe to fork': 'FUNCTION_FAILED',
    'nowhere to put it': 'ARGUMENTS_BAD',
  });
});
