// X9.62's ecParameters: a curve told by its numbers. Which of the named ones it is OpenSSL says, who compares all of them.

import { createPublicKey } from 'node:crypto';
import { attempt } from './attempt.ts';
import { type Curve, curves } from './curves.ts';
import { bitString, contentOf, elements, sequence, TAG } from './der.ts';
import { objectIdentifier } from './key-der.ts';

const EC_PUBLIC_KEY = objectIdentifier('2a8648ce3d0201');

/** More than any curve of 521 bits needs; and no compressed base point, for which a root would have to be found. */
const LONGEST = 1024;
const UNCOMPRESSED = 0x04;

/** The curve, 'unknown' for one without a name or out of the table, undefined for what are no such parameters. */
export function readExplicitCurve(parameters: Uint8Array): Curve | 'unknown' | undefined {
  if (parameters.length > LONGEST) return undefined;
  const [, , , base] = elements(contentOf(parameters, TAG.SEQUENCE) ?? new Uint8Array(0)) ?? [];
  if (base?.tag !== TAG.OCTET_STRING || base.content[0] !== UNCOMPRESSED) return undefined;
  // A public key on it, as good as any: the base point.
  const key = Buffer.from(sequence(sequence(EC_PUBLIC_KEY, parameters), bitString(base.content)));
  const details = attempt(() => createPublicKey({ key, format: 'der', type: 'spki' }))?.asymmetricKeyDetails;
  return details && (curves.find(({ name }) => name === details.namedCurve) ?? 'unknown');
}
