// RSASSA-PSS.

import { type Pss, signRsaPss, verifyRsaPss } from '../crypto/native.ts';
import { ensure } from '../model/error.ts';
import { CKK, CKM } from '../protocol/constants.ts';
import type { MechanismParameter } from '../protocol/parameters.ts';
import { type Hash, hashes } from './hashes.ts';
import { asGiven, hashed } from './intake.ts';
import { hashOf, maskOf } from './masks.ts';
import type { Row } from './mechanism.ts';
import { bytesParameter, ulongAt } from './parameter.ts';
import { isSlowRsa, type RsaKey, rsaPrivate, rsaPublic, rsaSizes } from './rsa-key.ts';
import { type Family, type Scheme, signature } from './signature.ts';

/** CK_RSA_PKCS_PSS_PARAMS: hashAlg, mgf, sLen. @param hash the one that the mechanism names, if it names one. */
function readParameter(parameter: MechanismParameter, key: RsaKey, hash?: Hash): { pss: Pss; digestSize: number } {
  const structure = bytesParameter(parameter, 24);
  const [named, mask] = [hashOf.get(ulongAt(structure, 0)), maskOf.get(ulongAt(structure, 1))];
  const saltLength = ulongAt(structure, 2);
  ensure(named !== undefined && mask !== undefined, 'MECHANISM_PARAM_INVALID', 'PSS with a hash that there is not');
  ensure(hash === undefined || hash === named, 'MECHANISM_PARAM_INVALID', "PSS with another hash than the mechanism's");
  // §6.1.10: the encoded block is one byte shorter where the modulus is one bit longer than whole bytes.
  const block = Math.ceil((key.bits - 1) / 8);
  ensure(saltLength <= block - 2 - named.size, 'MECHANISM_PARAM_INVALID', 'a PSS salt longer than the key has room for');
  return { pss: { hash: named.name, mgfHash: mask.name, saltLength }, digestSize: named.size };
}

const family = (hash?: Hash): Family<RsaKey> => ({
  private: rsaPrivate,
  public: rsaPublic,
  scheme(parameter, key): Scheme<RsaKey> {
    const { pss, digestSize } = readParameter(parameter, key, hash);
    const check = (digest: Uint8Array) => ensure(digest.length === digestSize, 'DATA_LEN_RANGE', "the data is not as long as PSS's hash");
    return {
      sign({ native }, digest, out) {
        check(digest);
        return signRsaPss(native, digest, pss, out);
      },
      verify({ native }, digest, signature) {
        check(digest);
        return verifyRsaPss(native, digest, pss, signature);
      },
    };
  },
});

const pss = (type: number, hash?: Hash): Row => [
  type,
  {
    keyType: CKK.RSA,
    keySize: rsaSizes,
    isSlow: isSlowRsa,
    operations: signature(family(hash), hash === undefined ? asGiven : hashed(hash)),
  },
];

export const pssMechanisms: readonly Row[] = [
  pss(CKM.RSA_PKCS_PSS),
  pss(CKM.SHA1_RSA_PKCS_PSS, hashes.SHA1),
  pss(CKM.SHA224_RSA_PKCS_PSS, hashes.SHA224),
  pss(CKM.SHA256_RSA_PKCS_PSS, hashes.SHA256),
  pss(CKM.SHA384_RSA_PKCS_PSS, hashes.SHA384),
  pss(CKM.SHA512_RSA_PKCS_PSS, hashes.SHA512),
  pss(CKM.SHA3_224_RSA_PKCS_PSS, hashes.SHA3_224),
  pss(CKM.SHA3_256_RSA_PKCS_PSS, hashes.SHA3_256),
  pss(CKM.SHA3_384_RSA_PKCS_PSS, hashes.SHA3_384),
  pss(CKM.SHA3_512_RSA_PKCS_PSS, hashes.SHA3_512),
];
