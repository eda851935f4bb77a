// What the TLS and SSL mechanisms share: their pseudorandom functions by mechanism, their random numbers, the form of a derivation.

import { ensure } from '../model/error.ts';
import { CKK, CKM } from '../protocol/constants.ts';
import { hashOf } from './masks.ts';
import type { Derivation, Derived, Mechanism } from './mechanism.ts';

/** Bytes of a master secret, and of RSA's secret before it. */
export const MASTER = 48;
const EMPTY = new Uint8Array(0);

export const text = (label: string): Uint8Array => Buffer.from(label, 'latin1');

/** OpenSSL's name of the hash of a pseudorandom function; undefined for the one of TLS 1.0 and 1.1. */
export type Prf = string | undefined;

/** @param older whether CKM_TLS_PRF may stand for the function of TLS 1.0 and 1.1. */
export function prfOf(mechanism: number, older: boolean): Prf {
  if (older && mechanism === CKM.TLS_PRF) return undefined;
  const hash = hashOf.get(mechanism);
  ensure(hash !== undefined, 'MECHANISM_PARAM_INVALID', 'a TLS function with a hash that there is not');
  return hash.name;
}

export const tlsDerivation = (
  deriveKey: (derivation: Derivation) => Derived,
  keySize: Mechanism['keySize'] = [MASTER, MASTER],
): Mechanism => ({
  keyType: CKK.GENERIC_SECRET,
  keySize,
  operations: { deriveKey },
});

export interface Random {
  readonly pClientRandom: Uint8Array | null;
  readonly pServerRandom: Uint8Array | null;
}
export const clientFirst = ({ pClientRandom, pServerRandom }: Random): Uint8Array =>
  Buffer.concat([pClientRandom ?? EMPTY, pServerRandom ?? EMPTY]);
export const serverFirst = ({ pClientRandom, pServerRandom }: Random): Uint8Array =>
  Buffer.concat([pServerRandom ?? EMPTY, pClientRandom ?? EMPTY]);
