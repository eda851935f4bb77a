// HSS, XMSS and XMSS^MT keys (§6.65, §6.66): a private key has a state, and a state that exists twice signs twice with one one-time key.

import { CKA } from '../../protocol/constants.ts';
import type { Attributes } from '../attribute.ts';
import { FALSE, isTrue, sameBytes, TRUE, ulongBytes, ulongOf } from '../attribute.ts';
import type { Constraint, Kind, Rules } from '../rules.ts';
import { bytes, ulong, ulongs, withDefault } from '../rules.ts';
import { between, nonEmpty } from '../value.ts';
import { privateKey } from './private-key.ts';
import { publicKey } from './public-key.ts';

const verifying: Rules = { ...publicKey, ...withDefault(publicKey, TRUE, CKA.VERIFY) };

// The standard says the third of HSS alone; a copy is as dangerous to the others.
const signing: Rules = { ...privateKey, ...withDefault(privateKey, TRUE, CKA.SIGN), ...withDefault(privateKey, FALSE, CKA.COPYABLE) };
const keptIn: Constraint = {
  says: 'a key with a state is sensitive, and neither extractable nor copyable',
  holds: (object) => isTrue(object, CKA.SENSITIVE) && !isTrue(object, CKA.EXTRACTABLE) && !isTrue(object, CKA.COPYABLE),
};

/** A 32-bit number of the public key's encoding, the most significant byte first. */
const word =
  (index: number) =>
  (object: Attributes): Uint8Array | undefined => {
    const value = object.get(CKA.VALUE);
    if (value === undefined || value.length < 4 * index + 4) return undefined;
    return ulongBytes(new DataView(value.buffer, value.byteOffset, value.length).getUint32(4 * index));
  };

/** RFC 8554: 1 to 8. */
const levels = between(1, 8);

export const hssPublic: Kind = {
  rules: {
    ...verifying,
    [CKA.HSS_LEVELS]: { ...ulong(2, 4), valid: levels, computed: word(0) },
    [CKA.HSS_LMS_TYPE]: { ...ulong(2, 4), computed: word(1) },
    [CKA.HSS_LMOTS_TYPE]: { ...ulong(2, 4), computed: word(2) },
    // Levels, two types, the 16 bytes of I, and a hash of 24 or 32 bytes.
    [CKA.VALUE]: { ...bytes(1, 4), lengths: [52, 60] },
  },
};

const onePerLevel = (type: number): Constraint => ({
  says: 'an HSS key has one LMS and one LM-OTS type a level',
  holds: (object) => object.get(type)?.length === 8 * (ulongOf(object, CKA.HSS_LEVELS) ?? 0),
});

export const hssPrivate: Kind = {
  rules: {
    ...signing,
    [CKA.HSS_LEVELS]: { ...ulong(1, 3), valid: levels },
    [CKA.HSS_LMS_TYPES]: ulongs(1, 3),
    [CKA.HSS_LMOTS_TYPES]: ulongs(1, 3),
    [CKA.VALUE]: { ...bytes(1, 4, 6, 7), valid: nonEmpty },
    [CKA.HSS_KEYS_REMAINING]: ulong(2, 4),
  },
  constraints: [keptIn, onePerLevel(CKA.HSS_LMS_TYPES), onePerLevel(CKA.HSS_LMOTS_TYPES)],
};

/** Bytes of a hash, by groups of parameter sets: RFC 8391's four, then SP 800-208's three. */
const WIDTHS = [32, 64, 32, 64, 24, 32, 24];
const valueLengths = [...new Set(WIDTHS)].map((width) => 4 + 2 * width);

/** `group`: parameter sets of one hash, which differ in height. */
const parameterSet = (group: number) => ({ valid: between(1, group * WIDTHS.length), refusal: 'PARAMETER_SET_NOT_SUPPORTED' }) as const;

const ofParameterSet = (group: number): Constraint => ({
  says: 'CKA_VALUE begins with its parameter set, and is as long as that makes it',
  holds: (object) => {
    const set = ulongOf(object, CKA.PARAMETER_SET) ?? 0;
    const width = WIDTHS[Math.floor((set - 1) / group)];
    const named = word(0)(object);
    const fits = width !== undefined && object.get(CKA.VALUE)?.length === 4 + 2 * width;
    return fits && named !== undefined && sameBytes(named, ulongBytes(set));
  },
});

const xmssPublicKind = (group: number): Kind => ({
  rules: {
    ...verifying,
    [CKA.PARAMETER_SET]: { ...ulong(1, 3), ...parameterSet(group) },
    [CKA.VALUE]: { ...bytes(1, 4), lengths: valueLengths },
  },
  constraints: [ofParameterSet(group)],
});

const xmssPrivateKind = (group: number): Kind => ({
  rules: {
    ...signing,
    [CKA.PARAMETER_SET]: { ...ulong(1, 4, 6), ...parameterSet(group), repeatable: true },
    [CKA.VALUE]: { ...bytes(1, 4, 6, 7), valid: nonEmpty },
  },
  constraints: [keptIn],
});

export const xmssPublic = xmssPublicKind(3);
export const xmssPrivate = xmssPrivateKind(3);
export const xmssMtPublic = xmssPublicKind(8);
export const xmssMtPrivate = xmssPrivateKind(8);
