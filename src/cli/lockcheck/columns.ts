// Which modules, and in which of their modes. Strongroom and SoftHSM are given a store of their own for the time; of other modules a
// token has to be named, or be allowed to be made, where cases are to sign.

import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stopEngine } from '../engine.ts';
import { Failure } from '../failure.ts';
import { isOurs, nameOf, ownStore } from '../own-store.ts';
import type { Column } from './examine.ts';

export interface Wanted {
  readonly modules: readonly string[];
  /** Values of Strongroom's setting `locking`; other modules have none. */
  readonly modes: readonly string[];
  /** A token that is there, and its PIN. */
  readonly token: { readonly label: string; readonly pin: string } | undefined;
  readonly makeToken: boolean;
  /** The folder in which a module that we do not know has its tokens. */
  readonly store: string | undefined;
  /** More options for the kit. */
  readonly options: readonly string[];
}

export interface Columns extends AsyncDisposable {
  readonly columns: readonly Column[];
}

/** The token's options, and where its store is. */
function tokenOf(module: string, wanted: Wanted, folder: string): Pick<Column, 'options' | 'environment'> {
  const at = (store: string | undefined) => (store === undefined ? [] : ['--store', store]);
  if (wanted.token !== undefined)
    return { options: ['--token-label', wanted.token.label, ...at(wanted.store)], environment: { LOCKCHECK_PIN: wanted.token.pin } };
  const own = ownStore(module, folder);
  if (own !== undefined) return { options: ['--make-token', ...at(folder)], environment: own };
  return { options: [...(wanted.makeToken ? ['--make-token'] : []), ...at(wanted.store)], environment: {} };
}

function columnsOf(module: string, wanted: Wanted, folder: string): Column[] {
  if (!existsSync(module)) throw new Failure(`There is no module ${module}; give its path.`);
  const { options, environment } = tokenOf(module, wanted, folder);
  const modes = isOurs(module) && wanted.modes.length > 0 ? wanted.modes : [undefined];
  return modes.map((mode) => ({
    name: mode === undefined ? nameOf(module) : `${nameOf(module)}, ${mode}`,
    module,
    options: [...options, ...wanted.options, ...(mode === 'os' ? ['--system-locks'] : [])],
    environment: { ...environment, ...(mode === undefined ? {} : { STRONGROOM_LOCKING: mode }) },
  }));
}

export function prepareColumns(wanted: Wanted): Columns {
  const folder = mkdtempSync(join(tmpdir(), 'strongroom-lockcheck-'));
  const columns: Column[] = [];
  const clear = async () => {
    for (const home of new Set(columns.map(({ environment }) => environment.STRONGROOM_HOME)))
      if (home !== undefined) await stopEngine(home);
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    for (const [at, module] of wanted.modules.entries()) {
      const own = join(folder, `${at}`);
      mkdirSync(own);
      columns.push(...columnsOf(module, wanted, own));
    }
  } catch (error) {
    // Nobody will be there to dispose of it, and nothing runs yet.
    rmSync(folder, { recursive: true, force: true });
    throw error;
  }
  return { columns, [Symbol.asyncDispose]: clear };
}
