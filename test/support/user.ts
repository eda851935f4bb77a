// The tests' `test` with every function of the module at hand: one token for a whole file, and its user's session.
import { CKF } from '../../src/protocol/constants.ts';
import { enter, furnish } from './entering.ts';
import { loadCryptoki } from './functions.ts';
import { freshToken } from './module.ts';
import type { User } from './operations.ts';
import { modulePath } from './paths.ts';
import { type Scope, sharedTest as shared } from './room.ts';

const openUser = ({ home: _home }: { home: string }, { onCleanup }: Scope): User => {
  const [token, module] = [freshToken(), loadCryptoki(modulePath)];
  module.C_Initialize(CKF.OS_LOCKING_OK);
  onCleanup(() => {
    module.C_Finalize();
    module[Symbol.dispose]();
  });
  furnish(module, token);
  return enter(module, token);
};

export const sharedTest = shared.extend('user', { scope: 'file' }, openUser);
