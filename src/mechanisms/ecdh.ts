// ECDH (§6.3): keys derived from what two keys agree on, keys encapsulated for one of them, and key pairs for nothing else.

import { montgomeryCurves } from '../crypto/curves.ts';
import type { Template } from '../model/attribute.ts';
import { ensure } from '../model/error.ts';
import { CKF, CKK, CKM } from '../protocol/constants.ts';
import type { MechanismParameter } from '../protocol/parameters.ts';
import { agreed } from './agreed-kdf.ts';
import { agreedSecret, agreedWithPublic, agreementOf } from './agreement.ts';
import { lengthAsked, secretKey } from './derived.ts';
import { ecFlags, ecSizes } from './ecdsa.ts';
import type { Mechanism, NewKey, Operations, Row } from './mechanism.ts';
import { generateMontgomeryPair } from './montgomery-key.ts';
import { noParameter, structParameter } from './parameter.ts';

const read = (parameter: MechanismParameter) => structParameter(parameter, 'CK_ECDH1_DERIVE_PARAMS');

/** The new key: as long as its template asks, or as the secret is. */
function made(parameter: MechanismParameter, secret: Uint8Array, template: Template): NewKey {
  const { kdf, pSharedData } = read(parameter);
  const { most, bytes } = agreed(kdf, secret, pSharedData, 'trailing');
  return secretKey(template, bytes(lengthAsked(template, most, secret.length)));
}

/** "The mechanism parameters pPublicData and ulPublicDataLen must be set to NULL and 0 respectively." */
function noPublicData(parameter: MechanismParameter): void {
  const { pPublicData } = read(parameter);
  const none = pPublicData === null || pPublicData.length === 0;
  ensure(none, 'MECHANISM_PARAM_INVALID', "the other's public key is the ciphertext, and no parameter");
}

const ecdh: Operations = {
  deriveKey: ({ base, parameter, template }) => ({ key: made(parameter, agreedSecret(base, read(parameter).pPublicData), template) }),
  encapsulateKey(key, parameter) {
    noPublicData(parameter);
    return {
      size: agreementOf(key).pointSize,
      encapsulate(template) {
        const { secret, point } = agreedWithPublic(key);
        return { ciphertext: point, key: made(parameter, secret, template) };
      },
    };
  },
  decapsulateKey(key, parameter, ciphertext, template) {
    noPublicData(parameter);
    return made(parameter, agreedSecret(key, ciphertext, 'WRAPPED_KEY_INVALID'), template);
  },
};

const bits = montgomeryCurves.map((curve) => curve.bits);
const montgomerySizes = [Math.min(...bits), Math.max(...bits)] as const;
const bothSizes = [Math.min(ecSizes[0], montgomerySizes[0]), Math.max(ecSizes[1], montgomerySizes[1])] as const;

const derivation = (keyType: Mechanism['keyType'], keySize: Mechanism['keySize']): Mechanism => ({
  keyType: keyType!,
  keySize,
  flags: ecFlags,
  operations: ecdh,
});

export const ecdhMechanisms: readonly Row[] = [
  [
    CKM.EC_MONTGOMERY_KEY_PAIR_GEN,
    {
      keyType: CKK.EC_MONTGOMERY,
      keySize: montgomerySizes,
      flags: CKF.EC_F_P | CKF.EC_OID | CKF.EC_CURVENAME | CKF.EC_UNCOMPRESS,
      operations: {
        generateKeyPair(publicTemplate, _privateTemplate, parameter) {
          noParameter(parameter);
          return generateMontgomeryPair(publicTemplate);
        },
      },
    },
  ],
  [CKM.ECDH1_DERIVE, derivation([CKK.EC, CKK.EC_MONTGOMERY], bothSizes)],
  // Every curve here has cofactor 1: what it is multiplied with is itself.
  [CKM.ECDH1_COFACTOR_DERIVE, derivation(CKK.EC, ecSizes)],
];
