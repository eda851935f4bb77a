// Hash-based signatures: HSS (RFC 8554), whose keys have a state, and the verification of XMSS and XMSS^MT (RFC 8391).

import { signHss, stepped, stepsLeft } from '../crypto/hss.ts';
import { type HssPublicKey, mayBeHssSignature, verifyHss } from '../crypto/lms.ts';
import { verifyXmss } from '../crypto/xmss.ts';
import { ensure } from '../model/error.ts';
import { CKA, CKK, CKM } from '../protocol/constants.ts';
import {
  generateHssPair,
  hssPrivate,
  hssPublic,
  keysRemaining,
  type XmssKind,
  type XmssPublicKey,
  xmss,
  xmssMt,
  xmssPublic,
} from './hash-based-key.ts';
import { asGiven } from './intake.ts';
import { attribute } from './key.ts';
import type { Key, Mechanism, Operations, Row, StatefulSigning } from './mechanism.ts';
import { noParameter } from './parameter.ts';
import { type Check, type Loaded, verification } from './signature.ts';

function hssSigning(key: Key): StatefulSigning {
  const { levels, size } = hssPrivate(key);
  return {
    size,
    step(attributes) {
      const value = attribute(attributes, CKA.VALUE);
      const left = stepsLeft(levels, value);
      ensure(left > 0, 'KEY_EXHAUSTED', 'every one-time key was used');
      return new Map([[CKA.VALUE, stepped(value)], keysRemaining(left - 1)]);
    },
    async sign(data, attributes, slow) {
      const value = attribute(attributes, CKA.VALUE);
      return signHss(levels, value, await slow.compute('hssFrame', levels, value), data);
    },
  };
}

const hss: Check<HssPublicKey & Loaded> = { verify: verifyHss, accepts: mayBeHssSignature };

const xmssCheck: Check<XmssPublicKey> = { verify: (key, data, given) => verifyXmss(key.set, key, data, given) };

function without<T>(value: T): (parameter: Parameters<typeof noParameter>[0]) => T {
  return (parameter) => {
    noParameter(parameter);
    return value;
  };
}

const mechanism = (keyType: number, operations: Operations): Mechanism => ({ keyType, keySize: [0, 0], operations });

const xmssMechanism = (of: XmssKind): Mechanism =>
  mechanism(of.keyType, verification({ public: xmssPublic(of), scheme: without(xmssCheck) }, asGiven));

export const hashBasedMechanisms: readonly Row[] = [
  [
    CKM.HSS_KEY_PAIR_GEN,
    mechanism(CKK.HSS, {
      generateKeyPair(_publicTemplate, privateTemplate, parameter, slow) {
        noParameter(parameter);
        return generateHssPair(privateTemplate, slow);
      },
    }),
  ],
  [
    CKM.HSS,
    mechanism(CKK.HSS, {
      signStateful(key, parameter) {
        noParameter(parameter);
        return hssSigning(key);
      },
      ...verification({ public: hssPublic, scheme: without(hss) }, asGiven),
    }),
  ],
  [CKM.XMSS, xmssMechanism(xmss)],
  [CKM.XMSSMT, xmssMechanism(xmssMt)],
];
