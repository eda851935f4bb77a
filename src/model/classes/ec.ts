// Keys on elliptic curves: Weierstrass, Edwards, Montgomery (§6.3).

import { CKA } from '../../protocol/constants.ts';
import { TRUE } from '../attribute.ts';
import { derPoint, octetString, rawPoint } from '../ec-point.ts';
import type { Kind, Rule } from '../rules.ts';
import { bigInteger, bytes, withDefault } from '../rules.ts';
import { nonEmpty } from '../value.ts';
import { privateKey } from './private-key.ts';
import { publicKey } from './public-key.ts';

const publicParameters: Rule = { ...bytes(1, 3), valid: nonEmpty };
const privateParameters: Rule = { ...bytes(1, 4, 6), valid: nonEmpty, repeatable: true };
const rawForm: Rule = { ...bytes(1, 4), valid: nonEmpty, normalise: rawPoint, older: octetString };

export const ecPublic: Kind = {
  rules: {
    ...publicKey,
    ...withDefault(publicKey, TRUE, CKA.VERIFY),
    [CKA.EC_PARAMS]: publicParameters,
    [CKA.EC_POINT]: { ...bytes(1, 4), valid: nonEmpty, normalise: derPoint },
  },
};

export const ecPrivate: Kind = {
  rules: {
    ...privateKey,
    ...withDefault(privateKey, TRUE, CKA.SIGN),
    [CKA.EC_PARAMS]: privateParameters,
    [CKA.VALUE]: bigInteger(1, 4, 6, 7),
  },
};

export const edwardsPublic: Kind = {
  rules: {
    ...publicKey,
    ...withDefault(publicKey, TRUE, CKA.VERIFY),
    [CKA.EC_PARAMS]: publicParameters,
    [CKA.EC_POINT]: rawForm,
  },
};

export const edwardsPrivate: Kind = {
  rules: {
    ...privateKey,
    ...withDefault(privateKey, TRUE, CKA.SIGN),
    [CKA.EC_PARAMS]: privateParameters,
    [CKA.VALUE]: bigInteger(1, 4, 6, 7),
  },
};

export const montgomeryPublic: Kind = {
  rules: { ...publicKey, [CKA.EC_PARAMS]: publicParameters, [CKA.EC_POINT]: rawForm },
};

export const montgomeryPrivate: Kind = {
  rules: { ...privateKey, [CKA.EC_PARAMS]: privateParameters, [CKA.VALUE]: bigInteger(1, 4, 6, 7) },
};
