// ML-KEM, ML-DSA and SLH-DSA keys (FIPS 203 to 205): parameter sets, and the two envelopes of a key.

import { createPrivateKey, createPublicKey } from 'node:crypto';
import { attempt } from './attempt.ts';
import { contentOf, element, elements, octetString, sequence, TAG } from './der.ts';
import { objectIdentifier, type PrivateKeyInfo, pkcs8, spki } from './key-der.ts';
import { loadPrivateKey, rawPrivate } from './native.ts';

export interface ParameterSet {
  /** OpenSSL's name, as Node has it. */
  readonly name: string;
  readonly oid: Uint8Array;
  /** Bytes of a public key and of a private one. */
  readonly publicSize: number;
  readonly privateSize: number;
  /** Bytes of the seed that a private key is made from; SLH-DSA keeps none. */
  readonly seedSize: number;
  /** Bytes of a signature, or of a ciphertext. */
  readonly outputSize: number;
}

type Sizes = readonly [publicSize: number, privateSize: number, outputSize: number];
const NIST = '6086480165030404';

const mlKem = (bits: number, arc: number, [publicSize, privateSize, outputSize]: Sizes): ParameterSet => ({
  ...{ name: `ml-kem-${bits}`, oid: objectIdentifier(`${NIST}0${arc}`), publicSize, privateSize, seedSize: 64, outputSize },
});
const mlDsa = (level: number, arc: number, [publicSize, privateSize, outputSize]: Sizes): ParameterSet => ({
  ...{ name: `ml-dsa-${level}`, oid: signatureOid(arc), publicSize, privateSize, seedSize: 32, outputSize },
});
const slhDsa = (name: string, arc: number, n: number, outputSize: number): ParameterSet => ({
  ...{ name: `slh-dsa-${name}`, oid: signatureOid(arc), publicSize: 2 * n, privateSize: 4 * n, seedSize: 0, outputSize },
});
function signatureOid(arc: number): Uint8Array {
  return objectIdentifier(`6086480165030403${arc.toString(16)}`);
}

/** By what stands after CKP. */
export const parameterSets = {
  ML_KEM_512: mlKem(512, 1, [800, 1632, 768]),
  ML_KEM_768: mlKem(768, 2, [1184, 2400, 1088]),
  ML_KEM_1024: mlKem(1024, 3, [1568, 3168, 1568]),
  ML_DSA_44: mlDsa(44, 17, [1312, 2560, 2420]),
  ML_DSA_65: mlDsa(65, 18, [1952, 4032, 3309]),
  ML_DSA_87: mlDsa(87, 19, [2592, 4896, 4627]),
  SLH_DSA_SHA2_128S: slhDsa('sha2-128s', 20, 16, 7856),
  SLH_DSA_SHA2_128F: slhDsa('sha2-128f', 21, 16, 17088),
  SLH_DSA_SHA2_192S: slhDsa('sha2-192s', 22, 24, 16224),
  SLH_DSA_SHA2_192F: slhDsa('sha2-192f', 23, 24, 35664),
  SLH_DSA_SHA2_256S: slhDsa('sha2-256s', 24, 32, 29792),
  SLH_DSA_SHA2_256F: slhDsa('sha2-256f', 25, 32, 49856),
  SLH_DSA_SHAKE_128S: slhDsa('shake-128s', 26, 16, 7856),
  SLH_DSA_SHAKE_128F: slhDsa('shake-128f', 27, 16, 17088),
  SLH_DSA_SHAKE_192S: slhDsa('shake-192s', 28, 24, 16224),
  SLH_DSA_SHAKE_192F: slhDsa('shake-192f', 29, 24, 35664),
  SLH_DSA_SHAKE_256S: slhDsa('shake-256s', 30, 32, 29792),
  SLH_DSA_SHAKE_256F: slhDsa('shake-256f', 31, 32, 49856),
} as const;

/** What a private key is made of: SLH-DSA's has a value alone, the others' a seed, a value, or both. */
export interface PrivateParts {
  readonly seed?: Uint8Array | undefined;
  readonly value?: Uint8Array | undefined;
}

/** RFC 9881 and RFC 9935 choose between the three by their tags. */
const SEED = 0x80;

export function postQuantumPkcs8({ oid, seedSize }: ParameterSet, { seed, value }: PrivateParts): Uint8Array {
  if (seedSize === 0) return pkcs8([oid], value!);
  if (seed === undefined) return pkcs8([oid], octetString(value!));
  return pkcs8([oid], value === undefined ? element(SEED, seed) : sequence(octetString(seed), octetString(value)));
}

export const postQuantumSpki = ({ oid }: ParameterSet, publicKey: Uint8Array): Uint8Array => spki([oid], publicKey);

export function readPostQuantum({ seedSize }: ParameterSet, { privateKey }: PrivateKeyInfo): PrivateParts | undefined {
  if (seedSize === 0) return { value: privateKey };
  const seed = contentOf(privateKey, SEED);
  const value = contentOf(privateKey, TAG.OCTET_STRING);
  if (seed !== undefined || value !== undefined) return { seed, value };
  const both = elements(contentOf(privateKey, TAG.SEQUENCE) ?? new Uint8Array(0));
  const whole = both?.length === 2 && both.every(({ tag }) => tag === TAG.OCTET_STRING);
  return whole ? { seed: both[0]!.content, value: both[1]!.content } : undefined;
}

/** What else belongs to a private key; undefined where its parts are none of the set, or not of one key. */
export function completePostQuantum(
  set: ParameterSet,
  parts: PrivateParts,
): { readonly value: Uint8Array; readonly publicKey: Uint8Array } | undefined {
  const der = Buffer.from(postQuantumPkcs8(set, parts));
  return attempt(() => {
    const privateKey = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
    const publicKey = createPublicKey(privateKey).export({ format: 'der', type: 'spki' }).subarray(-set.publicSize);
    return { value: parts.value ?? expanded(set, der), publicKey };
  });
}

function expanded({ privateSize }: ParameterSet, der: Uint8Array): Uint8Array {
  const value = new Uint8Array(privateSize);
  rawPrivate(loadPrivateKey(der), value);
  return value;
}

/** Whether it is a public key of the set: ML-KEM's coefficients have a range (FIPS 203 §7.2). */
export const isPostQuantumPublic = (set: ParameterSet, publicKey: Uint8Array): boolean =>
  publicKey.length === set.publicSize &&
  attempt(() => createPublicKey({ key: Buffer.from(postQuantumSpki(set, publicKey)), format: 'der', type: 'spki' })) !== undefined;
