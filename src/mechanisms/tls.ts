// The derivations of TLS 1.0 to 1.2: master secrets, the keys of a connection, and key material for others.

import { randomBytes } from 'node:crypto';
import { tlsPrf } from '../crypto/tls.ts';
import { ulongBytes } from '../model/attribute.ts';
import { ensure } from '../model/error.ts';
import { CKA, CKK, CKM } from '../protocol/constants.ts';
import type { MechanismParameter, ReturnedStruct } from '../protocol/parameters.ts';
import { lengthAsked, secretKey } from './derived.ts';
import { keyMaterial } from './key-material.ts';
import type { Derivation, Mechanism, Row } from './mechanism.ts';
import { bytesParameter, structParameter } from './parameter.ts';
import { madeSecret } from './secret-key.ts';
import { secretTypes } from './secret-type.ts';
import { keyBytes } from './simple-derivation.ts';
import { clientFirst, MASTER, type Prf, prfOf, type Random, serverFirst, text, tlsDerivation } from './tls-prf.ts';

const EMPTY = new Uint8Array(0);

/** "Consisting only of": what a TLS 1.2 master secret is for. */
const uses = Buffer.concat(
  [CKM.TLS12_KEY_AND_MAC_DERIVE, CKM.TLS12_KEY_SAFE_DERIVE, CKM.TLS_KDF, CKM.TLS_MAC, CKM.TLS12_KDF, CKM.TLS12_MAC].map(ulongBytes),
);

/** What a master secret is made with: function, label and seed; and where its protocol version goes back. */
interface Master {
  readonly prf: Prf;
  readonly label: string;
  readonly seed: Uint8Array;
  readonly struct: ReturnedStruct['struct'];
}
type ReadMaster = (parameter: MechanismParameter) => Master;

/** @param versioned the secret before it is RSA's: 48 bytes, the first two of which are the client's version. */
const master = (read: ReadMaster, versioned: boolean, restricted: boolean): Mechanism =>
  tlsDerivation(
    ({ base, parameter, template }) => {
      const { prf, label, seed, struct } = read(parameter);
      const secret = keyBytes(base);
      ensure(!versioned || secret.length === MASTER, 'KEY_SIZE_RANGE', 'the secret before the master secret has not 48 bytes');
      const key = secretKey(template, tlsPrf(prf, secret, text(label), seed, MASTER));
      const made = restricted ? new Map([...key.made, [CKA.ALLOWED_MECHANISMS, uses] as const]) : key.made;
      const pVersion = secret.slice(0, 2);
      const returned = () => ({ struct, fields: { pVersion } }) as ReturnedStruct;
      return { key: { ...key, made }, ...(versioned && { returned }) };
    },
    versioned ? [MASTER, MASTER] : [1, 2 ** 31 - 1],
  );

const readTls10: ReadMaster = (parameter) => {
  const fields = structParameter(parameter, 'CK_SSL3_MASTER_KEY_DERIVE_PARAMS');
  return { prf: undefined, label: 'master secret', seed: clientFirst(fields), struct: 'CK_SSL3_MASTER_KEY_DERIVE_PARAMS' };
};
const readTls12: ReadMaster = (parameter) => {
  const fields = structParameter(parameter, 'CK_TLS12_MASTER_KEY_DERIVE_PARAMS');
  const prf = prfOf(fields.prfHashMechanism, false);
  return { prf, label: 'master secret', seed: clientFirst(fields), struct: 'CK_TLS12_MASTER_KEY_DERIVE_PARAMS' };
};
const readExtended: ReadMaster = (parameter) => {
  const fields = structParameter(parameter, 'CK_TLS12_EXTENDED_MASTER_KEY_DERIVE_PARAMS');
  const seed = fields.pSessionHash ?? EMPTY;
  ensure(seed.length > 0, 'MECHANISM_PARAM_INVALID', 'no hash of the session');
  const prf = prfOf(fields.prfHashMechanism, true);
  return { prf, label: 'extended master secret', seed, struct: 'CK_TLS12_EXTENDED_MASTER_KEY_DERIVE_PARAMS' };
};

const keyBlock =
  (prf: Prf, { base }: Derivation, random: Random) =>
  (length: number) =>
    tlsPrf(prf, keyBytes(base), text('key expansion'), serverFirst(random), length);

const material10: Mechanism = tlsDerivation((derivation) => {
  const fields = structParameter(derivation.parameter, 'CK_SSL3_KEY_MAT_PARAMS');
  const block = keyBlock(undefined, derivation, fields);
  return keyMaterial('CK_SSL3_KEY_MAT_PARAMS', fields, derivation.template, fields.ulIVSizeInBits, block);
});

/** "Safe": no initialisation vectors, which are bytes of the key block in the clear. */
const material12 = (safe: boolean): Mechanism =>
  tlsDerivation((derivation) => {
    const fields = structParameter(derivation.parameter, 'CK_TLS12_KEY_MAT_PARAMS');
    const block = keyBlock(prfOf(fields.prfHashMechanism, false), derivation, fields);
    return keyMaterial('CK_TLS12_KEY_MAT_PARAMS', fields, derivation.template, safe ? 0 : fields.ulIVSizeInBits, block);
  });

/** RFC 5705 §4: a context that is empty is another than none. */
const exporter: Mechanism = tlsDerivation(
  ({ base, parameter, template }) => {
    const fields = structParameter(parameter, 'CK_TLS_KDF_PARAMS');
    const { pContextData: context } = fields;
    ensure(context === null || context.length < 2 ** 16, 'MECHANISM_PARAM_INVALID', 'a context of more than 65535 bytes');
    const tail = context === null ? [] : [Uint8Array.of(context.length >> 8, context.length & 255), context];
    const seed = Buffer.concat([clientFirst(fields), ...tail]);
    const length = lengthAsked(template, 1 << 16);
    const prf = prfOf(fields.prfMechanism, true);
    const value = tlsPrf(prf, keyBytes(base), fields.pLabel ?? EMPTY, seed, length);
    return { key: secretKey(template, value), heritage: { inherits: 'protection' } };
  },
  [1, 2 ** 31 - 1],
);

/** No key: the output goes into the parameter. */
const bare: Mechanism = tlsDerivation(
  ({ base, parameter }) => {
    const { pSeed, pLabel, pulOutputLen } = structParameter(parameter, 'CK_TLS_PRF_PARAMS');
    ensure(pulOutputLen >= 1 && pulOutputLen <= 1 << 16, 'MECHANISM_PARAM_INVALID', 'no output asked for, or too much');
    const pOutput = tlsPrf(undefined, keyBytes(base), pLabel ?? EMPTY, pSeed ?? EMPTY, pulOutputLen);
    return { returned: () => ({ struct: 'CK_TLS_PRF_PARAMS', fields: { pOutput } }) };
  },
  [1, 2 ** 31 - 1],
);

/** CK_VERSION, and 46 random bytes. */
export const preMaster: Mechanism = {
  keyType: CKK.GENERIC_SECRET,
  keySize: [MASTER, MASTER],
  length: MASTER,
  operations: {
    generateKey(_template, parameter) {
      const version = bytesParameter(parameter, 2);
      return madeSecret(secretTypes.GENERIC_SECRET, Buffer.concat([version, randomBytes(MASTER - version.length)]));
    },
  },
};

export const tlsMechanisms: readonly Row[] = [
  [CKM.TLS_PRE_MASTER_KEY_GEN, preMaster],
  [CKM.TLS_MASTER_KEY_DERIVE, master(readTls10, true, false)],
  [CKM.TLS_MASTER_KEY_DERIVE_DH, master(readTls10, false, false)],
  [CKM.TLS_KEY_AND_MAC_DERIVE, material10],
  [CKM.TLS_PRF, bare],
  [CKM.TLS12_MASTER_KEY_DERIVE, master(readTls12, true, true)],
  [CKM.TLS12_MASTER_KEY_DERIVE_DH, master(readTls12, false, true)],
  [CKM.TLS12_EXTENDED_MASTER_KEY_DERIVE, master(readExtended, true, true)],
  [CKM.TLS12_EXTENDED_MASTER_KEY_DERIVE_DH, master(readExtended, false, true)],
  [CKM.TLS12_KEY_AND_MAC_DERIVE, material12(false)],
  [CKM.TLS12_KEY_SAFE_DERIVE, material12(true)],
  [CKM.TLS_KDF, exporter],
  [CKM.TLS12_KDF, exporter],
];
