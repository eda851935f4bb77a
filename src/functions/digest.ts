// Message digesting (§5.10).

import type { Digesting } from '../mechanisms/mechanism.ts';
import { isTrue, ulongOf } from '../model/attribute.ts';
import { ensure } from '../model/error.ts';
import { InPlace, Needed } from '../protocol/codec.ts';
import { CKA, CKO } from '../protocol/constants.ts';
import type { WireMechanism } from '../protocol/reader.ts';
import { type Context, sessionOf } from '../token/context.ts';
import { answerExact, lengthOnly } from '../token/operation.ts';
import { EMPTY, type Handlers } from './handler.ts';
import { RecordedDigest } from './recorded-digest.ts';
import { findKey, mechanismFor } from './use.ts';

export const digest: Pick<Handlers, 'C_DigestInit' | 'C_Digest' | 'C_DigestUpdate' | 'C_DigestKey' | 'C_DigestFinal'> = {
  C_DigestInit: (context, { hSession, pMechanism }) => {
    const { operations } = sessionOf(context, hSession);
    if (pMechanism === undefined) {
      operations.cancel('digest');
      return undefined;
    }
    operations.admit('digest');
    operations.begin('digest', begun(context, pMechanism));
    return undefined;
  },

  C_Digest: (context, { hSession, pData, pDigest }) => {
    const { operations } = sessionOf(context, hSession);
    const { active, updated } = operations.get<Digesting>('digest');
    ensure(!updated, 'OPERATION_ACTIVE', 'parts were given already');
    const answer = lengthOnly(pDigest, active.size) ?? new InPlace(active.size, active, pData ?? EMPTY);
    if (!(answer instanceof Needed)) operations.end('digest');
    return { pDigest: answer };
  },

  C_DigestUpdate: (context, { hSession, pPart }) => {
    const operation = sessionOf(context, hSession).operations.get<Digesting>('digest');
    operation.updated = true;
    operation.active.update(pPart ?? EMPTY);
    return undefined;
  },

  C_DigestKey: (context, { hSession, hKey }) => {
    const session = sessionOf(context, hSession);
    const operation = session.operations.get<RecordedDigest>('digest');
    const { attributes } = findKey(context, session, hKey);
    // Only a value that could be read anyway: a digest of a short sensitive key would tell the key.
    const value = attributes.get(CKA.VALUE);
    const isReadable = !isTrue(attributes, CKA.SENSITIVE) && isTrue(attributes, CKA.EXTRACTABLE);
    ensure(
      ulongOf(attributes, CKA.CLASS) === CKO.SECRET_KEY && value !== undefined && isReadable,
      'KEY_INDIGESTIBLE',
      'not a readable secret key',
    );
    operation.updated = true;
    operation.active.updateSecret(value);
    return undefined;
  },

  C_DigestFinal: (context, { hSession, pDigest }) => {
    const { operations } = sessionOf(context, hSession);
    const { active } = operations.get<Digesting>('digest');
    const answer = answerExact(pDigest, active.size, () => active.final());
    if (!(answer instanceof Needed)) operations.end('digest');
    return { pDigest: answer };
  },
};

function begun(context: Context, { type, parameter }: WireMechanism): Digesting {
  const digest = mechanismFor(context, type, 'digest').operations.digest(parameter);
  return new RecordedDigest(type, digest);
}
