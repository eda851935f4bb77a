// HSS, XMSS and XMSS^MT keys: loaded from their attributes, generated, and completed when an application brings them.

import { hssSignatureSize } from '../crypto/hss.ts';
import { objectIdentifier, spki } from '../crypto/key-der.ts';
import { type HssPublicKey, readHssPublic } from '../crypto/lms.ts';
import { costOf } from '../crypto/lms-tree.ts';
import { type Level, levelOf } from '../crypto/lms-types.ts';
import { type XmssSet, xmssMtSets, xmssSets, xmssSignatureSize } from '../crypto/xmss.ts';
import { type Attributes, readUlong, type Template, ulongBytes } from '../model/attribute.ts';
import { ensure, Pkcs11Error } from '../model/error.ts';
import { CKA, CKK, CKO } from '../protocol/constants.ts';
import { contribute, type Draft, drafted } from './contribute.ts';
import { attribute, remembered, required, requiredUlong } from './key.ts';
import type { Key, MadePair, Slow } from './mechanism.ts';
import type { Loaded } from './signature.ts';

/** RFC 9708 (HSS) and RFC 9802: the public key stands in the BIT STRING as it is. */
const hssIdentifier = objectIdentifier('2a864886f70d0109100311');
const xmssIdentifier = objectIdentifier('2b06010505070622');
const xmssMtIdentifier = objectIdentifier('2b06010505070623');

/** The most calls of the hash that making a top tree may take: about half an hour of two cores. */
const TOP_MOST = 2 ** 35;
/** Trees below the top are made whenever an engine first needs them, while a signature waits. */
const BELOW_MOST = 2 ** 26;

const ulongsOf = (bytes: Uint8Array): number[] =>
  Array.from({ length: bytes.length / 8 }, (_, i) => readUlong(bytes.subarray(8 * i, 8 * i + 8)));

/** @throws CKR_ATTRIBUTE_VALUE_INVALID: a type that there is not, or two of different hashes. */
const levelsOf = (lmsTypes: Uint8Array, otsTypes: Uint8Array): Level[] => {
  const ots = ulongsOf(otsTypes);
  return ulongsOf(lmsTypes).map((code, i) => {
    const level = levelOf(code, ots[i]!);
    ensure(level !== undefined, 'ATTRIBUTE_VALUE_INVALID', 'no LMS and LM-OTS type of one hash have these numbers');
    return level;
  });
};

export interface HssPrivateKey {
  readonly levels: readonly Level[];
  readonly size: number;
}

export function hssPrivate({ attributes }: Key): HssPrivateKey {
  const levels = levelsOf(attribute(attributes, CKA.HSS_LMS_TYPES), attribute(attributes, CKA.HSS_LMOTS_TYPES));
  return { levels, size: hssSignatureSize(levels) };
}

export const hssPublic = (key: Key): HssPublicKey & Loaded =>
  remembered(key, 'hss', (attributes) => {
    const loaded = readHssPublic(attribute(attributes, CKA.VALUE));
    ensure(loaded !== undefined, 'KEY_TYPE_INCONSISTENT', 'the key is no HSS public key');
    return { ...loaded, size: hssSignatureSize(Array<Level>(loaded.levels).fill(loaded.top.level)) };
  });

/** The scheme that a template asks for. @throws CKR_PARAMETER_SET_NOT_SUPPORTED where making its trees would take too long. */
function levelsAsked(template: Template): Level[] {
  const count = requiredUlong(template, CKA.HSS_LEVELS);
  const [lmsTypes, otsTypes] = [required(template, CKA.HSS_LMS_TYPES), required(template, CKA.HSS_LMOTS_TYPES)];
  const each = [lmsTypes, otsTypes].every(({ length }) => length === 8 * count);
  ensure(each, 'TEMPLATE_INCONSISTENT', 'an HSS key has one LMS and one LM-OTS type a level');
  const levels = levelsOf(lmsTypes, otsTypes);
  const [top] = levels as [Level];
  // SP 800-208 §4: one hash for a whole hierarchy.
  const same = levels.every(({ lms: { hash, n } }) => hash === top.lms.hash && n === top.lms.n);
  ensure(same, 'TEMPLATE_INCONSISTENT', 'the levels are of different hashes');
  const mayTake = levels.every((level, i) => costOf(level) <= (i === 0 ? TOP_MOST : BELOW_MOST));
  ensure(mayTake, 'PARAMETER_SET_NOT_SUPPORTED', 'trees so large are not made here');
  return levels;
}

export async function generateHssPair(privateTemplate: Template, slow: Slow): Promise<MadePair> {
  const levels = levelsAsked(privateTemplate);
  const { key, publicKey, left } = await slow.compute('generateHss', levels);
  const common = [
    [CKA.KEY_TYPE, ulongBytes(CKK.HSS)],
    [CKA.PUBLIC_KEY_INFO, spki([hssIdentifier], publicKey)],
  ] as const;
  return {
    publicKey: new Map([[CKA.CLASS, ulongBytes(CKO.PUBLIC_KEY)], [CKA.VALUE, publicKey], ...common]),
    privateKey: new Map([[CKA.CLASS, ulongBytes(CKO.PRIVATE_KEY)], [CKA.VALUE, key], keysRemaining(left), ...common]),
  };
}

/** "The minimum of the following two values". */
export const keysRemaining = (left: number): [number, Uint8Array] => [CKA.HSS_KEYS_REMAINING, ulongBytes(Math.min(left, 2 ** 32 - 1))];

export function completeHssPublic(draft: Draft): void {
  const value = drafted(draft, CKA.VALUE);
  ensure(readHssPublic(value) !== undefined, 'ATTRIBUTE_VALUE_INVALID', 'CKA_VALUE is no HSS public key');
  contribute(draft, CKA.PUBLIC_KEY_INFO, spki([hssIdentifier], value));
}

/** No token says what its keys' values are made of, and a key that came from elsewhere may be there still. */
export function completeHssPrivate(): never {
  throw new Pkcs11Error('ATTRIBUTE_VALUE_INVALID', "an HSS private key's state is its own token's");
}

/** XMSS or XMSS^MT. */
export interface XmssKind {
  readonly keyType: number;
  readonly sets: ReadonlyMap<number, XmssSet>;
  readonly identifier: Uint8Array;
}
export const xmss: XmssKind = { keyType: CKK.XMSS, sets: xmssSets, identifier: xmssIdentifier };
export const xmssMt: XmssKind = { keyType: CKK.XMSSMT, sets: xmssMtSets, identifier: xmssMtIdentifier };

export interface XmssPublicKey extends Loaded {
  readonly set: XmssSet;
  readonly root: Uint8Array;
  readonly seed: Uint8Array;
}

const xmssOf = ({ sets }: XmssKind, attributes: Attributes): XmssPublicKey => {
  const set = sets.get(readUlong(attribute(attributes, CKA.PARAMETER_SET)));
  const value = attribute(attributes, CKA.VALUE);
  ensure(set !== undefined && value.length === 4 + 2 * set.of.n, 'KEY_TYPE_INCONSISTENT', 'the key is of none of the parameter sets');
  return { set, size: xmssSignatureSize(set), root: value.subarray(4, 4 + set.of.n), seed: value.subarray(4 + set.of.n) };
};
export const xmssPublic =
  (of: XmssKind) =>
  (key: Key): XmssPublicKey =>
    remembered(key, 'xmss', (attributes) => xmssOf(of, attributes));

/** What CKA_VALUE says of its parameter set was checked with the template. */
export const completeXmssPublic = (of: XmssKind) => (draft: Draft) =>
  contribute(draft, CKA.PUBLIC_KEY_INFO, spki([of.identifier], drafted(draft, CKA.VALUE)));
