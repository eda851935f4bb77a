// Whom to measure. A module whose token was named is used as it is; Strongroom and SoftHSM get a store of their own for the
// time, so that `strongroom speed` by itself shows something and touches nobody's keys.

import { randomInt } from 'node:crypto';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readSettings } from '../../settings.ts';
import { ask } from '../control.ts';
import { stopEngine } from '../engine.ts';
import { Failure } from '../failure.ts';
import { LIBRARY } from '../library.ts';
import { isOurs, nameOf, ownStore, SOFTHSM } from '../own-store.ts';
import { type Contestant, measure, prepare, reasonOf, USUAL } from './meter.ts';

const LABEL = 'strongroom speed';

export interface Named {
  readonly modules: readonly string[];
  /** A token that is there, and its PIN; undefined: one is made for the time. */
  readonly token: { readonly label: string; readonly pin: string } | undefined;
}

export interface Contest extends AsyncDisposable {
  readonly contestants: readonly Contestant[];
}

const nobody = async () => undefined;
const engineOf = (home: string) => async () => (await ask(home, 'status'))?.pid;

/** A store in the folder, for a module that we know how to tell where to look. */
function storeFor(module: string, folder: string): Pick<Contestant, 'environment' | 'engine'> {
  const environment = ownStore(module, folder);
  if (environment === undefined) throw new Failure(`Which token of ${module} is to be measured? Name it by --token LABEL.`);
  return { environment, engine: environment.STRONGROOM_HOME === undefined ? nobody : engineOf(environment.STRONGROOM_HOME) };
}

/** Strongroom, and SoftHSM where it is installed; a token that somebody named is Strongroom's. */
const usual = (token: Named['token']) => (token === undefined ? [LIBRARY, ...SOFTHSM.filter(existsSync).slice(0, 1)] : [LIBRARY]);

async function admit(module: string, token: Named['token'], pin: string, folder: string): Promise<Contestant> {
  if (!existsSync(module)) throw new Failure(`There is no module ${module}; give its path.`);
  const name = nameOf(module);
  if (token !== undefined) {
    const named: Contestant = { name, module, ...token, environment: {}, engine: isOurs(module) ? engineOf(readSettings().home) : nobody };
    // Once, for each run logs in: a wrong PIN would be tried until it is locked.
    await measure(named, { ...USUAL, operation: 'session-info' }, 0.01).catch((error: unknown) => {
      throw new Failure(`The token "${token.label}" of ${module} cannot be measured: ${reasonOf(error)}`);
    });
    return named;
  }
  const made: Contestant = { name, module, label: LABEL, pin, ...storeFor(module, folder) };
  await prepare(made).catch((error: unknown) => {
    throw new Failure(`No token can be made in ${module}: ${reasonOf(error)}`);
  });
  return made;
}

export async function gather({ modules, token }: Named): Promise<Contest> {
  const folder = mkdtempSync(join(tmpdir(), 'strongroom-speed-'));
  const pin = String(randomInt(100_000, 1_000_000));
  const contestants: Contestant[] = [];
  const contest: Contest = {
    contestants,
    async [Symbol.asyncDispose]() {
      for (const { environment } of contestants) if (environment.STRONGROOM_HOME) await stopEngine(environment.STRONGROOM_HOME);
      rmSync(folder, { recursive: true, force: true });
    },
  };
  try {
    for (const module of modules.length > 0 ? modules : usual(token)) contestants.push(await admit(module, token, pin, folder));
    return contest;
  } catch (error) {
    // Nobody will be there to dispose of it.
    await contest[Symbol.asyncDispose]();
    throw error;
  }
}
