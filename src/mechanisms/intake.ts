// How the application's data becomes what an algorithm works on: as it is, or as its hash; in one part, or in several.

import { createHash } from 'node:crypto';
import { digest } from '../crypto/digest.ts';
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

/** The data itself, in one part. */
export const asGiven: Intake = { once: (data) => data };

/** The data itself, kept until it is complete: for algorithms that read it twice. */
export const kept: InParts = { once: (data) => data, begin: () => new Held() };

export const hashed = ({ name }: Hash): InParts => ({
  once: (data) => digest(name, data),
  begin() {
    const state = createHash(name);
    return { update: (part) => state.update(part), final: () => state.digest() };
  },
});

export const takesParts = (intake: Intake): intake is InParts => intake.begin !== undefined;
