// NIST SP 800-108: one key or several from a key, by a pseudorandom function in counter, feedback or double pipeline mode.

import type { Template } from '../model/attribute.ts';
import { CKM } from '../protocol/constants.ts';
import type { Fields } from '../protocol/parameters.ts';
import { lengthAsked, secretKey } from './derived.ts';
import type { Derivation, Derived, Mechanism, Row } from './mechanism.ts';
import { structParameter } from './parameter.ts';
import { type Prf, prfOf } from './prf.ts';
import { type PrfData, prfData } from './prf-data.ts';
import { anySecret } from './simple-derivation.ts';

/** The segments of a mode, one after the other. */
type Segments = (prf: Prf, data: PrfData, iv: Uint8Array) => Generator<Uint8Array, never>;

const EMPTY = new Uint8Array(0);

function* counterMode(prf: Prf, data: PrfData): Generator<Uint8Array, never> {
  for (let counter = 1; ; counter++) yield prf.of(data.of({ counter, chained: EMPTY }));
}

function* feedbackMode(prf: Prf, data: PrfData, iv: Uint8Array): Generator<Uint8Array, never> {
  let chained = iv;
  for (let counter = 1; ; counter++) {
    chained = prf.of(data.of({ counter, chained }));
    yield chained;
  }
}

function* pipelineMode(prf: Prf, data: PrfData): Generator<Uint8Array, never> {
  for (let [counter, chained] = [1, prf.of(data.fixed)]; ; counter++, chained = prf.of(chained))
    yield prf.of(data.of({ counter, chained }));
}

type Parameter = Fields<'CK_SP800_108_KDF_PARAMS'> & { readonly pIV?: Uint8Array | null };

/** "No key can be created using part of a segment that was used for another key." */
function derive({ base, template, keyAt }: Derivation, mode: Segments, parameter: Parameter): Derived {
  const prf = prfOf(parameter.prfType, base);
  const templates: readonly Template[] = [template, ...parameter.pAdditionalDerivedKeys.map(({ pTemplate }) => pTemplate)];
  const lengths = templates.map((each) => lengthAsked(each, 1 << 16, prf.size));
  const counts = lengths.map((length) => Math.ceil(length / prf.size));
  const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);
  const bits = { keys: 8 * sum(lengths), segments: 8 * sum(counts) * prf.size };
  const segments = mode(prf, prfData(parameter.pDataParams, bits, mode === counterMode, keyAt), parameter.pIV ?? EMPTY);
  const [key, ...further] = templates.map((each, i) => {
    const material = Buffer.concat(Array.from({ length: counts[i]! }, () => segments.next().value));
    return secretKey(each, material.subarray(0, lengths[i]));
  });
  return {
    key: key!,
    further,
    heritage: { inherits: 'defaults' },
    returned: (handles) => ({
      struct: mode === feedbackMode ? 'CK_SP800_108_FEEDBACK_KDF_PARAMS' : 'CK_SP800_108_KDF_PARAMS',
      fields: { pAdditionalDerivedKeys: handles.map((phKey) => ({ phKey })) },
    }),
  };
}

const kdf = (deriveKey: (derivation: Derivation) => Derived): Mechanism => ({
  keyType: anySecret,
  // In bits, and of any function.
  keySize: [8, 2 ** 31 - 1],
  operations: { deriveKey },
});

const plain = (mode: Segments): Mechanism =>
  kdf((derivation) => derive(derivation, mode, structParameter(derivation.parameter, 'CK_SP800_108_KDF_PARAMS')));

export const sp800108Mechanisms: readonly Row[] = [
  [CKM.SP800_108_COUNTER_KDF, plain(counterMode)],
  [
    CKM.SP800_108_FEEDBACK_KDF,
    kdf((derivation) => derive(derivation, feedbackMode, structParameter(derivation.parameter, 'CK_SP800_108_FEEDBACK_KDF_PARAMS'))),
  ],
  [CKM.SP800_108_DOUBLE_PIPELINE_KDF, plain(pipelineMode)],
];
