// Project Wycheproof's vectors for ML-KEM and ML-DSA, each by the way a real key goes.

import { describe, expect, test } from 'vitest';
import { ulongBytes } from '../../src/model/attribute.ts';
import { CKA, CKH, CKP } from '../../src/protocol/constants.ts';
import type { MechanismParameter } from '../../src/protocol/parameters.ts';
import { created, cut, hex, operation, sign, struct, text, verify, verifyParts } from '../unit/mechanisms/fixture.ts';
import { type Case, present, run } from './vectors.ts';

const set = (number: number) => ({ PARAMETER_SET: ulongBytes(number) });
const context = (vector: Case, hedgeVariant: number): MechanismParameter =>
  struct('CK_SIGN_ADDITIONAL_CONTEXT', { hedgeVariant, pContext: vector.ctx === undefined ? null : hex(vector.ctx) });

/** Whether an attempt succeeds; what it is refused with must be one of PKCS#11's own. */
function succeeds(work: () => unknown): boolean {
  try {
    work();
    return true;
  } catch (error) {
    expect(String(error)).toMatch(/CKR_(ATTRIBUTE_VALUE_INVALID|MECHANISM_PARAM_INVALID|WRAPPED_KEY_LEN_RANGE):/);
    return false;
  }
}

describe.runIf(present)('Wycheproof', () => {
  test.each([
    ['mldsa_44_verify', CKP.ML_DSA_44],
    ['mldsa_65_verify', CKP.ML_DSA_65],
  ])('ML-DSA signatures are judged right: %s', (file, number) => {
    run(file, (group) => (vector) => {
      const key = () => created('PUBLIC_KEY', 'ML_DSA', { ...set(number), VALUE: hex(group.publicKey as string) });
      if (!succeeds(key) || !succeeds(() => operation('ML_DSA', 'verify')(key(), context(vector, 0)))) return false;
      const [message, signature] = [hex(vector.msg!), hex(vector.sig!)];
      const verdict = verify('ML_DSA', key(), message, signature, context(vector, 0));
      expect(verifyParts('ML_DSA', key(), cut(message, 1), signature, context(vector, 0))).toBe(verdict);
      return verdict;
    });
  });

  test('ML-DSA signs byte for byte where it is not to be hedged', () => {
    run('mldsa_65_sign_seed', (group) => (vector) => {
      // Those that begin with mu, or with randomness of their own, nobody can give a token.
      if (vector.msg === undefined || vector.rnd !== undefined) return undefined;
      const seed = hex(group.privateSeed as string);
      const key = () => created('PRIVATE_KEY', 'ML_DSA', { ...set(CKP.ML_DSA_65), SEED: seed });
      let signature = '';
      const done = succeeds(() => {
        signature = text(sign('ML_DSA', key(), hex(vector.msg!), context(vector, CKH.DETERMINISTIC_REQUIRED)));
      });
      return done && signature === vector.sig;
    });
  });

  test('ML-KEM keys are made of their seeds', () => {
    run('mlkem_768_keygen_seed', () => (vector) => {
      const { attributes } = created('PRIVATE_KEY', 'ML_KEM', { ...set(CKP.ML_KEM_768), SEED: hex(vector.seed!) });
      const info = text(attributes.get(CKA.PUBLIC_KEY_INFO)!);
      return text(attributes.get(CKA.VALUE)!) === vector.dk && info.endsWith(vector.ek!);
    });
  });

  test('ML-KEM decapsulates right', () => {
    run('mlkem_768', () => (vector) => {
      const key = () => created('PRIVATE_KEY', 'ML_KEM', { ...set(CKP.ML_KEM_768), SEED: hex(vector.seed!) });
      let shared = '';
      const done = succeeds(() => {
        shared = text(operation('ML_KEM', 'decapsulateKey')(key(), null, hex(vector.c!), []).made.get(CKA.VALUE)!);
      });
      return done && shared === vector.K;
    });
  });

  // Encapsulation is random here: what is judged is the public key.
  test('ML-KEM public keys are judged right', () => {
    run(
      'mlkem_768_encaps',
      () => (vector) => succeeds(() => created('PUBLIC_KEY', 'ML_KEM', { ...set(CKP.ML_KEM_768), VALUE: hex(vector.ek!) })),
    );
  });
});
