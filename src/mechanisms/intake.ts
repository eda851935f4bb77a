// How the application's data becomes what an algorithm works on: as it is, or as its hash; in one part, or in several.

import { beginHash, digest } from '../crypto/digest.ts';
import type { Hash } from './hashes.ts';
import { Held } from './held.ts';

export interface Intake {
  once(data: Uint8Array): Uint8Array;
  /** Without it: one part only. */
  begin?(): Parts;
}
export interface Parts {
  update(part: Uint8Array): unknown;
  final(): Uint8Array;
}
export type InParts = Required<Intake>;

/**
 * The data itself; parts are kept until it is complete. Where the standard has a mechanism in one part only (CKM_RSA_PKCS, CKM_ECDSA ...)
 * that is no reason to refuse: OpenSC's own test signs so, and what is too long is refused at the end.
 */
export const asGiven: InParts = { once: (data) => data, begin: () => new Held() };

export const hashed = ({ name }: Pick<Hash, 'name'>): InParts => ({
  once: (data) => digest(name, data),
  begin() {
    const state = beginHash(name);
    return { update: (part) => state.update(part), final: () => state.digest() };
  },
});

export const takesParts = (intake: Intake): intake is InParts => intake.begin !== undefined;
