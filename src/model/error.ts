// The one error that an application's mistake becomes. Its message is for the log: no key bytes, PINs or label text in it.

import { CKR } from '../protocol/constants.ts';

export type CkrName = keyof typeof CKR;

export class Pkcs11Error extends Error {
  readonly rv: number;
  constructor(name: CkrName, message: string, options?: ErrorOptions) {
    super(`CKR_${name}: ${message}`, options);
    this.rv = CKR[name];
  }
}

/** @param of is joined to the message where it is thrown: the path of every call makes no text. */
export function ensure(condition: unknown, name: CkrName, message: string, of?: string): asserts condition {
  if (!condition) throw new Pkcs11Error(name, of === undefined ? message : `${message} ${of}`);
}
