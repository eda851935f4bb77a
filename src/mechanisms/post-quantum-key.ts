// ML-KEM, ML-DSA and SLH-DSA keys: loaded from their attributes, generated, and completed when an application brings them.

import { randomBytes } from 'node:crypto';
import { loadPrivateKey, loadPublicKey, type NativeKey } from '../crypto/native.ts';
import {
  completePostQuantum,
  isPostQuantumPublic,
  type ParameterSet,
  parameterSets,
  postQuantumPkcs8,
  postQuantumSpki,
  readPostQuantum,
} from '../crypto/post-quantum.ts';
import { type Attributes, readUlong, type Template, ulongBytes } from '../model/attribute.ts';
import { ensure } from '../model/error.ts';
import { CKA, CKK, CKO, CKP } from '../protocol/constants.ts';
import { contribute, type Draft, drafted } from './contribute.ts';
import type { PrivateForm } from './form.ts';
import { attribute, remembered, requiredUlong } from './key.ts';
import type { Key, MadePair } from './mechanism.ts';

/** One of the three algorithms: its key type, and its parameter sets by their numbers. */
export interface PostQuantum {
  readonly keyType: number;
  readonly sets: ReadonlyMap<number, ParameterSet>;
  /** Bytes of public keys, from and to: CK_MECHANISM_INFO's sizes. */
  readonly sizes: readonly [number, number];
}

type SetName = keyof typeof parameterSets;
function algorithm(keyType: number, prefix: string): PostQuantum {
  const names = (Object.keys(parameterSets) as SetName[]).filter((name) => name.startsWith(prefix));
  const sizes = names.map((name) => parameterSets[name].publicSize);
  return {
    keyType,
    sets: new Map(names.map((name) => [CKP[name], parameterSets[name]])),
    sizes: [Math.min(...sizes), Math.max(...sizes)],
  };
}
export const mlKem = algorithm(CKK.ML_KEM, 'ML_KEM');
export const mlDsa = algorithm(CKK.ML_DSA, 'ML_DSA');
export const slhDsa = algorithm(CKK.SLH_DSA, 'SLH_DSA');

function setIn({ sets }: PostQuantum, number: number): ParameterSet {
  const set = sets.get(number);
  ensure(set !== undefined, 'PARAMETER_SET_NOT_SUPPORTED', 'CKA_PARAMETER_SET names none of the sets that there are');
  return set;
}
const setOf = (of: PostQuantum, attributes: Attributes): ParameterSet => setIn(of, readUlong(attribute(attributes, CKA.PARAMETER_SET)));

export interface PostQuantumKey {
  readonly native: NativeKey;
  /** Bytes of a signature. */
  readonly size: number;
}

const parts = (attributes: Attributes) => ({ seed: attributes.get(CKA.SEED), value: attributes.get(CKA.VALUE) });

export const postQuantumPrivate =
  (of: PostQuantum) =>
  (key: Key): PostQuantumKey =>
    remembered(key, 'native', (attributes) => ({
      native: loadPrivateKey(postQuantumForm(of).write(attributes)),
      size: setOf(of, attributes).outputSize,
    }));

export const postQuantumPublic =
  (of: PostQuantum) =>
  (key: Key): PostQuantumKey =>
    remembered(key, 'native', (attributes) => {
      const set = setOf(of, attributes);
      return { native: loadPublicKey(postQuantumSpki(set, attribute(attributes, CKA.VALUE))), size: set.outputSize };
    });

/** Seed and value both, where both are there: "which encodings on wrap are specified is token specific". */
export const postQuantumForm = (of: PostQuantum): PrivateForm => ({
  write(attributes) {
    const [set, own] = [setOf(of, attributes), parts(attributes)];
    ensure(own.seed !== undefined || own.value !== undefined, 'KEY_TYPE_INCONSISTENT', 'the key has neither a seed nor a value');
    return postQuantumPkcs8(set, own);
  },
  read(info) {
    const found = [...of.sets].find(([, { oid }]) => Buffer.compare(oid, info.algorithm) === 0);
    const own = found && readPostQuantum(found[1], info);
    if (own === undefined) return undefined;
    return [
      [CKA.PARAMETER_SET, ulongBytes(found![0])],
      ...(own.seed === undefined ? [] : [[CKA.SEED, own.seed] as const]),
      ...(own.value === undefined ? [] : [[CKA.VALUE, own.value] as const]),
    ];
  },
  publicOf: (attributes, key) => [
    [CKA.PARAMETER_SET, attribute(attributes, CKA.PARAMETER_SET)],
    [CKA.VALUE, key],
  ],
});

export const completePublic = (of: PostQuantum) => (draft: Draft) => {
  const set = setIn(of, readUlong(drafted(draft, CKA.PARAMETER_SET)));
  const value = drafted(draft, CKA.VALUE);
  ensure(isPostQuantumPublic(set, value), 'ATTRIBUTE_VALUE_INVALID', 'CKA_VALUE is no public key of its parameter set');
  contribute(draft, CKA.PUBLIC_KEY_INFO, postQuantumSpki(set, value));
};

export const completePrivate = (of: PostQuantum) => (draft: Draft) => {
  const set = setIn(of, readUlong(drafted(draft, CKA.PARAMETER_SET)));
  const own = parts(draft);
  ensure(own.seed !== undefined || own.value !== undefined, 'TEMPLATE_INCOMPLETE', 'the key has neither CKA_SEED nor CKA_VALUE');
  const fits = (own.seed?.length ?? set.seedSize) === set.seedSize && (own.value?.length ?? set.privateSize) === set.privateSize;
  const complete = fits ? completePostQuantum(set, own) : undefined;
  ensure(complete !== undefined, 'ATTRIBUTE_VALUE_INVALID', 'CKA_SEED or CKA_VALUE is of no private key of its parameter set');
  contribute(draft, CKA.VALUE, complete.value);
  contribute(draft, CKA.PUBLIC_KEY_INFO, postQuantumSpki(set, complete.publicKey));
};

/** @param pkcs8 what makes a key where that takes long: SLH-DSA's. */
export async function generatePostQuantumPair(
  of: PostQuantum,
  publicTemplate: Template,
  pkcs8: (name: string) => Promise<Uint8Array>,
): Promise<MadePair> {
  const number = requiredUlong(publicTemplate, CKA.PARAMETER_SET);
  const set = setIn(of, number);
  const seed = set.seedSize > 0 ? randomBytes(set.seedSize) : undefined;
  const own = seed === undefined ? { value: rawValue(await pkcs8(set.name), set) } : { seed };
  const complete = completePostQuantum(set, own);
  ensure(complete !== undefined, 'DEVICE_ERROR', 'key generation gave no private key');
  const common = [
    [CKA.KEY_TYPE, ulongBytes(of.keyType)],
    [CKA.PARAMETER_SET, ulongBytes(number)],
    [CKA.PUBLIC_KEY_INFO, postQuantumSpki(set, complete.publicKey)],
  ] as const;
  const secret = [...(seed === undefined ? [] : [[CKA.SEED, seed] as const]), [CKA.VALUE, complete.value] as const];
  return {
    publicKey: new Map([[CKA.CLASS, ulongBytes(CKO.PUBLIC_KEY)], [CKA.VALUE, complete.publicKey], ...common]),
    privateKey: new Map([[CKA.CLASS, ulongBytes(CKO.PRIVATE_KEY)], ...secret, ...common]),
  };
}

const rawValue = (pkcs8: Uint8Array, { privateSize }: ParameterSet): Uint8Array => pkcs8.subarray(-privateSize);
