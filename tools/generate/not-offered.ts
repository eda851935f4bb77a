// Mechanisms that the standard names and that are not offered, each with the reason; what is offered needs none.

export interface Reason {
  readonly why: string;
  readonly names: RegExp;
}

/** The first whose names fit holds. */
export const reasons: readonly Reason[] = [
  {
    why: 'CAST-128 with PBKDF1 (PKCS#5 v1.5), which nothing uses: its longer keys would need more than PBKDF1 gives',
    names: /^PBE_(MD5|SHA1)_(CAST5|CAST128)_/,
  },
  { why: 'in no provider of Node’s OpenSSL, and in no npm library that is kept', names: /^RC5_|^TWOFISH_|^MD2|^RIPEMD128|^PBE_MD2_/ },
  {
    why: 'historical: no library has the algorithm any more',
    names: /^CDMF_|^CAST3?_|^PBE_MD5_CAST3?_|^KEY_WRAP_(LYNKS|SET_OAEP)$|^FASTHASH$/,
  },
  { why: 'historical: Fortezza’s algorithms, most of which were never public', names: /^(SKIPJACK|KEA|BATON|JUNIPER|FORTEZZA)_/ },
  { why: 'GOST’s algorithms are in an engine of OpenSSL that Node does not have', names: /^GOST/ },
  { why: 'single DES with MD5 (PKCS#5 v1.5): nothing that is read today was made so', names: /^PBE_MD5_DES_CBC$/ },
  { why: 'OpenSSL has no Salsa20, and secret keys are used in OpenSSL alone', names: /^SALSA20/ },
  { why: 'the algorithm is not public', names: /^(SECURID|ACTI)/ },
  { why: 'OpenSSL has no such key agreement, and private keys are used in OpenSSL alone', names: /MQV_DERIVE$/ },
  { why: 'OpenSSL has no XEdDSA and no double ratchet, and private keys are used in OpenSSL alone', names: /^(X3DH|X2RATCHET)_|^XEDDSA$/ },
  {
    why: 'a standard that was withdrawn; OpenSSL makes no keys for X9.31',
    names: /^RSA_9796$|X9_31/,
  },
  { why: 'made for TPM 1.1, whose keys no token has', names: /_TPM_1_1$/ },
  { why: 'OpenSSL has SHA-512/224 and SHA-512/256, which have mechanisms of their own, and no other t', names: /^SHA512_T/ },
  { why: 'Node’s OpenSSL makes DSA parameters, but not from a seed that the application gives', names: /^DSA_(PROBAB|SHAWE|FIPS)/ },
  { why: 'OpenSSL makes EC keys by trying again, which is as good (FIPS 186-5, A.2.2)', names: /^EC_KEY_PAIR_GEN_W_EXTRA_BITS$/ },
  { why: 'WAP’s TLS, which nothing speaks any more', names: /^WTLS_/ },
  { why: 'CKM_TLS_MAC does both', names: /^TLS10_MAC_/ },
  { why: 'a protocol of its own around other mechanisms, which applications run themselves', names: /^CMS_SIG$|^KIP_/ },
  { why: 'it would let a key that may be wrapped leave in the clear', names: /^NULL$/ },
  { why: 'XMSS is verified and not signed here; HSS signs', names: /^XMSS/ },
];
