// EdDSA and its key pairs.

import { edwardsCurves } from '../crypto/curves.ts';
import { type EdVariant, signMessage, verifyMessage } from '../crypto/native.ts';
import { ensure } from '../model/error.ts';
import { CKF, CKK, CKM } from '../protocol/constants.ts';
import type { MechanismParameter } from '../protocol/parameters.ts';
import { type EdwardsKey, edwardsPrivate, edwardsPublic, generateEdwardsPair } from './edwards-key.ts';
import { asGiven } from './intake.ts';
import type { Mechanism, Row } from './mechanism.ts';
import { noParameter, structParameter } from './parameter.ts';
import { type Scheme, signature } from './signature.ts';

const bits = edwardsCurves.map((curve) => curve.bits);

const edwards = (operations: Mechanism['operations']): Mechanism => ({
  keyType: CKK.EC_EDWARDS,
  keySize: [Math.min(...bits), Math.max(...bits)],
  flags: CKF.EC_F_P | CKF.EC_OID | CKF.EC_CURVENAME | CKF.EC_UNCOMPRESS,
  operations,
});

const eddsa = (variant?: EdVariant): Scheme<EdwardsKey> => ({
  sign: (key, message, out) => signMessage(key.native, message, out, variant),
  verify: (key, message, signature) => verifyMessage(key.native, message, signature, variant),
});

const pure = eddsa();

/** §6.3.16's table. Without a context, Ed25519ctx is what RFC 8032 §8.3 advises against and OpenSSL refuses: applications mean Ed25519. */
function schemeOf(parameter: MechanismParameter): Scheme<EdwardsKey> {
  if (parameter === null) return pure;
  const { phFlag, pContextData } = structParameter(parameter, 'CK_EDDSA_PARAMS');
  const context = pContextData instanceof Uint8Array ? pContextData : new Uint8Array(0);
  ensure(context.length <= 255, 'MECHANISM_PARAM_INVALID', 'an EdDSA context of more than 255 bytes');
  const ph = phFlag !== 0;
  if (context.length === 0) return ph ? eddsa({ ph }) : pure;
  return eddsa({ ph, context });
}

export const eddsaMechanisms: readonly Row[] = [
  [
    CKM.EC_EDWARDS_KEY_PAIR_GEN,
    edwards({
      generateKeyPair(publicTemplate, _privateTemplate, parameter) {
        noParameter(parameter);
        return generateEdwardsPair(publicTemplate);
      },
    }),
  ],
  [CKM.EDDSA, edwards(signature({ private: edwardsPrivate, public: edwardsPublic, scheme: schemeOf }, asGiven))],
];
