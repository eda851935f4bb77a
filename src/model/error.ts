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

/** The path of every call makes no text. @param message a function where it takes making. @param of is joined to it where it is thrown. */
export function ensure(condition: unknown, name: CkrName, message: string | (() => string), of?: string): asserts condition {
  if (condition) return;
  const text = typeof message === 'string' ? message : message();
  throw new Pkcs11Error(name, of === undefined ? text : `${text} ${of}`);
}
