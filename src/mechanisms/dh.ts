// Diffie-Hellman by PKCS#3 and by ANSI X9.42: key pairs, domain parameters, keys derived and encapsulated.

import { stripped } from '../crypto/der.ts';
import { agreeField, powerOf, randomBelow } from '../crypto/finite-field.ts';
import { widened } from '../crypto/number.ts';
import type { Template } from '../model/attribute.ts';
import { type CkrName, ensure } from '../model/error.ts';
import { CKA, CKK, CKM } from '../protocol/constants.ts';
import type { MechanismParameter } from '../protocol/parameters.ts';
import { agreed } from './agreed-kdf.ts';
import { lengthAsked, secretKey } from './derived.ts';
import { dhType, domainIn, type FieldType, fieldSizes, generateFieldPair, x942Type } from './field-key.ts';
import { dhParameters, orderedParameters } from './field-parameters.ts';
import { attribute } from './key.ts';
import type { Key, Mechanism, NewKey, Operations, Row } from './mechanism.ts';
import { noParameter, structParameter } from './parameter.ts';

/** What a private key agrees on with another's public value. */
function agreedSecret(
  of: FieldType,
  { attributes }: Key,
  theirs: Uint8Array | null,
  wrong: CkrName = 'MECHANISM_PARAM_INVALID',
): Uint8Array {
  ensure(theirs !== null && theirs.length > 0, wrong, "the other's public value is missing");
  const secret = agreeField(domainIn(of, attributes), attribute(attributes, CKA.VALUE), theirs);
  ensure(secret !== undefined, wrong, "the other's public value is none of these domain parameters");
  return secret;
}

/** How a parameter makes a key of a secret. */
type Make = (parameter: MechanismParameter, secret: Uint8Array, template: Template) => NewKey;

/** "The truncation removes bytes from the leading end of the secret value." */
const plain: Make = (_parameter, secret, template) => {
  const length = lengthAsked(template, secret.length, secret.length);
  return secretKey(template, secret.subarray(secret.length - length));
};

const read = (parameter: MechanismParameter) => structParameter(parameter, 'CK_X9_42_DH1_DERIVE_PARAMS');

function derivedBy({ kdf, pOtherInfo }: { kdf: number; pOtherInfo: Uint8Array | null }, secret: Uint8Array, template: Template): NewKey {
  const { most, bytes } = agreed(kdf, secret, pOtherInfo, 'trailing');
  return secretKey(template, bytes(lengthAsked(template, most, secret.length)));
}

/** The ciphertext is the public value of a key made for once. */
const encapsulation = (of: FieldType, check: (parameter: MechanismParameter) => void, make: Make): Operations => ({
  encapsulateKey(key, parameter) {
    check(parameter);
    const domain = domainIn(of, key.attributes);
    const size = stripped(domain.p).length;
    return {
      size,
      encapsulate(template) {
        const x = randomBelow(domain.q ?? domain.p);
        const [y, secret] = [powerOf(domain, x), agreeField(domain, x, attribute(key.attributes, CKA.VALUE))];
        x.fill(0);
        ensure(y !== undefined && secret !== undefined, 'KEY_TYPE_INCONSISTENT', 'nothing can be agreed on with that public key');
        return { ciphertext: widened(y, size), key: make(parameter, secret, template) };
      },
    };
  },
  decapsulateKey(key, parameter, ciphertext, template) {
    check(parameter);
    return make(parameter, agreedSecret(of, key, ciphertext, 'WRAPPED_KEY_INVALID'), template);
  },
});

const mechanism = ({ keyType }: FieldType, operations: Operations): Mechanism => ({ keyType, keySize: fieldSizes, operations });

const generation = (of: FieldType): Mechanism =>
  mechanism(of, {
    generateKeyPair(publicTemplate, privateTemplate, parameter) {
      noParameter(parameter);
      return generateFieldPair(of, publicTemplate, privateTemplate);
    },
  });

const pkcs3: Operations = {
  deriveKey({ base, parameter, template }) {
    ensure(parameter instanceof Uint8Array, 'MECHANISM_PARAM_INVALID', "the other's public value is missing");
    return { key: plain(parameter, agreedSecret(dhType, base, parameter), template) };
  },
  ...encapsulation(dhType, noParameter, plain),
};

function noPublicData(parameter: MechanismParameter): void {
  const { pPublicData } = read(parameter);
  ensure(pPublicData === null || pPublicData.length === 0, 'MECHANISM_PARAM_INVALID', "the other's public value is the ciphertext");
}

const x942: Operations = {
  deriveKey: ({ base, parameter, template }) => ({
    key: derivedBy(read(parameter), agreedSecret(x942Type, base, read(parameter).pPublicData), template),
  }),
  ...encapsulation(x942Type, noPublicData, (parameter, secret, template) => derivedBy(read(parameter), secret, template)),
};

/** Two agreements, one after the other: of lasting keys, and of passing ones. */
const hybrid: Operations = {
  deriveKey({ base, parameter, template, keyAt }) {
    const fields = structParameter(parameter, 'CK_X9_42_DH2_DERIVE_PARAMS');
    const first = agreedSecret(x942Type, base, fields.pPublicData);
    const second = agreedSecret(x942Type, keyAt(fields.hPrivateData), fields.pPublicData2);
    return { key: derivedBy(fields, Buffer.concat([first, second]), template) };
  },
};

export const dhMechanisms: readonly Row[] = [
  [CKM.DH_PKCS_KEY_PAIR_GEN, generation(dhType)],
  [CKM.DH_PKCS_PARAMETER_GEN, dhParameters],
  [CKM.DH_PKCS_DERIVE, mechanism(dhType, pkcs3)],
  [CKM.X9_42_DH_KEY_PAIR_GEN, generation(x942Type)],
  [CKM.X9_42_DH_PARAMETER_GEN, orderedParameters(CKK.X9_42_DH)],
  [CKM.X9_42_DH_DERIVE, mechanism(x942Type, x942)],
  [CKM.X9_42_DH_HYBRID_DERIVE, mechanism(x942Type, hybrid)],
];
