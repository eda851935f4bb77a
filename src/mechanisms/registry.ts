// Every mechanism there is, by its number; and what follows from a row.

import { CKF } from '../protocol/constants.ts';
import { aesMechanisms } from './aes.ts';
import { aesMacMechanisms } from './aes-mac.ts';
import { aesWholeMechanisms } from './aes-whole.ts';
import { blockCipherMechanisms } from './block-ciphers.ts';
import { ccmMechanisms } from './ccm.ts';
import { chachaMechanisms } from './chacha20.ts';
import { dhMechanisms } from './dh.ts';
import { digestMechanisms } from './digest.ts';
import { dsaMechanisms } from './dsa.ts';
import { ecdhMechanisms } from './ecdh.ts';
import { ecdhAesMechanisms } from './ecdh-aes-wrap.ts';
import { ecdsaMechanisms } from './ecdsa.ts';
import { eddsaMechanisms } from './eddsa.ts';
import { gcmMechanisms } from './gcm.ts';
import { hashBasedMechanisms } from './hash-based.ts';
import { hashDerivations } from './hash-derivation.ts';
import { hkdfMechanisms } from './hkdf.ts';
import { hmacMechanisms } from './hmac.ts';
import { hotpMechanisms } from './hotp.ts';
import { ikeMechanisms } from './ike.ts';
import { keyWrapMechanisms } from './key-wrap.ts';
import { legacyMechanisms } from './legacy.ts';
import type { Mechanism, Operations, Row } from './mechanism.ts';
import { mlKemMechanisms } from './ml-kem.ts';
import { pbeMechanisms } from './pbe.ts';
import { pbkdf2Mechanisms } from './pbkdf2.ts';
import { poly1305Mechanisms } from './poly1305.ts';
import { postQuantumMechanisms } from './post-quantum.ts';
import { pssMechanisms } from './pss.ts';
import { publicDerivations } from './public-derivation.ts';
import { rsaMechanisms } from './rsa.ts';
import { rsaAesMechanisms } from './rsa-aes-wrap.ts';
import { secretKeyMechanisms } from './secret-key.ts';
import { simpleDerivations } from './simple-derivation.ts';
import { sp800108Mechanisms } from './sp800-108.ts';
import { tlsMechanisms } from './tls.ts';
import { tlsMacs } from './tls-mac.ts';

const rows: readonly Row[] = [
  ...rsaMechanisms,
  ...pssMechanisms,
  ...rsaAesMechanisms,
  ...ecdsaMechanisms,
  ...eddsaMechanisms,
  ...ecdhMechanisms,
  ...ecdhAesMechanisms,
  ...dsaMechanisms,
  ...dhMechanisms,
  ...mlKemMechanisms,
  ...postQuantumMechanisms,
  ...hashBasedMechanisms,
  ...secretKeyMechanisms,
  ...hmacMechanisms,
  ...aesMechanisms,
  ...aesWholeMechanisms,
  ...gcmMechanisms,
  ...ccmMechanisms,
  ...keyWrapMechanisms,
  ...aesMacMechanisms,
  ...chachaMechanisms,
  ...poly1305Mechanisms,
  ...hotpMechanisms,
  ...blockCipherMechanisms,
  ...digestMechanisms,
  ...simpleDerivations,
  ...hashDerivations,
  ...hkdfMechanisms,
  ...sp800108Mechanisms,
  ...pbkdf2Mechanisms,
  ...pbeMechanisms,
  ...tlsMechanisms,
  ...tlsMacs,
  ...ikeMechanisms,
  ...publicDerivations,
];

/** @param legacy with those that nobody should use any more, and somebody has to. */
export const registry = ({ legacy }: { readonly legacy: boolean }): ReadonlyMap<number, Mechanism> =>
  new Map([...rows, ...(legacy ? legacyMechanisms : [])]);

const flagOf: Readonly<Record<keyof Operations, number>> = {
  digest: CKF.DIGEST,
  sign: CKF.SIGN,
  signStateful: CKF.SIGN,
  verify: CKF.VERIFY,
  encrypt: CKF.ENCRYPT,
  decrypt: CKF.DECRYPT,
  generateKey: CKF.GENERATE,
  generateKeyReturns: CKF.GENERATE,
  generateKeyPair: CKF.GENERATE_KEY_PAIR,
  signRecover: CKF.SIGN_RECOVER,
  verifyRecover: CKF.VERIFY_RECOVER,
  wrapKey: CKF.WRAP,
  unwrapKey: CKF.UNWRAP,
  wrapKeyAuthenticated: CKF.WRAP,
  unwrapKeyAuthenticated: CKF.UNWRAP,
  deriveKey: CKF.DERIVE,
  encapsulateKey: CKF.ENCAPSULATE,
  decapsulateKey: CKF.DECAPSULATE,
  messageEncrypt: CKF.MESSAGE_ENCRYPT | CKF.MULTI_MESSAGE,
  messageDecrypt: CKF.MESSAGE_DECRYPT | CKF.MULTI_MESSAGE,
  messageSign: CKF.MESSAGE_SIGN | CKF.MULTI_MESSAGE,
  messageVerify: CKF.MESSAGE_VERIFY | CKF.MULTI_MESSAGE,
};

/** CK_MECHANISM_INFO's flags: what the row can do, and what it says beside that. */
export function flagsOf(mechanism: Mechanism): number {
  const operations = Object.keys(mechanism.operations) as (keyof Operations)[];
  return operations.reduce((flags, operation) => flags | flagOf[operation], mechanism.flags ?? 0);
}
