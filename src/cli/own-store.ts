// A store for the time of a measurement or an examination: for modules that we know how to tell where to look.

import { mkdirSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { LIBRARY } from './library.ts';

export const SOFTHSM = ['/usr/lib/softhsm/libsofthsm2.so', '/usr/lib64/softhsm/libsofthsm2.so', '/usr/lib64/pkcs11/libsofthsm2.so'];

export const isOurs = (module: string): boolean => basename(module) === basename(LIBRARY);
const isSoftHsm = (module: string) => basename(module).startsWith('libsofthsm2');

/** Short: for tables. */
export const nameOf = (module: string): string =>
  isOurs(module) ? 'strongroom' : isSoftHsm(module) ? 'softhsm' : basename(module).replace(/\.so.*$/, '');

/** The environment in which the module has an empty store in the folder; undefined for a module that we do not know. */
export function ownStore(module: string, folder: string): Readonly<Record<string, string>> | undefined {
  if (isOurs(module)) return { STRONGROOM_HOME: join(folder, 'home') };
  if (!isSoftHsm(module)) return undefined;
  const tokens = join(folder, 'softhsm');
  mkdirSync(tokens, { recursive: true });
  const configuration = join(folder, 'softhsm2.conf');
  writeFileSync(configuration, `directories.tokendir = ${tokens}\nobjectstore.backend = file\nlog.level = ERROR\n`);
  return { SOFTHSM2_CONF: configuration };
}
