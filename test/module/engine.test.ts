// The engine's life as an application lives through it: dying at work, not coming up, leaving when nobody needs it, costing nothing.
import { chmodSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as pause } from 'node:timers/promises';
import type { Handle, PKCS11 } from 'pkcs11js';
import { describe, expect, vi } from 'vitest';
import { CKA, CKM, CKO, CKP } from '../../src/protocol/constants.ts';
import { alteredEngine } from '../support/altered-engine.ts';
import { request, stopEngine, until } from '../support/engine.ts';
import { leftovers } from '../support/leftovers.ts';
import { load, logIn, type Token, visit } from '../support/module.ts';
import { command } from '../support/paths.ts';
import { test } from '../support/token.ts';

const engineOf = async (home: string): Promise<number> => ((await request(home, 'status')) as { pid: number }).pid;

const store = (module: PKCS11, session: Handle, label: string): Handle =>
  module.C_CreateObject(session, [
    { type: CKA.CLASS, value: CKO.DATA },
    { type: CKA.TOKEN, value: true },
    { type: CKA.LABEL, value: label },
  ]);

const labels = (module: PKCS11, session: Handle): string[] => {
  module.C_FindObjectsInit(session, [{ type: CKA.CLASS, value: CKO.DATA }]);
  const found = module.C_FindObjects(session, 1000);
  module.C_FindObjectsFinal(session);
  return found.map((object) => module.C_GetAttributeValue(session, object, [{ type: CKA.LABEL }])[0]!.value.toString());
};

/** Takes seconds, and is not worked at by this process. */
const generateForLong = (module: PKCS11, session: Handle) =>
  module.C_GenerateKeyPairAsync(
    session,
    { mechanism: CKM.RSA_PKCS_KEY_PAIR_GEN },
    [
      { type: CKA.MODULUS_BITS, value: 8192 },
      { type: CKA.PUBLIC_EXPONENT, value: Buffer.of(1, 0, 1) },
    ],
    [],
  );

describe('an engine that is killed', () => {
  test('ends the call in flight with CKR_DEVICE_ERROR, and the next session finds another engine and every stored object', async ({
    home,
    token,
    module,
    session,
  }) => {
    const pid = await engineOf(home);
    const stored = Array.from({ length: 20 }, (_, n) => `object ${n}`);
    for (const label of stored) store(module, session, label);
    const refused = expect(generateForLong(module, session)).rejects.toThrow('CKR_DEVICE_ERROR');
    await pause(50);
    process.kill(pid, 'SIGKILL');
    await refused;

    const next = logIn(module, token);
    expect(await engineOf(home)).not.toBe(pid);
    expect(() => module.C_GetSessionInfo(session)).toThrow('CKR_SESSION_HANDLE_INVALID');
    expect(labels(module, next).sort()).toEqual(stored.sort());
  });

  test('between two calls is noticed by the next one', async ({ home, token, module, session }) => {
    process.kill(await engineOf(home), 'SIGKILL');
    expect(() => store(module, session, 'lost')).toThrow(/CKR_(DEVICE_ERROR|SESSION_HANDLE_INVALID)/);
    const next = logIn(module, token);
    expect(labels(module, next)).toEqual([]);
    store(module, next, 'kept');
    expect(labels(module, next)).toEqual(['kept']);
  });

  test('loses nothing that it has acknowledged, whenever it dies', async ({ home, token, module }) => {
    const acknowledged: string[] = [];
    for (let round = 0; round < 5; round += 1) {
      const session = logIn(module, token);
      const pid = await engineOf(home);
      setTimeout(() => process.kill(pid, 'SIGKILL'), 20 + 30 * round);
      try {
        for (let n = 0; ; n += 1) {
          store(module, session, `${round}/${n}`);
          acknowledged.push(`${round}/${n}`);
          // Lets the timer have its turn.
          await pause(0);
        }
      } catch (error) {
        expect(String(error)).toMatch(/CKR_(DEVICE_ERROR|SESSION_HANDLE_INVALID)/);
      }
    }
    const found = labels(module, logIn(module, token));
    expect(acknowledged).not.toEqual([]);
    expect(found).toEqual(expect.arrayContaining(acknowledged));
    expect(found.length - acknowledged.length).toBeLessThanOrEqual(5);
  });
});

test('an engine that is told to stop ends an application’s call, and the next session starts another', async ({
  home,
  token,
  module,
  session,
}) => {
  const pid = await engineOf(home);
  const refused = expect(generateForLong(module, session)).rejects.toThrow('CKR_DEVICE_ERROR');
  await pause(50);
  await request(home, 'stop');
  await refused;
  logIn(module, token);
  expect(await engineOf(home)).not.toBe(pid);
});

/** C_Initialize in this process, as one word. */
const initialise = (): string => {
  const module = load();
  try {
    module.C_Initialize();
    module.C_Finalize();
    return 'OK';
  } catch (error) {
    expect(() => module.C_GetInfo()).toThrow('CKR_CRYPTOKI_NOT_INITIALIZED');
    return (error as Error).message;
  } finally {
    module.close();
  }
};

const log = (home: string) => readFileSync(join(home, 'engine.log'), 'utf8');

describe('an engine that cannot start makes C_Initialize fail, and says why', () => {
  test('where there is none', async ({ home }) => {
    vi.stubEnv('STRONGROOM_ENGINE', '/nowhere/strongroom');
    expect(initialise()).toBe('CKR_FUNCTION_FAILED');
    expect(log(home)).toContain('/nowhere/strongroom');
    vi.unstubAllEnvs();
    expect(initialise()).toBe('OK');
  });

  test('where a setting is wrong', async ({ home }) => {
    vi.stubEnv('STRONGROOM_WORKERS', 'many');
    expect(initialise()).toBe('CKR_FUNCTION_FAILED');
    expect(log(home)).toContain('workers must be a whole number');
  });

  test('where others may enter the store’s folder', async ({ home, room }) => {
    for (const mode of [0o755, 0o770, 0o777]) {
      chmodSync(home, mode);
      expect(initialise()).toBe('CKR_FUNCTION_FAILED');
    }
    expect(log(home)).toContain('chmod 700');
    const { code, stderr } = await room.run(command, ['serve']);
    expect(stderr).toContain('chmod 700');
    expect(code).not.toBe(0);
    chmodSync(home, 0o700);
    expect(initialise()).toBe('OK');
  });

  test('where a worker cannot be loaded, and no process is left', async ({ home, room }) => {
    const broken = alteredEngine(room, () => 'throw new Error("a broken worker");');
    vi.stubEnv('STRONGROOM_ENGINE', broken);
    expect(initialise()).toBe('CKR_FUNCTION_FAILED');
    expect(log(home)).toContain('a broken worker');
    await until('the engine has left', () => leftovers(home).length === 0);
    // What is told as a bug there is expected here.
    rmSync(join(home, 'engine.log'));
    vi.unstubAllEnvs();
    expect(initialise()).toBe('OK');
  });

  test('where the store was written by a newer version', async ({ home, token }) => {
    expect(await stopEngine(home)).toEqual([]);
    const database = new DatabaseSync(join(home, 'store.db'));
    const { user_version: known } = database.prepare('PRAGMA user_version').get() as { user_version: number };
    database.exec('PRAGMA user_version = 999');
    expect(initialise()).toBe('CKR_FUNCTION_FAILED');
    expect(log(home)).toContain('newer');
    database.exec(`PRAGMA user_version = ${known}`);
    database.close();
    expect(visit((module) => labels(module, logIn(module, token)))).toEqual([]);
  });
});

test('a store is made for its owner alone, whatever the umask', async ({ home, token: _token }) => {
  for (const name of ['.', 'store.db', 'store.key', 'engine.log', 'engine.sock', 'engine.lock']) {
    expect(statSync(join(home, name)).mode & 0o077, name).toBe(0);
  }
});

/** What the processor has done for a process so far, in ticks (proc(5): utime and stime, fields 14 and 15). */
const ticks = (pid: number): number => {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ');
  return Number(fields[11]) + Number(fields[12]);
};

describe('an idle engine', () => {
  test('leaves when nobody has needed it for a while, and leaves nothing', async ({ home }) => {
    vi.stubEnv('STRONGROOM_IDLE_SECONDS', '1');
    expect(initialise()).toBe('OK');
    await engineOf(home);
    await until('the engine has left', () => leftovers(home).length === 0);
  });

  test('leaves too where its store’s folder has gone', async ({ home }) => {
    vi.stubEnv('STRONGROOM_IDLE_SECONDS', '1');
    expect(initialise()).toBe('OK');
    await engineOf(home);
    rmSync(home, { recursive: true });
    await until('the engine has left', () => leftovers(home).length === 0);
  });

  test('stays while an application is connected, and uses no processor', async ({ home, module: _module, session: _session }) => {
    const pid = await engineOf(home);
    // Node collects its garbage and writes its compile cache shortly after the start.
    await pause(3_000);
    const before = ticks(pid);
    await pause(2_000);
    expect(ticks(pid) - before).toBeLessThanOrEqual(1);
  });
});

const usable = (module: PKCS11, token: Token): boolean => labels(module, logIn(module, token)).length === 0;

test('many engines one after the other serve one application', async ({ home, token, module }) => {
  for (let round = 0; round < 5; round += 1) {
    await request(home, 'stop');
    await expect.poll(() => usable(module, token), { timeout: 5_000 }).toBe(true);
  }
});

/** How much the engine's threads of a name give way to others, compared with its main thread. */
const givesWay = (pid: number, name: string): number[] => {
  const niceness = (thread: string) =>
    Number(
      readFileSync(`/proc/${pid}/task/${thread}/stat`, 'utf8')
        .replace(/^.*\) /, '')
        .split(' ')[16],
    );
  const named = readdirSync(`/proc/${pid}/task`).filter(
    (thread) => readFileSync(`/proc/${pid}/task/${thread}/comm`, 'utf8').trim() === name,
  );
  return named.map((thread) => niceness(thread) - niceness(`${pid}`)).sort((a, b) => a - b);
};

describe('what takes long', () => {
  test('gives way to every other call: key generations and PINs, and keys with which everything is slow', async ({
    home,
    module,
    session,
  }) => {
    const pid = await engineOf(home);
    const workers = givesWay(pid, 'WorkerThread');
    expect(workers).toEqual(workers.map(() => 0));
    const pool = () => givesWay(pid, 'libuv-worker');
    await until('the pool gives way', () => pool().some((steps) => steps > 0));
    expect(new Set(pool())).toEqual(new Set([5]));

    const slow = { mechanism: CKM.SLH_DSA_KEY_PAIR_GEN };
    const { privateKey } = module.C_GenerateKeyPair(session, slow, [{ type: CKA.PARAMETER_SET, value: CKP.SLH_DSA_SHA2_128S }], []);
    module.C_SignInit(session, { mechanism: CKM.SLH_DSA }, privateKey);
    module.C_Sign(session, Buffer.from('data'), Buffer.alloc(8000));
    expect(givesWay(pid, 'WorkerThread')).toEqual([...workers, 5]);
  });
});
