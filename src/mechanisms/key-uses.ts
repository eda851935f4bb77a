// What may take long with a private key, each use from its operation's row to its result: for whoever does it, a worker or the thread of slow keys.

import type { MechanismParameter } from '../protocol/parameters.ts';
import type { Key, KeyUses, Operations } from './mechanism.ts';

type Use<F> = F extends (...inputs: infer I) => infer R
  ? (operations: Operations, key: Key, parameter: MechanismParameter, ...inputs: I) => R
  : never;

export const keyUses: { readonly [N in keyof KeyUses]: Use<KeyUses[N]> } = {
  sign: (operations, key, parameter, prepared) => operations.sign!(key, parameter).signed!(prepared),
  signRecover: (operations, key, parameter, prepared) => operations.signRecover!(key, parameter).signed!(prepared),
  decrypt: (operations, key, parameter, data) => operations.decrypt!(key, parameter).once(data),
  unwrapKey: (operations, key, parameter, wrapped, template) => operations.unwrapKey!(key, parameter, wrapped, template),
  decapsulateKey: (operations, key, parameter, ciphertext, template) => operations.decapsulateKey!(key, parameter, ciphertext, template),
};
