// A token in each module, in one folder, and its user in each. Both modules read their environment when they are loaded.
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CKF } from '../../src/protocol/constants.ts';
import { enter, furnish } from '../support/entering.ts';
import { type Cryptoki, loadCryptoki } from '../support/functions.ts';
import { freshToken } from '../support/module.ts';
import { modulePath } from '../support/paths.ts';
import type { Parties } from './compare.ts';

const places = ['/usr/lib/softhsm', '/usr/lib64/softhsm', '/usr/lib64/pkcs11'];
export const softhsm = places.map((folder) => join(folder, 'libsofthsm2.so')).find(existsSync);

/** Broken mechanisms, too: SoftHSM has them. */
export const configure = (folder: string): NodeJS.ProcessEnv => {
  const tokens = join(folder, 'softhsm');
  mkdirSync(tokens);
  const SOFTHSM2_CONF = join(folder, 'softhsm2.conf');
  writeFileSync(SOFTHSM2_CONF, `directories.tokendir = ${tokens}\nobjectstore.backend = file\nlog.level = ERROR\n`);
  return { SOFTHSM2_CONF, STRONGROOM_LEGACY: 'true' };
};

const open = (path: string): Cryptoki => {
  const module = loadCryptoki(path);
  module.C_Initialize(CKF.OS_LOCKING_OK);
  return module;
};

/** The environment has to be as configure() and STRONGROOM_HOME say. */
export const gather = (): { parties: Parties; leave: () => void } => {
  const [strong, soft] = [open(modulePath), open(softhsm!)];
  const at = (module: Cryptoki) => {
    const token = freshToken();
    furnish(module, token);
    return enter(module, token);
  };
  const leave = () => {
    for (const module of [strong, soft]) {
      module.C_Finalize();
      module[Symbol.dispose]();
    }
  };
  return { parties: { strongroom: at(strong), softhsm: at(soft) }, leave };
};

/** The mechanisms that both offer. */
export const sharedMechanisms = ({ strongroom, softhsm: other }: Parties): number[] => {
  const [ours, theirs] = [strongroom, other].map((user) => new Set(user.mechanisms()));
  return [...ours!].filter((type) => theirs!.has(type));
};
