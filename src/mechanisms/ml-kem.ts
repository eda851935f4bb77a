// ML-KEM (FIPS 203).

import { createPrivateKey, createPublicKey, decapsulate, encapsulate, type KeyObject } from 'node:crypto';
import { postQuantumSpki } from '../crypto/post-quantum.ts';
import { type Attributes, readUlong, type Template } from '../model/attribute.ts';
import { ensure } from '../model/error.ts';
import { CKA, CKK, CKM } from '../protocol/constants.ts';
import { derivedFrom, lengthIn, secretKey } from './derived.ts';
import { attribute, remembered } from './key.ts';
import type { Key, Mechanism, NewKey, Row } from './mechanism.ts';
import { noParameter } from './parameter.ts';
import { generatePostQuantumPair, mlKem, postQuantumForm } from './post-quantum-key.ts';

const form = postQuantumForm(mlKem);

const loadPrivate = (attributes: Attributes): KeyObject =>
  createPrivateKey({ key: Buffer.from(form.write(attributes)), format: 'der', type: 'pkcs8' });

const loadPublic = (attributes: Attributes): KeyObject =>
  createPublicKey({ key: Buffer.from(postQuantumSpki(setOf(attributes), attribute(attributes, CKA.VALUE))), format: 'der', type: 'spki' });

function setOf(attributes: Attributes) {
  const set = mlKem.sets.get(readUlong(attribute(attributes, CKA.PARAMETER_SET)));
  ensure(set !== undefined, 'KEY_TYPE_INCONSISTENT', 'the key is of no parameter set that there is');
  return set;
}

const privateOf = (key: Key): KeyObject => remembered(key, 'node', loadPrivate);
const publicOf = (key: Key): KeyObject => remembered(key, 'node', loadPublic);

const kem = (operations: Mechanism['operations']): Mechanism => ({ keyType: CKK.ML_KEM, keySize: mlKem.sizes, operations });

/** All 32 bytes of it, or as many from its front as the template asks for. */
const sharedSecret = (template: Template, sharedKey: Uint8Array): NewKey =>
  lengthIn(template) === undefined ? secretKey(template, sharedKey) : derivedFrom(template, sharedKey);

export const mlKemMechanisms: readonly Row[] = [
  [
    CKM.ML_KEM_KEY_PAIR_GEN,
    kem({
      generateKeyPair(publicTemplate, _privateTemplate, parameter, slow) {
        noParameter(parameter);
        return generatePostQuantumPair(mlKem, publicTemplate, (name) => slow.compute('keyPair', name));
      },
    }),
  ],
  [
    CKM.ML_KEM,
    kem({
      encapsulateKey(key, parameter) {
        noParameter(parameter);
        const loaded = publicOf(key);
        return {
          size: setOf(key.attributes).outputSize,
          encapsulate(template) {
            const { sharedKey, ciphertext } = encapsulate(loaded);
            return { ciphertext, key: sharedSecret(template, sharedKey) };
          },
        };
      },
      decapsulateKey(key, parameter, ciphertext, template) {
        noParameter(parameter);
        const loaded = privateOf(key);
        // A ciphertext of the right length always has a key: a wrong one's is random (implicit rejection).
        const fits = ciphertext.length === setOf(key.attributes).outputSize;
        ensure(fits, 'WRAPPED_KEY_LEN_RANGE', 'the ciphertext has another length than its parameter set');
        return sharedSecret(template, decapsulate(loaded, ciphertext));
      },
    }),
  ],
];
