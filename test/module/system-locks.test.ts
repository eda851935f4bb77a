// How many locks a signature takes, in the application's process: its own callbacks counted by the meter, the system's by the interposer.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { ownStore, SOFTHSM } from '../../src/cli/own-store.ts';
import { type Case, type Contestant, FORMS, measure, prepare, USUAL } from '../../src/cli/speed/meter.ts';
import { modulePath, project } from '../support/paths.ts';
import { needs } from '../support/program.ts';
import { type Room, test } from '../support/room.ts';

const INTERPOSER = join(project, 'build/Release/lockcheck-interposer.so');

async function counting(room: Room, module: string): Promise<(what: Partial<Case>) => ReturnType<typeof measure>> {
  const engine = async () => undefined;
  const environment = { ...room.env, ...(module === modulePath ? {} : ownStore(module, room.folder)) };
  const contestant: Contestant = { name: 'locks', module, label: 'locks', pin: '123456', environment, engine };
  await prepare(contestant);
  const watched = { ...contestant, environment: { ...environment, LD_PRELOAD: INTERPOSER } };
  return (what) => measure(watched, { ...USUAL, operation: 'p-256', ...what }, 0.1);
}

test('a signature by Strongroom takes no lock at all, however it was initialised and whoever had the session before', async ({ room }) => {
  const count = await counting(room, modulePath);
  for (const form of FORMS) {
    for (const sharing of ['own', 'pool'] as const) {
      const { done, locks, ownLocks, otherLocks } = await count({ threads: 4, form, sharing });
      expect(done).toBeGreaterThan(0);
      expect({ form, sharing, locks, ownLocks, otherLocks }).toEqual({ form, sharing, locks: 0, ownLocks: 0, otherLocks: 0 });
    }
  }
});

describe('where there are locks', () => {
  needs('softhsm2-util');

  test('they are counted: SoftHSM’s, in the system’s mutexes or in the application’s', async ({ room }) => {
    const count = await counting(room, SOFTHSM.find(existsSync)!);
    const [none, os, app] = [await count({ form: 'null' }), await count({ form: 'os' }), await count({ form: 'app' })];
    expect(none).toMatchObject({ locks: 0, ownLocks: 0 });
    expect(os.locks).toBe(0);
    expect(os.ownLocks).toBeGreaterThan(10);
    expect(app.ownLocks).toBe(0);
    expect(app.locks).toBeGreaterThan(10);
    // OpenSSL's, in any form.
    for (const { otherLocks } of [none, os, app]) expect(otherLocks).toBeGreaterThan(1);
  });
});
