// Which mechanism, key and call each kind of Wycheproof's files is about.
import { CKM, CKP } from '../../../src/protocol/constants.ts';
import { cbcPad, ccm, chacha20, gcm, keyWrap, rsaOaep, rsaPkcs, xts } from './ciphers.ts';
import { ecdh, hkdf, mlKemDecapsulation, mlKemEncapsulation, mlKemSeed, pbkdf2, xdh } from './derivations.ts';
import { ecdsa, eddsa, generalMac, gmac, mlDsa, mlDsaSigning, rsa, rsaPss, rsaSigning } from './signatures.ts';
import type { File, Judge } from './vectors.ts';

/** By a file's algorithm and the type of its groups. */
const families: Readonly<Record<string, Judge>> = {
  'AES-CBC-PKCS5 IndCpaTest': cbcPad,
  'AES-CCM AeadTest': ccm,
  'AES-CMAC MacTest': generalMac('AES_CMAC_GENERAL', 'AES'),
  'AES-GCM AeadTest': gcm,
  'AES-GMAC MacWithIvTest': gmac,
  'AES-KWP KeywrapTest': keyWrap({ mechanism: CKM.AES_KEY_WRAP_KWP }),
  'AES-WRAP KeywrapTest': keyWrap({ mechanism: CKM.AES_KEY_WRAP }),
  'AES-XTS IndCpaTest': xts,
  'CHACHA20-POLY1305 AeadTest': chacha20,
  'ECDH EcdhEcpointTest': ecdh,
  'ECDSA EcdsaP1363Verify': ecdsa,
  'EDDSA EddsaVerify': eddsa,
  'HKDF-SHA-256 HkdfTest': hkdf(CKM.SHA256),
  'HMACSHA1 MacTest': generalMac('SHA_1_HMAC_GENERAL'),
  'HMACSHA256 MacTest': generalMac('SHA256_HMAC_GENERAL'),
  'HMACSHA3-256 MacTest': generalMac('SHA3_256_HMAC_GENERAL'),
  'ML-DSA-44 MlDsaVerify': mlDsa('ML_DSA_44'),
  'ML-DSA-65 MlDsaSign': mlDsaSigning('ML_DSA_65'),
  'ML-DSA-65 MlDsaVerify': mlDsa('ML_DSA_65'),
  'ML-KEM MLKEMEncapsTest': mlKemEncapsulation,
  'ML-KEM MLKEMKeyGen': mlKemSeed,
  'ML-KEM MLKEMTest': mlKemDecapsulation,
  'PBKDF2-HMACSHA256 PbkdfTest': pbkdf2(CKP.PKCS5_PBKD2_HMAC_SHA256),
  'RSAES-OAEP RsaesOaepDecrypt': rsaOaep,
  'RSAES-PKCS1-v1_5 RsaesPkcs1Decrypt': rsaPkcs,
  'RSASSA-PKCS1-v1_5 RsassaPkcs1Generate': rsaSigning,
  'RSASSA-PKCS1-v1_5 RsassaPkcs1Verify': rsa,
  'RSASSA-PSS RsassaPssVerify': rsaPss,
  'XDH XdhComp': xdh,
};

export const familyOf = ({ algorithm, testGroups }: File): Judge => {
  const kind = `${algorithm} ${testGroups[0]?.type}`;
  const family = families[kind];
  if (family === undefined) throw new Error(`nobody has said how vectors of this kind are asked: ${kind}`);
  return family;
};
