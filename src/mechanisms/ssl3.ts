// SSL 3.0's derivations and MACs (RFC 6101): behind the setting `legacy`.

import { sslExpanded, sslMac } from '../crypto/tls.ts';
import { ensure } from '../model/error.ts';
import { CKK, CKM } from '../protocol/constants.ts';
import { secretKey } from './derived.ts';
import { Held } from './held.ts';
import { macKeySize } from './hmac.ts';
import { keyMaterial } from './key-material.ts';
import { authentication, cut } from './mac.ts';
import type { Mechanism, Row } from './mechanism.ts';
import { structParameter } from './parameter.ts';
import { keyBytes } from './simple-derivation.ts';
import { preMaster } from './tls.ts';
import { clientFirst, MASTER, serverFirst, tlsDerivation } from './tls-prf.ts';

/** @param versioned the secret before it is RSA's: the first two of its 48 bytes are the client's version. */
const master = (versioned: boolean): Mechanism =>
  tlsDerivation(
    ({ base, parameter, template }) => {
      const fields = structParameter(parameter, 'CK_SSL3_MASTER_KEY_DERIVE_PARAMS');
      const secret = keyBytes(base);
      ensure(!versioned || secret.length === MASTER, 'KEY_SIZE_RANGE', 'the secret before the master secret has not 48 bytes');
      const key = secretKey(template, sslExpanded(secret, clientFirst(fields), MASTER));
      const pVersion = secret.slice(0, 2);
      return { key, ...(versioned && { returned: () => ({ struct: 'CK_SSL3_MASTER_KEY_DERIVE_PARAMS', fields: { pVersion } }) }) };
    },
    versioned ? [MASTER, MASTER] : [1, 2 ** 31 - 1],
  );

const material: Mechanism = tlsDerivation(({ base, parameter, template }) => {
  const fields = structParameter(parameter, 'CK_SSL3_KEY_MAT_PARAMS');
  const block = (length: number) => sslExpanded(keyBytes(base), serverFirst(fields), length);
  return keyMaterial('CK_SSL3_KEY_MAT_PARAMS', fields, template, fields.ulIVSizeInBits, block);
});

const mac = (hash: 'md5' | 'sha1', bytes: number): Mechanism => ({
  keyType: CKK.GENERIC_SECRET,
  keySize: macKeySize,
  operations: authentication((key, parameter) => {
    const [secret, size] = [keyBytes(key), cut(bytes)(parameter)];
    return {
      size,
      begin() {
        const held = new Held();
        return { update: (part) => held.update(part), final: () => sslMac(hash, secret, held.final()) };
      },
    };
  }),
});

export const ssl3Mechanisms: readonly Row[] = [
  [CKM.SSL3_PRE_MASTER_KEY_GEN, preMaster],
  [CKM.SSL3_MASTER_KEY_DERIVE, master(true)],
  [CKM.SSL3_MASTER_KEY_DERIVE_DH, master(false)],
  [CKM.SSL3_KEY_AND_MAC_DERIVE, material],
  [CKM.SSL3_MD5_MAC, mac('md5', 16)],
  [CKM.SSL3_SHA1_MAC, mac('sha1', 20)],
];
